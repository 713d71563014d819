"""PURE: what a system may subscribe to, and which happening of the timeline each is. Documented in docs/webhooks.md."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class Kind(NamedTuple):
    label: object
    says: str  # for the API's documentation


EVENTS: dict[str, Kind] = {
    "ticket.opened": Kind(_("A ticket was opened"), "A contact became a ticket; with its first message."),
    "ticket.declined": Kind(_("A contact became no ticket"), "The policy declined a contact; with the reasons."),
    "message.created": Kind(_("A public message was written"), "By the customer or by us. Never an internal note."),
    "ticket.assigned": Kind(_("A ticket changed its owner"), "Given to somebody, or to nobody."),
    "ticket.triaged": Kind(_("Priority, topic or team changed"), "`change` holds each as [before, after]."),
    "ticket.status_changed": Kind(_("A ticket changed its status"), "`change` holds `from` and `to`."),
    "ticket.resolved": Kind(_("A ticket was resolved"), "`ticket.solution` is what the customer was told."),
    "ticket.closed": Kind(_("A ticket was closed"), "By a person, or by the customer's silence."),
    "ticket.reopened": Kind(_("A ticket was reopened"), "By an agent or by the customer's answer."),
    "ticket.merged": Kind(_("A ticket was merged into another"), "`change.number` is the other's; `ticket` ends."),
    "ticket.split": Kind(_("A ticket was split off another"), "`change.number` is the new ticket's."),
    "ticket.escalated": Kind(_("A ticket was escalated"), "A step of the policy's escalation was taken."),
    "sla.warning": Kind(_("A deadline is near"), "`change` names the metric and the deadline."),
    "sla.breached": Kind(_("A deadline was missed"), "`occurred_at` is the deadline's own moment."),
    "sla.deadline_moved": Kind(_("A promised time moved"), "`change` holds `before` and `after`."),
    "policy.published": Kind(_("A policy version came into force"), "Sent when it takes effect."),
}  # fmt: skip
TEST = "webhook.test"  # asked for by hand; nobody subscribes to it

OF_KIND = {
    "opened": "ticket.opened",
    "assigned": "ticket.assigned",
    "triaged": "ticket.triaged",
    "resolved": "ticket.resolved",
    "closed": "ticket.closed",
    "reopened": "ticket.reopened",
    "merged": "ticket.merged",
    "split": "ticket.split",
    "escalated": "ticket.escalated",
    "warned": "sla.warning",
    "breached": "sla.breached",
    "deadline_moved": "sla.deadline_moved",
}
