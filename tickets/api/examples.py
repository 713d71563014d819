"""What the description shows of each operation: requests, answers, parameters. The tests hold them against the schemas."""

from __future__ import annotations

from typing import Any

ALICE = {"id": 3, "name": "Alice Souza", "email": "alice@example.com"}
BOB = {"id": 7, "name": "Bob Lima", "email": "bob@desk.example"}
REFERENCE = "9f0c3c1e-5d1b-4a67-9a0e-3f5b8f3a2c11"
COMPANY = {"reference": REFERENCE, "name": "Padaria Souza"}
WHOLE_COMPANY = {**COMPANY, "plan": "pro", "account_manager": BOB, "members_see_each_other": False}
PERSON = {
    **ALICE, "role": "customer", "language": "pt-br", "timezone": "America/Sao_Paulo", "phone": "+55 11 5555-0100",
    "is_active": True, "company": COMPANY, "teams": [], "spoken_languages": [],
}  # fmt: skip
LICENCE = {
    "id": 7, "number": "Z-2041", "email": "alice@example.com", "product": "Z-PRO", "plan": "", "valid_until": "2027-12-31",
    "is_active": True,
}  # fmt: skip
TICKET = {
    "number": 42, "summary": "It does not print", "status": "open", "channel": "api", "plan": "pro", "priority": "2",
    "topic": "printing", "module": "", "fields": {"os": "Windows 11"}, "requester": ALICE, "company": COMPANY,
    "outcome": "in_scope", "because": ["Printing is part of the plan “pro”."], "sentence": "", "missing": "",
    "due_at": "2026-11-23T15:00:00Z", "due_metric": "first_response", "opened_at": "2026-11-23T11:00:00Z",
    "updated_at": "2026-11-23T11:05:00Z", "resolved_at": None, "closed_at": None, "solution": "", "follows": None,
    "merged_into": None, "split_from": None,
    "owner": BOB, "team": "support", "joined_teams": [], "situations": [], "clock_state": "running", "scope_rule": "",
    "overruled_because": "", "escalated_at": None, "language": "pt-br", "policy_version": 3,
}  # fmt: skip
RESOLVED = {
    "status": "resolved", "solution": "The driver was renewed.", "resolved_at": "2026-11-23T12:30:00Z",
    "due_at": None, "due_metric": "", "clock_state": "met",
}  # fmt: skip
FILE = {"id": 5, "name": "error.png", "kind": "image/png", "size": 48213, "url": "/api/v1/attachments/5/"}
MESSAGE = {
    "id": 91, "ticket": 42, "kind": "public", "author": {"id": 7, "name": "Bob Lima"}, "by_customer": False,
    "body": "Please print a test page.", "at": "2026-11-23T11:20:00Z", "attachments": [], "finding": "",
    "delivered_at": None, "came_from": None, "redacted_at": None,
}  # fmt: skip
CLOCK = {
    "metric": "first_response", "label": "first response", "situation": "", "status": "running", "target": "4 h",
    "calendar": "business", "tz": "America/Sao_Paulo", "because": "Plan pro, priority 2: 4 hours.",
    "started_at": "2026-11-23T11:00:00Z", "due_at": "2026-11-23T15:00:00Z", "breach_at": "2026-11-23T15:00:00Z",
    "fulfilled_at": None, "paused_since": None, "remaining_seconds": 13200,
}  # fmt: skip
STRETCH = {
    "from": "2026-11-23T11:00:00Z", "to": "2026-11-23T15:00:00Z", "counted_seconds": 14400, "why": "open, Monday",
}  # fmt: skip
REASON = {
    "metric": "first_response", "label": "first response", "situation": "", "target": "4 h", "calendar": "business",
    "sentences": ["4 business hours from Monday 08:00 end on Monday 12:00."], "tz": "America/Sao_Paulo",
    "due_at": "2026-11-23T15:00:00Z", "breach_at": "2026-11-23T15:00:00Z", "stretches": [STRETCH],
}  # fmt: skip
EVENT = {
    "id": 310, "kind": "assigned", "at": "2026-11-23T11:05:00Z", "actor": {"id": 7, "name": "Bob Lima"},
    "sentence": "Bob Lima took the ticket", "is_public": False, "data": {"owner": "Bob Lima"},
}  # fmt: skip
WEBHOOK = {
    "id": 3, "name": "ERP", "url": "https://erp.example.com/helpdesk", "events": ["ticket.opened", "sla.breached"],
    "is_active": True, "created_at": "2026-11-20T11:00:00Z", "delivered_at": "2026-11-23T11:00:02Z",
    "failing_since": None, "switched_off_at": None, "switched_off_because": "",
}  # fmt: skip
DELIVERY = {
    "id": 4711, "event_id": "0b0f7c5e-6f3e-4d0c-9a53-6c8c1c0f2f11", "event": "ticket.opened", "state": "delivered",
    "attempts": 1, "created_at": "2026-11-23T11:00:00Z", "due_at": "2026-11-23T11:00:00Z",
    "delivered_at": "2026-11-23T11:00:02Z", "status": 200, "answer": "ok", "milliseconds": 84, "error": "",
    "payload": {"type": "ticket.opened", "occurred_at": "2026-11-23T11:00:00Z", "data": {"ticket": {"number": 42}}},
}  # fmt: skip
TOPIC = {
    "key": "printing", "name": "Printing", "hint": "Say which printer.",
    "fields": [{"key": "os", "label": "Operating system", "kind": "text", "required": True, "help": "", "choices": []}],
}  # fmt: skip
ARTICLE = {
    "id": 12, "slug": "rejected-invoices", "topics": ["printing"], "title": {"en": "Rejected invoices"},
    "body": {"en": "1. Open the invoice.\n2. Press **Send again**."}, "edition": 3, "changed_at": "2026-11-20T11:00:00Z",
    "is_published": True, "solved": 41,
}  # fmt: skip
INCIDENT = {
    "id": 5, "title": {"en": "Invoices are sent late"}, "impact": "partial", "state": "identified", "components": [2],
    "starts_at": "2026-11-23T11:00:00Z", "ends_at": None, "resolved_at": None, "updated_at": "2026-11-23T11:20:00Z",
    "updates": [
        {"state": "identified", "body": {"en": "A queue is full."}, "at": "2026-11-23T11:20:00Z"},
        {"state": "investigating", "body": {"en": "We look into it."}, "at": "2026-11-23T11:00:00Z"},
    ],
}  # fmt: skip
VERSION = {
    "number": 4, "effective_from": "2026-12-01T03:00:00Z", "published_at": "2026-11-23T11:00:00Z", "adopts_open": False,
    "note": "longer hours", "fingerprint": "4d1c1f6f",
}  # fmt: skip
DOCUMENT = {"schema": 1, "key": "support", "tz": "America/Sao_Paulo", "targets": []}
POLICY = {
    "number": 3, "effective_from": "2026-01-01T03:00:00Z", "published_at": "2025-12-20T14:00:00Z",
    "fingerprint": "9b2f0a11", "document": DOCUMENT,
}  # fmt: skip
DRAFT = {
    "revision": 17, "differences": ["First response, plan pro: 4 h instead of 8 h."], "problems": [],
    "starts_at": "2026-11-23T11:00:00Z", "moves_new": 0, "moves_open": 12, "document": DOCUMENT,
}  # fmt: skip
DEADLINE = {
    "metric": "first_response", "target": "4h", "unit": "business", "calendar": "business",
    "due_at": "2026-11-23T15:00:00Z", "breach_at": "2026-11-23T15:00:00Z", "because": ["Plan pro, priority 2: 4 hours."],
    "stretches": [STRETCH],
}  # fmt: skip
EXPLANATION = {
    "accepted": True, "outcome": "in_scope", "plan": "pro", "priority": "2", "policy_version": 3, "policy": "support",
    "at": "2026-11-23T11:00:00Z", "team": "support", "sla": True, "rule": "", "sentence": "", "pointer": "",
    "contact": "", "because": ["Printing is part of the plan “pro”."], "deadlines": [DEADLINE],
}  # fmt: skip
WINDOW = {
    "id": 8, "company": REFERENCE, "kind": "auction", "name": "Autumn auction", "starts_at": "2026-11-25T17:00:00Z",
    "ends_at": "2026-11-25T20:00:00Z", "cancelled_at": None,
}  # fmt: skip
DUTY = {
    "team": "support",
    "now": {"from_at": "2026-11-23T11:00:00Z", "to_at": "2026-11-30T11:00:00Z", "people": ["bob@desk.example"]},
    "next": {"from_at": "2026-11-30T11:00:00Z", "to_at": "2026-12-07T11:00:00Z", "people": ["eva@desk.example"]},
    "holes": [],
}  # fmt: skip
FEED = {
    "id": 4, "company": REFERENCE, "kind": "auction", "name": "Agenda", "url": "https://calendar.example.com/agenda.ics",
    "timezone": "", "every_minutes": 15, "is_active": True, "read_at": "2026-11-23T11:00:00Z", "failures": 0,
    "last_error": "", "events": 12,
}  # fmt: skip
CANNED = {
    "id": 7, "title": "Clear the cache", "shortcut": "cache", "body": "Dear {customer}, please clear the cache.",
    "language": "en", "whose": "team", "team": "support", "may_change": True, "changed_at": "2026-11-23T11:00:00Z",
}  # fmt: skip
ANSWER = {
    "accepted": True, "name": "Alice Souza", "email": "alice@example.com", "way": "link", "source": "203.0.113.7",
    "at": "2026-11-27T23:20:00Z", "because": "", "text": "Mend the report tonight.", "minutes": 90, "rate": 25000,
    "currency": "BRL", "amount": 37500,
}  # fmt: skip
WANTED = {
    "id": 7, "ticket": 42, "kind": "night_work", "state": "wanted", "wish": "Before tomorrow.", "text": "",
    "wanted_at": "2026-11-27T23:00:00Z", "minutes": None, "rate": None, "currency": "", "amount": 0, "valid_until": None,
    "sent_at": None, "ended_at": None, "paid_at": None, "payment": "", "meeting": None, "answer": None,
}  # fmt: skip
QUOTE = WANTED | {
    "state": "sent", "text": "Mend the report tonight.", "minutes": 90, "rate": 25000, "currency": "BRL", "amount": 37500,
    "valid_until": "2026-11-30T11:00:00Z", "sent_at": "2026-11-27T23:10:00Z",
}  # fmt: skip
AGREED = QUOTE | {"state": "accepted", "ended_at": "2026-11-27T23:20:00Z", "answer": ANSWER}
MEETING = {
    "id": 7, "ticket": 43, "kind": "meeting", "state": "requested", "agenda": "Next auction: lots and dates.",
    "wished_at": "2026-11-25T13:00:00Z", "minutes": 60, "starts_at": None, "place": "", "because": "",
}  # fmt: skip
TIME = {
    "id": 7, "ticket": 42, "kind": "consulting", "minutes": 45, "on": "2026-11-23", "note": "Reports", "by": BOB,
    "at": "2026-11-23T14:00:00Z", "quote": None, "corrects": None,
}  # fmt: skip
HOURS = {
    "kind": "training", "per": "month", "total": 120, "used": 60, "held": 30, "left": 30, "first": "2026-11-01",
    "last": "2026-11-30",
}  # fmt: skip
KEY = {
    "name": "ERP",
    "prefix": "3fa1c09be277",
    "scopes": ["tickets:read", "tickets:write"],
    "expires_at": None,
}

REQUESTS: dict[str, dict[str, Any]] = {
    "tickets_open": {
        "for a customer": {
            "summary": "It does not print", "body": "Since this morning.", "requester": "alice@example.com",
            "requester_name": "Alice Souza",
        },
        "with everything": {
            "summary": "It does not print", "body": "Since this morning.", "requester": "alice@example.com",
            "channel": "phone", "copies": ["boss@example.com"], "situations": ["emergency"],
        },
    },
    "messages_write": {
        "a reply": {"body": "Please print a test page.", "wait": True},
        "a note": {"body": "Looks like the driver.", "kind": "note"},
    },
    "tickets_assign": {"to somebody": {"owner": "bob@desk.example"}, "to nobody": {"owner": None}},
    "tickets_triage": {"priority": {"priority": "1"}, "team": {"team": "support"}},
    "tickets_wait": {
        "on the customer": {"on": "customer"},
        "on a third party": {"on": "third_party", "because": "The printer's maker."},
    },
    "tickets_resolve": {"with its solution": {"solution": "The driver was renewed."}},
    "tickets_close": {"as it is": {}},
    "tickets_reopen": {"with a reason": {"because": "It happened again."}},
    "tickets_put_in_scope": {"with a reason": {"because": "We run this server ourselves."}},
    "tickets_state_situation": {
        "it holds": {"situation": "emergency", "holds": True, "because": "The whole shop stands still."}
    },
    "tickets_completeness": {"something is missing": {"missing": "The log file."}, "complete": {"missing": ""}},
    "tickets_copy": {"somebody": {"address": "boss@example.com"}},
    "tickets_merge": {"into an older one": {"into": 40, "because": "The same printer."}},
    "tickets_split": {
        "a second request": {"messages": [92], "summary": "A new user", "topic": "printing"},
        "of a message about both": {"messages": [91], "summary": "A new user", "keeps": True},
    },
    "tickets_hand_over": {"to another team": {"team": "support", "note": "The driver is not it; see the log."}},
    "tickets_take_out_of_scope": {
        "not ours": {"outcome": "out_of_scope", "because": "The server is run by the customer."}
    },
    "tickets_redact": {
        "a text": {"message": 91, "because": "A patient's name."},
        "a file": {"message": 91, "text": False, "attachments": [5], "because": "A passport."},
    },
    "people_create": {
        "a customer": {
            "email": "alice@example.com", "name": "Alice Souza", "company": REFERENCE, "language": "pt-br", "invite": True,
        }
    },
    "people_update": {"another company": {"company": REFERENCE}, "another name": {"name": "Alice S. Lima"}},
    "people_deactivate": {"with an heir": {"heir": "bob@desk.example"}, "without": {}},
    "licences_create": {
        "a purchase": {
            "number": "Z-2041", "email": "alice@example.com", "product": "Z-PRO", "valid_until": "2027-12-31",
        }
    },
    "licences_update": {"renewed": {"valid_until": "2028-12-31"}, "given back": {"is_active": False}},
    "companies_create": {
        "a customer": {"name": "Padaria Souza", "plan": "", "account_manager": None, "members_see_each_other": False}
    },
    "companies_update": {"seen by all": {"members_see_each_other": True}},
    "policy_publish": {
        "now": {"revision": 17, "note": "longer hours"},
        "later, for open tickets too": {
            "revision": 17, "effective_from": "2026-12-01T00:00:00-03:00", "adopts_open": True,
        },
    },
    "windows_open": {
        "an auction": {
            "company": REFERENCE, "kind": "auction", "name": "Autumn auction",
            "starts_at": "2026-11-25T14:00:00-03:00", "ends_at": "2026-11-25T17:00:00-03:00",
        }
    },
    "quotes_want": {"work out of hours": {"ticket": 42, "kind": "night_work", "wish": "Before tomorrow."}},
    "quotes_send": {
        "an hour and a half": {"minutes": 90, "rate": 25000, "text": "Mend the report tonight."},
    },
    "quotes_answer": {"accepted": {"accepts": True}, "declined": {"accepts": False, "because": "It can wait."}},
    "quotes_withdraw": {"as it is": {}},
    "quotes_pay": {"by its reference": {"payment": "PIX 4711"}},
    "tickets_begin_night_work": {"as it is": {}},
    "meetings_ask": {
        "for oneself": {
            "summary": "Next auction", "agenda": "Lots and dates.", "wished_at": "2026-11-25T10:00:00-03:00", "minutes": 60,
        },
        "on a ticket": {
            "ticket": 42, "kind": "training", "agenda": "Reports.", "wished_at": "2026-11-25T10:00:00-03:00", "minutes": 60,
        },
    },
    "meetings_schedule": {"as wished": {"starts_at": "2026-11-25T10:00:00-03:00", "place": "https://meet.example.com/1"}},
    "meetings_refuse": {"with a reason": {"because": "A message answers this."}},
    "meetings_insist": {"as it is": {}},
    "meetings_cancel": {"with a reason": {"because": "Holiday."}},
    "time_enter": {"consulting": {"kind": "consulting", "minutes": 45, "on": "2026-11-23", "note": "Reports"}},
    "time_take_back": {"as it is": {}},
    "windows_move": {"an hour longer": {"ends_at": "2026-11-25T18:00:00-03:00"}},
    "articles_write": {
        "a common error": {
            "title": {"en": "Rejected invoices"}, "body": {"en": "1. Open the invoice.\n2. Press **Send again**."},
        }
    },
    "articles_rewrite": {
        "other words": {"body": {"en": "Press **Send again**."}}, "withdrawn": {"is_published": False},
    },
    "incidents_open": {
        "an incident": {"title": {"en": "Invoices are sent late"}, "body": {"en": "We look into it."}},
        "maintenance": {
            "title": {"en": "The database moves"}, "body": {"en": "Nothing can be changed meanwhile."},
            "impact": "maintenance", "starts_at": "2026-11-28T22:00:00-03:00", "ends_at": "2026-11-28T23:00:00-03:00",
        },
    },
    "incidents_correct": {"worse than thought": {"impact": "major"}},
    "incidents_update": {
        "what is known": {"state": "identified", "body": {"en": "A queue is full."}},
        "over": {"state": "resolved", "body": {"en": "Everything is sent in time again."}},
    },
    "tickets_claim": {"as it is": {}},
    "canned_write": {
        "for oneself": {"title": "Clear the cache", "body": "Please clear the cache.", "shortcut": "cache"},
        "for a team": {
            "title": "Clear the cache", "body": "Dear {customer}, please clear the cache.", "language": "en",
            "whose": "team", "team": "support",
        },
    },
    "canned_change": {
        "other words": {"body": "Dear {customer}, please restart it."},
        "for everybody": {"whose": "everybody"},
    },
    "feeds_create": {
        "a public calendar": {
            "company": REFERENCE, "name": "Agenda", "url": "https://calendar.example.com/agenda.ics",
        }
    },
    "feeds_change": {"once an hour": {"every_minutes": 60}, "switched off": {"is_active": False}},
    "webhooks_create": {
        "tickets and breaches": {
            "name": "ERP", "url": "https://erp.example.com/helpdesk", "events": ["ticket.opened", "sla.breached"],
        }
    },
    "webhooks_change": {"switched on again": {"is_active": True}},
}  # fmt: skip


def page(row: dict[str, Any], address: str) -> dict[str, Any]:
    return {"next": f"https://support.example/api/v1/{address}/?cursor=aWQ6NDI", "results": [row]}


def opened(accepted: bool) -> dict[str, Any]:
    if accepted:
        return {
            "accepted": True, "outcome": "in_scope", "pointer": "", "sentence": "", "because": TICKET["because"],
            "ticket": {**TICKET, "status": "new", "owner": None},
            "lookalikes": [{"number": 40, "summary": "Nothing prints", "likeness": 0.63, "url": "/api/v1/tickets/40/"}],
        }  # fmt: skip
    return {
        "accepted": False, "outcome": "wrong_channel", "pointer": "Please write through the portal.", "sentence": "",
        "because": ["Requests are taken in the portal alone."], "ticket": None, "lookalikes": [],
    }  # fmt: skip


ANSWERS: dict[tuple[str, str], Any] = {
    ("me", "200"): {
        "person": {**PERSON, **BOB, "role": "agent", "company": None, "teams": ["support"]},
        "key": KEY,
    },
    ("tickets_list", "200"): page(TICKET, "tickets"),
    ("tickets_open", "201"): opened(True),
    ("tickets_open", "200"): opened(False),
    ("tickets_read", "200"): TICKET,
    ("clocks_list", "200"): [CLOCK],
    ("tickets_explanation", "200"): [REASON],
    ("messages_list", "200"): page({**MESSAGE, "attachments": [FILE]}, "tickets/42/messages"),
    ("messages_write", "201"): MESSAGE,
    ("attachments_list", "200"): page(
        {**FILE, "message": 91, "at": "2026-11-23T11:20:00Z"}, "tickets/42/attachments"
    ),
    ("events_list", "200"): page(EVENT, "tickets/42/events"),
    ("topics_list", "200"): [TOPIC],
    ("teams_list", "200"): [{"key": "support", "name": "Support", "languages": ["de"]}],
    ("policy_read", "200"): POLICY,
    ("policy_explanation", "200"): EXPLANATION,
    ("policy_draft", "200"): DRAFT,
    ("policy_versions", "200"): page(VERSION, "policy/versions"),
    ("policy_publish", "201"): VERSION,
    ("windows_list", "200"): page(WINDOW, "windows"),
    ("duty_read", "200"): [DUTY],
    ("canned_list", "200"): page(CANNED, "canned"),
    ("canned_write", "201"): CANNED,
    ("canned_read", "200"): CANNED,
    ("canned_change", "200"): {**CANNED, "whose": "everybody", "team": None},
    ("feeds_list", "200"): page(FEED, "feeds"),
    ("feeds_create", "201"): {**FEED, "read_at": None, "events": 0},
    ("feeds_read", "200"): FEED,
    ("feeds_change", "200"): {**FEED, "every_minutes": 60},
    ("tickets_claim", "200"): TICKET,
    ("windows_open", "201"): WINDOW,
    ("windows_open", "200"): WINDOW,
    ("windows_read", "200"): WINDOW,
    ("windows_move", "200"): {**WINDOW, "ends_at": "2026-11-25T21:00:00Z"},
    ("people_list", "200"): page(PERSON, "people"),
    ("people_create", "201"): PERSON,
    ("people_read", "200"): PERSON,
    ("people_update", "200"): PERSON,
    ("people_deactivate", "200"): {**PERSON, "is_active": False},
    ("people_activate", "200"): PERSON,
    ("licences_list", "200"): page(LICENCE, "licences"),
    ("licences_create", "201"): LICENCE,
    ("licences_read", "200"): LICENCE,
    ("licences_update", "200"): {**LICENCE, "valid_until": "2028-12-31"},
    ("companies_list", "200"): page(WHOLE_COMPANY, "companies"),
    ("companies_create", "201"): WHOLE_COMPANY,
    ("companies_read", "200"): WHOLE_COMPANY,
    ("companies_update", "200"): {**WHOLE_COMPANY, "members_see_each_other": True},
    ("articles_list", "200"): page(ARTICLE, "articles"),
    ("articles_write", "201"): {**ARTICLE, "edition": 1, "solved": 0},
    ("articles_read", "200"): ARTICLE,
    ("articles_rewrite", "200"): {**ARTICLE, "edition": 4},
    ("components_list", "200"): [
        {"id": 2, "name": {"en": "Sending"}, "note": {"en": "Invoices"}, "impact": "partial"}
    ],
    ("incidents_list", "200"): page(INCIDENT, "incidents"),
    ("incidents_open", "201"): {**INCIDENT, "state": "investigating", "updates": INCIDENT["updates"][1:]},
    ("incidents_read", "200"): INCIDENT,
    ("incidents_correct", "200"): {**INCIDENT, "impact": "major"},
    ("incidents_update", "201"): INCIDENT,
    ("quotes_list", "200"): page(QUOTE, "quotes"),
    ("quotes_want", "201"): WANTED,
    ("quotes_read", "200"): AGREED,
    ("quotes_send", "200"): QUOTE,
    ("quotes_answer", "200"): AGREED,
    ("quotes_withdraw", "200"): QUOTE | {"state": "withdrawn", "ended_at": "2026-11-27T23:20:00Z"},
    ("quotes_pay", "200"): AGREED | {"paid_at": "2026-11-28T12:00:00Z", "payment": "PIX 4711"},
    ("tickets_begin_night_work", "200"): AGREED,
    ("meetings_list", "200"): page(MEETING, "meetings"),
    ("meetings_ask", "201"): MEETING,
    ("meetings_read", "200"): MEETING,
    ("meetings_schedule", "200"): MEETING
    | {"state": "scheduled", "starts_at": "2026-11-25T13:00:00Z", "place": "https://meet.example.com/1"},
    ("meetings_refuse", "200"): MEETING | {"state": "refused", "because": "A message answers this."},
    ("meetings_insist", "200"): MEETING | {"state": "quoted"},
    ("meetings_cancel", "200"): MEETING | {"state": "cancelled", "because": "Holiday."},
    ("time_list", "200"): page(TIME, "tickets/42/time"),
    ("time_enter", "201"): TIME,
    ("time_take_back", "201"): {**TIME, "id": 8, "minutes": -45, "corrects": 7},
    ("hours_read", "200"): [HOURS],
    ("webhooks_list", "200"): page(WEBHOOK, "webhooks"),
    ("webhooks_create", "201"): {
        **WEBHOOK,
        "delivered_at": None,
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    },
    ("webhooks_read", "200"): WEBHOOK,
    ("webhooks_change", "200"): WEBHOOK,
    ("webhooks_new_secret", "201"): {
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "old_secret_until": "2026-11-24T11:00:00Z",
    },
    ("webhooks_deliveries", "200"): page(DELIVERY, "webhooks/3/deliveries"),
    ("webhooks_replay", "202"): {**DELIVERY, "state": "pending", "delivered_at": None},
    ("index", "200"): {"tickets": "/api/v1/tickets/", "schema": "/api/v1/schema/", "docs": "/api/v1/docs/"},
    ("tickets_assign", "200"): TICKET,
    ("tickets_take_next", "200"): TICKET,
    ("tickets_triage", "200"): {**TICKET, "priority": "1"},
    ("tickets_wait", "200"): {**TICKET, "status": "pending"},
    ("tickets_resume", "200"): TICKET,
    ("tickets_resolve", "200"): TICKET | RESOLVED,
    ("tickets_close", "200"): TICKET | RESOLVED | {"status": "closed", "closed_at": "2026-11-23T13:00:00Z"},
    ("tickets_reopen", "200"): TICKET,
    ("tickets_put_in_scope", "200"): {**TICKET, "overruled_because": "We run this server ourselves."},
    ("tickets_state_situation", "200"): {**TICKET, "situations": ["emergency"]},
    ("tickets_completeness", "200"): {**TICKET, "missing": "The log file."},
    ("tickets_copy", "200"): TICKET,
    ("tickets_merge", "200"): {
        **TICKET,
        "status": "closed",
        "merged_into": 40,
        "closed_at": "2026-11-23T13:00:00Z",
    },
    ("tickets_unmerge", "200"): TICKET,
    ("tickets_split", "201"): {**TICKET, "number": 43, "summary": "A new user", "split_from": 42},
    ("tickets_unsplit", "200"): {
        **TICKET,
        "number": 43,
        "status": "closed",
        "split_from": 42,
        "merged_into": 42,
    },
    ("tickets_hand_over", "200"): TICKET,
    ("tickets_take_out_of_scope", "200"): {**TICKET, "outcome": "out_of_scope", "scope_rule": "by_hand"},
    ("tickets_redact", "200"): TICKET,
    ("declined_report", "200"): {
        "count": 1,
        "contacts": 0,
        "overruled": 1,
        "counts": [
            {
                "by": "outcome",
                "outcome": "out_of_scope",
                "key": "out_of_scope",
                "count": 1,
                "contacts": 0,
                "overruled": 1,
            }
        ],
        "rows": [
            {
                "contact": None,
                "ticket": 42,
                "at": "2026-11-23T11:00:00Z",
                "outcome": "out_of_scope",
                "rule": "server",
                "topic": "printing",
                "channel": "api",
                "company": "Padaria Souza",
                "summary": "It does not print",
                "overruled": True,
                "because": "We run this server ourselves.",
            }
        ],
    },
}

PARAMETERS: dict[str, Any] = {
    "company": REFERENCE,
    "q": "rejected invoice",
    "running": True,
    "number": 42,
    "pk": 7,
    "delivery": 4711,
    "id": 7,
    "reference": REFERENCE,
    "page_size": 50,
    "cursor": "aWQ6NDI",
    "updated_since": "2026-11-23T08:00:00-03:00",
    "at": "2026-11-23T08:00:00-03:00",
    "since": "2026-11-01T00:00:00-03:00",
    "until": "2026-12-01T00:00:00-03:00",
    "ends_after": "2026-11-23T08:00:00-03:00",
    "starts_before": "2026-12-23T08:00:00-03:00",
    "email": "alice@example.com",
}
