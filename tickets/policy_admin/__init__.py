"""Publishing a policy where tickets live: preview with whose deadlines move, publish, versions, roll back; event windows.

The drafting itself is `policies.admin`; this package is above it because it asks `tickets.adoption` which deadlines move.
"""
