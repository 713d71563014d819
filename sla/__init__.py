"""BY WHEN: opening hours, clocks, deadlines and the alarms that follow from them.

Knows: instants, durations, calendars, pauses, targets, and an opaque id of whatever the clock belongs to.
Must not know: what a ticket is, which promise was made, who is told. `policies` says which target holds,
`tickets` says what happened, `notifications` tells people.

Start reading at `business_time` (pure: how long is open time, and when is it used up), then `clock` (pure: one
promise from its start to its verdict), then `deadlines` (rows: start, pause, resume, retarget, stop, claim what
is due).
"""
