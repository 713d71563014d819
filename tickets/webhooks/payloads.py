"""What a delivery says of a ticket, a message, a contact, a policy version: plain JSON, moments in UTC.

Fields are listed one by one: nothing follows by itself into other systems. Internal notes are not told.
"""

from __future__ import annotations

from typing import Any

from policies.explanation import moment
from policies.models import PolicyVersion
from tenants.people.models import User
from tickets.models import Contact, Message, Ticket


def of_ticket(ticket: Ticket) -> dict[str, Any]:
    company = ticket.company
    return {
        "number": ticket.number,
        "path": f"/api/v1/tickets/{ticket.number}/",
        "summary": ticket.summary,
        "status": ticket.status,
        "channel": ticket.channel,
        "plan": ticket.plan,
        "priority": ticket.priority,
        "topic": ticket.topic,
        "module": ticket.module,
        "fields": ticket.fields,
        "outcome": ticket.outcome,
        "requester": of_person(ticket.requester),
        "company": {"reference": str(company.reference), "name": company.name} if company else None,
        "owner": of_person(ticket.owner),
        "team": ticket.team.key if ticket.team else None,
        "due_at": moment(ticket.due_at),
        "due_metric": ticket.due_metric,
        "opened_at": moment(ticket.opened_at),
        "updated_at": moment(ticket.updated_at),
        "resolved_at": moment(ticket.resolved_at),
        "closed_at": moment(ticket.closed_at),
        "solution": ticket.solution,
    }


def of_person(person: User | None) -> dict[str, Any] | None:
    return {"id": person.pk, "name": person.name, "email": person.email} if person else None


def of_message(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk,
        "by_customer": message.by_customer,
        "author": of_person(message.author),
        "channel": message.channel,
        "body": message.body,
        "at": moment(message.at),
    }


def of_contact(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.pk,
        "channel": contact.channel,
        "address": contact.address,
        "summary": contact.summary,
        "outcome": contact.outcome,
        "because": contact.because,
        "answered": contact.answered,
        "at": moment(contact.at),
    }


def of_version(version: PolicyVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "effective_from": moment(version.effective_from),
        "published_at": moment(version.published_at),
        "adopts_open": version.adopts_open,
        "note": version.note,
    }
