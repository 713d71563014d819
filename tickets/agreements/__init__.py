"""What is agreed beside support: quotes, meetings, hours of a plan, calls, developers (SL07-SL11).

Begin with `models.py`. `quotes.py` is the spine: work that is sold is wanted, quoted, accepted or not, and begun only then.
`night.py` says when work out of hours is offered; `meetings.py` and `budgets.py` lead to quotes where a plan ends;
`developers.py` lets somebody see one ticket, supervised. `rights.py` says who may do what. It must not know how a ticket is
opened or answered.
"""
