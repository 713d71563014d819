"""Demo desks: people, companies and some weeks of history, made by calling the use cases with past moments.

A desk is one file in `stories/`: who is there, and what happened to each ticket. `script.py` reads it, `people.py` furnishes
the desk, `history.py` lets the time pass, `acts.py` turns a step into a use case. Start reading at `seeding.py`.
"""
