"""Conversations in the widget of a portal or of a tenant's own site; each is a ticket."""
