"""What becomes of a ticket besides the work on it: by when we expect to solve it (TD11), how satisfied its customer is (ZM06, TD12).

Begin with `models.py`: a rating is asked for once a resolution, an expected time is stated and changed. `lifecycle` calls
`ratings.ask` and `expecting.forget` when a ticket ends; the pages call `ratings.rate` and `expecting.expect`. It must not
know how a ticket is opened or answered.
"""
