"""Speed, measured: `python3 manage.py bench [--json FILE] [--only NAME ...]`. Never a test: figures depend on the machine.

Each module measures one thing and returns rows (what, figure, unit, goal). Ratios between rows of one run travel; seconds do not.
The commands bring throw-away servers; tables are filled by COPY, in the shape that `filling.py` states.
"""
