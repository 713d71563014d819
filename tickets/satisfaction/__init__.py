"""By when we expect to solve a ticket (TD11), and how satisfied its customer is with what came of it (ZM06, TD12).

Begin with `models.py`: a rating is asked for once a resolution, an expected time is stated and changed. `lifecycle` calls
`ratings.ask` and `expecting.forget` when a ticket ends; the pages call `ratings.rate` and `expecting.expect`. It must not
know how a ticket is opened or answered.
"""
