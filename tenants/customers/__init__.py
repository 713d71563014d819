"""A tenant's own face and its customers: desk settings, companies and their members, teams of agents.

Must not know: tickets, policies (a plan is only a key here), clocks. Start reading at `models.py`.
"""
