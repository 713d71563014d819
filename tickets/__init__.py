"""WHAT HAPPENED: tickets, and everything people and alarms do to them.

Knows policies, clocks, notices and people; nobody below knows it. Start reading at `lifecycle.py`: a function for each
thing that can happen, its body the list of steps.
"""
