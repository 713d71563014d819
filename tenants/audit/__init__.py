"""Who changed what: configuration, rights, sign-ins, publications, exports. Not what happens to tickets, which has a timeline.

Start in `trail.py`: `note` writes an entry in the transaction of its cause. What is changed in the admin notes itself (a trigger
on the admin's own log, so that nobody can forget it). The database links each entry to the one before it by a digest,
and refuses to change or to delete one; `manage.py audit` follows the links. It knows people, and nothing of tickets.
"""
