"""What can happen to a ticket: one function each, which is the transaction, its body the list of steps.

Each takes `at`, the moment it happened, and `by`, who did it (None: the system). A refusal is a ValidationError that
names the field. Lock order: the ticket, then its clocks, then the number counter. Start reading at `opening.py`.
"""

from tickets.lifecycle.conversation import (
    add_note,
    add_participant,
    delivered,
    leave_conversation,
    reply,
    seen_in_portal,
    withdrawn,
)
from tickets.lifecycle.ending import (
    SETTLED,
    close,
    close_by_silence,
    close_settled,
    remind,
    reopen,
    resolve,
    still_need_help,
)
from tickets.lifecycle.escalation import escalate
from tickets.lifecycle.handing_over import hand_over
from tickets.lifecycle.merging import merge
from tickets.lifecycle.opening import Opening, open_ticket
from tickets.lifecycle.redacting import redact
from tickets.lifecycle.returning import came_back
from tickets.lifecycle.routing import assign, overrule, state_situation, triage
from tickets.lifecycle.scoping import rule_out
from tickets.lifecycle.splitting import split, unsplit
from tickets.lifecycle.taking import take_next
from tickets.lifecycle.unmerging import unmerge
from tickets.lifecycle.waiting import (
    ask_for_missing,
    complete,
    resume_work,
    wait_on_customer,
    wait_on_third_party,
)

__all__ = [
    "SETTLED",
    "Opening",
    "add_note",
    "add_participant",
    "ask_for_missing",
    "assign",
    "came_back",
    "close",
    "close_by_silence",
    "close_settled",
    "complete",
    "delivered",
    "escalate",
    "hand_over",
    "leave_conversation",
    "merge",
    "open_ticket",
    "overrule",
    "redact",
    "remind",
    "reopen",
    "reply",
    "resolve",
    "resume_work",
    "rule_out",
    "seen_in_portal",
    "split",
    "state_situation",
    "still_need_help",
    "take_next",
    "triage",
    "unmerge",
    "unsplit",
    "wait_on_customer",
    "wait_on_third_party",
    "withdrawn",
]
