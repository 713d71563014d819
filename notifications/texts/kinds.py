"""What kinds of notices there are, and which placeholders each one's text may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from notifications.texts import english, german, portuguese, russian, spanish

TEXTS = {
    "en": english.TEXTS,
    "pt-br": portuguese.TEXTS,
    "es": spanish.TEXTS,
    "de": german.TEXTS,
    "ru": russian.TEXTS,
}

# In every notice, filled in by the rendering.
COMMON = ("greeting", "name", "desk")
TICKET = ("number", "summary", "requester", "company", "ticket_url")
QUOTED = ("work", "message", "hours", "rate", "amount", "quote_url")
MET = ("work", "message", "hours", "starts_at", "place", "meeting_url")


class Text(NamedTuple):
    subject: str
    body: str


@dataclass(frozen=True)
class Kind:
    """`words` are what its cause may say; `for_staff` kinds may be muted, each in a person's profile."""

    label: object
    words: tuple[str, ...]
    for_staff: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        return (*COMMON, *self.words)


KINDS: dict[str, Kind] = {
    "ticket_opened": Kind(
        _("Request received"), (*TICKET, "promise", "scope", "opens_at", "rate", "night_url", "sharing")
    ),
    "contact_declined": Kind(_("Contact that opens no ticket"), ("summary", "reason", "portal_url")),
    "ticket_replied": Kind(_("Our reply"), (*TICKET, "author", "message")),
    "request_incomplete": Kind(_("Something is missing"), (*TICKET, "author", "missing")),
    "secret_masked": Kind(_("A secret was masked"), TICKET),
    "files_refused": Kind(_("Files that were not kept"), ("number", "summary", "refused", "ticket_url")),
    "silence_reminder": Kind(_("Reminder before closing"), (*TICKET, "closes_at", "still_url", "solved_url")),
    "silence_closed": Kind(_("Closed without an answer"), (*TICKET, "reason")),
    "ticket_resolved": Kind(_("Resolved"), (*TICKET, "author", "solution", "closes_at", "rate_url")),
    "ticket_closed": Kind(_("Closed"), (*TICKET, "author", "solution")),
    "chat_transcript": Kind(_("Transcript of a chat"), (*TICKET, "transcript")),
    "deadline_moved": Kind(
        _("A promised time has moved"), (*TICKET, "metric", "due_at", "was_due_at", "because")
    ),
    "expected_by": Kind(
        _("By when we expect to solve it"), (*TICKET, "author", "expected_at", "was_expected_at", "because")
    ),
    "ticket_merged": Kind(_("Merged into another request"), (*TICKET, "other_number", "other_summary")),
    "ticket_unmerged": Kind(_("Two requests again"), (*TICKET, "other_number", "other_summary")),
    "handed_over": Kind(
        _("A ticket is handed over to my team"),
        (*TICKET, "author", "message", "team", "due_at"),
        for_staff=True,
    ),
    "assigned": Kind(_("A ticket becomes mine"), (*TICKET, "author", "due_at"), for_staff=True),
    "customer_replied": Kind(_("A customer replies"), (*TICKET, "author", "message"), for_staff=True),
    "ticket_reopened": Kind(_("A ticket is open again"), (*TICKET, "author", "because"), for_staff=True),
    "deadline_warning": Kind(
        _("A deadline comes near"), (*TICKET, "owner", "metric", "due_at"), for_staff=True
    ),
    "deadline_breached": Kind(
        _("A deadline was missed"), (*TICKET, "owner", "metric", "due_at"), for_staff=True
    ),
    "escalated": Kind(_("A ticket is escalated"), (*TICKET, "owner", "because", "change"), for_staff=True),
    "silence_closed_staff": Kind(_("A ticket of mine closes by itself"), (*TICKET, "reason"), for_staff=True),
    "ticket_closed_staff": Kind(
        _("A ticket of mine is closed"), (*TICKET, "author", "solution"), for_staff=True
    ),
    "emergency_alert": Kind(
        _("An emergency: who is on duty is alerted"), (*TICKET, "conditions", "phone", "round", "claim_url")
    ),
    "emergency_alerted": Kind(_("An emergency: the customer is told"), (*TICKET, "free")),
    "emergency_taken": Kind(_("Somebody attends to the emergency"), (*TICKET, "author", "free")),
    "emergency_taken_staff": Kind(
        _("Somebody else has taken an emergency"), (*TICKET, "author"), for_staff=True
    ),
    "feed_failed": Kind(
        _("A customer’s calendar cannot be read"), ("feed", "company", "reason", "feed_url"), for_staff=True
    ),
    "webhook_switched_off": Kind(
        _("A webhook was switched off"), ("webhook", "address", "reason", "webhook_url"), for_staff=True
    ),
    "rated": Kind(_("A customer rates our help"), (*TICKET, "score", "rating", "comment"), for_staff=True),
    "reply_bounced": Kind(_("A reply of mine came back"), (*TICKET, "recipient", "reason"), for_staff=True),
    "quote_wanted": Kind(
        _("A customer wants a quote"), (*TICKET, "author", "work", "message", "quote_url"), for_staff=True
    ),
    "quote_sent": Kind(_("A quote"), (*TICKET, *QUOTED, "author", "valid_until")),
    "quote_accepted": Kind(_("A quote was accepted"), (*TICKET, *QUOTED, "author", "answered_at")),
    "quote_accepted_staff": Kind(
        _("A customer accepts a quote"), (*TICKET, *QUOTED, "author", "answered_at"), for_staff=True
    ),
    "quote_declined": Kind(_("A quote was declined"), (*TICKET, *QUOTED, "author", "answered_at", "because")),
    "quote_declined_staff": Kind(
        _("A customer declines a quote"),
        (*TICKET, *QUOTED, "author", "answered_at", "because"),
        for_staff=True,
    ),
    "quote_ended": Kind(_("A quote has ended"), (*TICKET, *QUOTED, "valid_until")),
    "quote_ended_staff": Kind(
        _("A quote lapses without an answer"), (*TICKET, *QUOTED, "valid_until"), for_staff=True
    ),
    "meeting_asked": Kind(
        _("A meeting or training to decide"),
        (*TICKET, "author", "work", "message", "wished_at", "hours", "meeting_url"),
        for_staff=True,
    ),
    "meeting_refused": Kind(_("A meeting is not approved"), (*TICKET, "work", "because", "meeting_url")),
    "meeting_scheduled": Kind(_("A meeting, with its invitation"), (*TICKET, *MET, "attached")),
    "meeting_scheduled_staff": Kind(
        _("A meeting of a customer, with its invitation"), (*TICKET, *MET, "attached"), for_staff=True
    ),
    "meeting_cancelled": Kind(_("A meeting is called off"), (*TICKET, *MET, "because")),
    "meeting_cancelled_staff": Kind(
        _("A meeting of a customer is called off"), (*TICKET, *MET, "because"), for_staff=True
    ),
    "developer_asked": Kind(
        _("A developer wants to see a ticket"),
        (*TICKET, "author", "developer", "because", "developer_url"),
        for_staff=True,
    ),
    "developer_invited": Kind(
        _("A developer is brought to a ticket"), (*TICKET, "author", "because", "developer_url")
    ),
    "developer_wrote": Kind(
        _("A developer writes to a customer"), (*TICKET, "developer", "message"), for_staff=True
    ),
    "company_report": Kind(
        _("Monthly report of a company"),
        ("company", "month", "opened", "resolved", "met", "missed", "report_url"),
    ),
    "invitation": Kind(_("Invitation"), ("inviter", "activate_url", "expires_at")),
    "registration": Kind(_("Account asked for"), ("activate_url", "expires_at")),
    "account_known": Kind(_("Account asked for that is there"), ("reset_url", "expires_at")),
    "address_changed": Kind(_("Another address for signing in"), ("old", "new", "because")),
    "password_reset": Kind(_("A new password"), ("reset_url", "expires_at")),
}

NEVER_MUTED = frozenset(name for name, kind in KINDS.items() if not kind.for_staff)

PLACEHOLDERS = {
    "greeting": _("“Hello Ana,” in the reader’s language"),
    "name": _("the reader’s name"),
    "desk": _("this desk’s name"),
    "number": _("the ticket’s number"),
    "summary": _("the ticket’s summary"),
    "ticket_url": _("link to the ticket"),
    "sharing": _("whether that link asks to sign in, as it is for the reader"),
    "requester": _("who asked"),
    "promise": _("what the policy promises for this ticket"),
    "scope": _("what the policy says of a ticket out of scope"),
    "recipient": _("who was to receive it"),
    "reason": _("the reason, in the policy’s words"),
    "portal_url": _("link to the portal"),
    "author": _("who did or wrote it"),
    "message": _("the message, word by word"),
    "missing": _("what the request still lacks"),
    "other_number": _("the other ticket’s number"),
    "other_summary": _("the other ticket’s summary"),
    "team": _("the team that has it now"),
    "closes_at": _("when the ticket will close by itself"),
    "still_url": _("link to “I still need help”"),
    "solved_url": _("link to “Solved, close it”"),
    "solution": _("the written solution"),
    "rate_url": _("link to the page on which the customer says how satisfied they are"),
    "expected_at": _("by when we expect to solve it, in the reader’s zone"),
    "was_expected_at": _("by when we expected it before"),
    "score": _("the score, from 1 to 5"),
    "rating": _("the score in words"),
    "comment": _("the customer’s comment"),
    "because": _("why"),
    "metric": _("which promise, for example the first response"),
    "due_at": _("the deadline, in the reader’s zone"),
    "was_due_at": _("the deadline before"),
    "company": _("the customer’s company"),
    "owner": _("who owns the ticket"),
    "change": _("what the escalation changed"),
    "conditions": _("what was ticked on the emergency checklist"),
    "phone": _("the requester’s telephone number"),
    "round": _("how often people were alerted; empty the first time"),
    "free": _("that it costs nothing, where the policy says so"),
    "claim_url": _("link to the page with the button “I take it”"),
    "feed": _("the calendar’s name"),
    "feed_url": _("link to the calendar"),
    "webhook": _("the webhook’s name"),
    "address": _("the address that was called"),
    "webhook_url": _("link to the webhook"),
    "inviter": _("who invites"),
    "activate_url": _("the invitation’s link"),
    "reset_url": _("link to choose a new password"),
    "expires_at": _("until when the link works"),
    "old": _("the address before"),
    "new": _("the address from now on"),
    "month": _("the month, such as 2026-11"),
    "opened": _("how many requests were opened"),
    "resolved": _("how many requests were solved"),
    "met": _("how many promises were met"),
    "missed": _("how many promises were missed"),
    "report_url": _("link to the report"),
    "work": _("which kind of work"),
    "hours": _("how long"),
    "rate": _("what an hour costs"),
    "amount": _("the sum"),
    "valid_until": _("until when the quote can be accepted"),
    "answered_at": _("when it was accepted or declined"),
    "quote_url": _("link to the quote, the reader’s own"),
    "opens_at": _("when we open, for a request out of hours"),
    "night_url": _("link to ask for work out of hours"),
    "wished_at": _("when the customer would like it"),
    "starts_at": _("when it begins"),
    "place": _("where it takes place"),
    "attached": _("that the invitation is attached, where it is"),
    "meeting_url": _("link to the meeting"),
    "developer": _("the developer’s name"),
    "developer_url": _("link for the developer, or to decide about them"),
    "transcript": _("what was said in the chat, message by message"),
}

SHARING = {  # whom the link to the ticket lets in: (whoever has it, who signs in)
    "en": (
        "This link opens the request without signing in, so please share it only with people who may read it.",
        "This link opens the request only for people who sign in and may read it.",
    ),
    "pt-br": (
        "Este link abre o chamado sem senha: compartilhe apenas com quem pode ler o conteúdo.",
        "Este link só abre o chamado para quem entra com sua conta e pode ler o conteúdo.",
    ),
    "es": (
        "Este enlace abre la solicitud sin contraseña: compártalo solo con quien pueda leerla.",
        "Este enlace abre la solicitud solo a quien inicia sesión y puede leerla.",
    ),
    "de": (
        "Dieser Link öffnet die Anfrage ohne Anmeldung: Bitte geben Sie ihn nur an Personen weiter, die sie lesen dürfen.",
        "Dieser Link öffnet die Anfrage nur für Personen, die sich anmelden und sie lesen dürfen.",
    ),
    "ru": (
        "Эта ссылка открывает обращение без входа: передавайте её только тем, кто может его читать.",
        "Эта ссылка открывает обращение только тем, кто вошёл в систему и может его читать.",
    ),
}

METRICS = {
    "en": {
        "acknowledgement": "confirmation",
        "first_response": "first response",
        "next_response": "next response",
        "periodic_update": "regular update",
        "resolution": "resolution",
        "silence": "wait for the customer",
    },
    "pt-br": {
        "acknowledgement": "confirmação",
        "first_response": "primeira resposta",
        "next_response": "próxima resposta",
        "periodic_update": "atualização periódica",
        "resolution": "solução",
        "silence": "espera pelo cliente",
    },
    "es": {
        "acknowledgement": "confirmación",
        "first_response": "primera respuesta",
        "next_response": "siguiente respuesta",
        "periodic_update": "novedades periódicas",
        "resolution": "solución",
        "silence": "espera al cliente",
    },
    "de": {
        "acknowledgement": "Eingangsbestätigung",
        "first_response": "erste Antwort",
        "next_response": "nächste Antwort",
        "periodic_update": "regelmäßige Zwischennachricht",
        "resolution": "Lösung",
        "silence": "Warten auf den Kunden",
    },
    "ru": {
        "acknowledgement": "подтверждение",
        "first_response": "первый ответ",
        "next_response": "следующий ответ",
        "periodic_update": "регулярное сообщение",
        "resolution": "решение",
        "silence": "ожидание клиента",
    },
}


def language_near(language: str) -> str:
    """The built-in language for a tag: itself, another region of it, else English."""
    language = language.lower()
    if language in TEXTS:
        return language
    return next((tag for tag in TEXTS if tag.split("-")[0] == language.split("-")[0]), "en")


def kind_for(kind: str, *, is_agent: bool) -> str:
    """The kind as its reader needs it: some causes read otherwise on our side of the desk."""
    return f"{kind}_staff" if is_agent and f"{kind}_staff" in KINDS else kind


def built_in(kind: str, language: str) -> Text:
    subject, body = TEXTS[language_near(language)][kind]
    return Text(subject, body.strip())
