"""Conversations in the widget of a portal or of a tenant's own site; each is a ticket like any other.

Knows who may chat (`admission`), the token of a chat (`tokens`), what is said (`talking`, `thread`), who is there (`presence`)
and how fast we usually answer (`pace`). Must not know how a ticket lives: that is `lifecycle`, which calls two hooks of
`presence`. Start reading at `talking`.
"""
