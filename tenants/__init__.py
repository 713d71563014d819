"""WHOSE a thing is, and WHO acts: tenants, their hosts, wake-ups, the moment, tasks that carry their tenant.

Must not know: policies, clocks, notices or tickets. Start reading at `models.py`, then `middleware.py` and `tasks.py`.
"""
