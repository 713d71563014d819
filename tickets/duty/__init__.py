"""Who is on duty, emergencies out of hours, and the calendars of customers (SL02, SL06, TD02).

Begin with `rota.py`, which is pure: weekly patterns, turns and changes give who is on duty from when to when. `standing.py`
asks it for a team. `emergencies.py`: who is alerted, who took it. `feed.py` (pure) and `feeds.py`: a customer's calendar
becomes event windows through `tickets.windows`. It must not know how a ticket is opened or answered.
"""
