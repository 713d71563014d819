"""The agent desk: the queue, the ticket, opening for a caller, contacts, event windows.

Every view has four moves: fetch through access, validate by a form, call one use case of `tickets.lifecycle`, answer.
Start reading at `urls.py`.
"""
