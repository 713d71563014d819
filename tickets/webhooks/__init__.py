"""What other systems are told: subscriptions, and the deliveries that are due to them.

A happening becomes rows in its own transaction (`announcing`), for the subscriptions that want it; after the commit they are
sent (`delivering`), signed (`signing`), retried with growing pauses (`retries`), and a subscription whose receiver is dead is
switched off with a notice (`subscriptions`). Addresses are called through `tenants.outside` alone. What there is to subscribe
to: `events`. What receivers may rely on: docs/webhooks.md.
"""
