"""PURE. Why this deadline: what a policy says to a request, until when, and the stretches of time that were counted.

`explain` answers with one plain object (the JSON of `manage.py policy explain`, the admin's "try it out", the
long form behind "why this deadline?"). It asks `decide` what is promised and the calendars' hours until when,
and decides nothing itself, so that it cannot disagree with the running system.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from policies.codec import write_duration
from policies.decisions import Decision, Promise, decide
from policies.document import METRICS, ClosingRule, Policy, Text, say
from policies.facts import Facts
from policies.sentences import METRIC_NAMES, SITUATION_NAMES, duration_text
from sla.business_time import BusinessHours, Stretch

ROUND_THE_CLOCK = "24/7"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One promise with its moments. None: no deadline, or none that can be named (R11)."""

    promise: Promise
    hours: BusinessHours
    due_at: datetime | None
    breach_at: datetime | None


def explain(
    policy: Policy,
    facts: Facts,
    at: datetime,
    hours: Mapping[str, BusinessHours],
    language: str = "en",
    version: int | None = None,
) -> dict[str, Any]:
    """What `policy` says to a request of `facts` that arrives at `at`, as one JSON-safe object in `language`.

    `hours` are the policy's calendars by key, with round the clock under "" (`policies.calendars.hours_of`).
    The silence timer is shown as if we had replied, and begun to wait for the customer, at `at`.
    """
    decision = decide(policy, facts)
    return {
        "accepted": decision.accepted,
        "outcome": decision.outcome,
        "plan": decision.plan,
        "priority": decision.priority,
        "policy_version": version,
        "policy": policy.key,
        "at": moment(at),
        "team": decision.team,
        "sla": decision.sla,
        "rule": decision.rule,
        "sentence": say(decision.sentence, language),
        "pointer": say(decision.pointer, language),
        "contact": decision.contact,
        "because": [say(reason, language) for reason in decision.because],
        "deadlines": [
            *_promised(decision, at, hours, language),
            *_silence(decision.closing, at, hours, language),
        ],
    }


def candidates(
    promises: Iterable[Promise], at: datetime, hours: Mapping[str, BusinessHours]
) -> list[Candidate]:
    """Each promise with the moments that it gives to a request of `at`, in its situation from `at` on (R18)."""
    return [_candidate(promise, at, hours[promise.calendar]) for promise in promises]


def example(promise: Promise, at: datetime, hours: Mapping[str, BusinessHours]) -> datetime | None:
    """When a request of `at` would be due: the example under a target, "Monday 08:00 gives Wednesday 12:00" (R20)."""
    return _candidate(promise, at, hours[promise.calendar]).due_at


def moment(at: datetime | None) -> str | None:
    """UTC, ISO 8601, whole seconds, with Z."""
    return None if at is None else at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


# --- promised metrics ---------------------------------------------------------------------------------------


def _promised(
    decision: Decision, at: datetime, hours: Mapping[str, BusinessHours], language: str
) -> Iterable[dict[str, Any]]:
    found = candidates((*decision.promises, *decision.situational), at, hours)
    for metric in METRICS:
        rivals = sorted((c for c in found if c.promise.metric == metric), key=_urgency)
        if rivals:
            yield _deadline(rivals[0], rivals[1:], at, language)


def _urgency(candidate: Candidate) -> tuple[bool, datetime, datetime]:
    far = datetime.max.replace(tzinfo=UTC)
    return candidate.due_at is None, candidate.due_at or far, candidate.breach_at or far


def _candidate(promise: Promise, at: datetime, hours: BusinessHours) -> Candidate:
    if promise.unit == "business_days" and promise.days is not None:
        due = hours.after_days(at, promise.days)
    elif promise.duration is not None:
        due = hours.after(at, promise.duration)
    else:
        due = None
    return Candidate(promise, hours, due, None if due is None else due + promise.grace)


def _deadline(winner: Candidate, others: list[Candidate], at: datetime, language: str) -> dict[str, Any]:
    promise = winner.promise
    reasons = [say(promise.because, language)]
    if promise.duration is not None and winner.due_at is None:
        reasons.append(say(_NO_OPENING, language))
    if promise.grace:
        reasons.append(say(_GRACE, language).format(write_duration(promise.grace)))
    for other in others:
        due = moment(other.due_at) or say(_NO_DEADLINE, language)
        reasons.append(say(_LATER, language).format(say(other.promise.because, language), due))
    return {
        "metric": promise.metric,
        "target": _target(promise),
        "target_seconds": None if promise.duration is None else int(promise.duration.total_seconds()),
        "unit": promise.unit,
        "calendar": promise.calendar or ROUND_THE_CLOCK,
        "situation": promise.situation or None,
        "due_at": moment(winner.due_at),
        "breach_at": moment(winner.breach_at),
        "because": reasons,
        "stretches": _stretches(winner.hours, at, winner.due_at, language),
    }


def _target(promise: Promise) -> str | None:
    if promise.unit == "business_days" and promise.days is not None:
        return f"{promise.days} business days"
    return None if promise.duration is None else write_duration(promise.duration)


# --- the customer's silence ---------------------------------------------------------------------------------


def _silence(
    rule: ClosingRule | None, at: datetime, hours: Mapping[str, BusinessHours], language: str
) -> Iterable[dict[str, Any]]:
    if rule is None:
        return
    for reminder in rule.reminders:
        yield _silence_moment("silence_reminder", reminder, rule, at, hours, language)
    yield _silence_moment("silence_close", rule.after, rule, at, hours, language)


def _silence_moment(
    metric: str,
    duration: timedelta,
    rule: ClosingRule,
    at: datetime,
    hours: Mapping[str, BusinessHours],
    language: str,
) -> dict[str, Any]:
    unit = "business" if rule.calendar else "elapsed"
    due = hours[rule.calendar].after(at, duration)
    length = say(duration_text(duration, unit), language)
    name = say(METRIC_NAMES[metric], language)
    return {
        "metric": metric,
        "target": write_duration(duration),
        "target_seconds": int(duration.total_seconds()),
        "unit": unit,
        "calendar": rule.calendar or ROUND_THE_CLOCK,
        "situation": None,
        "due_at": moment(due),
        "breach_at": moment(due),
        "because": [say(_SILENCE, language).format(rule=rule.key, name=name, length=length)],
        "stretches": _stretches(hours[rule.calendar], at, due, language),
    }


# --- stretches ----------------------------------------------------------------------------------------------


def _stretches(
    hours: BusinessHours, at: datetime, due: datetime | None, language: str
) -> list[dict[str, Any]]:
    """[at, due) without gaps; what counted adds up to the target (S16)."""
    if due is None:
        return []
    return [
        {
            "from": moment(part.from_at),
            "to": moment(part.to_at),
            "counted_seconds": int(part.counted.total_seconds()),
            "why": why(part, language),
        }
        for part in hours.stretches(at, due)
    ]


def why(part: Stretch, language: str) -> str:
    """The reason of a stretch in words: "open", "holiday: Natal", "paused: ..."."""
    code, _, name = part.why.partition(":")
    word = say(_WHY.get(code, {"en": code}), language)
    return f"{word}: {name}" if name else word


_WHY: dict[str, Text] = {
    "open": {"pt-br": "aberto", "en": "open", "es": "abierto", "de": "geöffnet", "ru": "открыто"},
    "window": {
        "pt-br": "aberto por um evento",
        "en": "open for an event",
        "es": "abierto por un evento",
        "de": "wegen eines Ereignisses geöffnet",
        "ru": "открыто из-за мероприятия",
    },
    "closed": {"pt-br": "fechado", "en": "closed", "es": "cerrado", "de": "geschlossen", "ru": "закрыто"},
    "holiday": {"pt-br": "feriado", "en": "holiday", "es": "festivo", "de": "Feiertag", "ru": "праздник"},
    "override": {
        "pt-br": "fechado por horário especial",
        "en": "closed by special hours",
        "es": "cerrado por horario especial",
        "de": "wegen geänderter Zeiten geschlossen",
        "ru": "закрыто: изменённые часы",
    },
    "break": {"pt-br": "intervalo", "en": "break", "es": "pausa", "de": "Pause", "ru": "перерыв"},
    "paused": {
        "pt-br": "pausado",
        "en": "paused",
        "es": "en pausa",
        "de": "pausiert",
        "ru": "приостановлено",
    },
}
_GRACE = {
    "pt-br": "Com tolerância de {} antes da quebra.",
    "en": "With {} of grace before it is broken.",
    "es": "Con {} de tolerancia antes de incumplirse.",
    "de": "Mit {} Karenz, bevor sie verletzt ist.",
    "ru": "С допуском {} до нарушения.",
}
_LATER = {
    "pt-br": "Antes de: {} ({})",
    "en": "Earlier than: {} ({})",
    "es": "Antes que: {} ({})",
    "de": "Früher als: {} ({})",
    "ru": "Раньше, чем: {} ({})",
}
_NO_DEADLINE = {
    "pt-br": "sem prazo",
    "en": "no deadline",
    "es": "sin plazo",
    "de": "keine Frist",
    "ru": "без срока",
}
_NO_OPENING = {
    "pt-br": "O calendário não abre: nenhum prazo pode ser dito.",
    "en": "The calendar never opens: no deadline can be named.",
    "es": "El calendario nunca abre: no se puede nombrar un plazo.",
    "de": "Der Kalender öffnet nie: Eine Frist lässt sich nicht nennen.",
    "ru": "Календарь никогда не открыт: срок назвать нельзя.",
}
_SILENCE = {
    "pt-br": "Regra de silêncio “{rule}”: {name} após {length} sem resposta do cliente.",
    "en": "Silence rule “{rule}”: {name} after {length} without a reply from the customer.",
    "es": "Regla de silencio «{rule}»: {name} después de {length} sin respuesta del cliente.",
    "de": "Schweigeregel „{rule}“: {name} nach {length} ohne Antwort des Kunden.",
    "ru": "Правило молчания «{rule}»: {name}; без ответа клиента: {length}.",
}


# --- for people ---------------------------------------------------------------------------------------------


def as_text(explained: Mapping[str, Any], language: str = "en") -> str:
    """What `explain` says, as lines for a terminal."""
    verdict = say(_ACCEPTED if explained["accepted"] else _REFUSED, language)
    lines = [f"{explained['policy']}  {explained['at']}  {verdict}: {explained['outcome']}"]
    lines += [f"  - {reason}" for reason in explained["because"]]
    for deadline in explained["deadlines"]:
        due = deadline["due_at"] or say(_NO_DEADLINE, language)
        grace = f" ({deadline['breach_at']})" if deadline["breach_at"] != deadline["due_at"] else ""
        situation = deadline["situation"]
        marked = f" [{say(SITUATION_NAMES.get(situation, {'en': situation}), language)}]" if situation else ""
        lines += ["", f"{say(METRIC_NAMES[deadline['metric']], language)}{marked}: {due}{grace}"]
        lines += [f"  - {reason}" for reason in deadline["because"]]
        lines += [
            f"    {part['from']} .. {part['to']}  {timedelta(seconds=part['counted_seconds'])!s:>17}  {part['why']}"
            for part in deadline["stretches"]
        ]
    return "\n".join(lines)


_ACCEPTED = {"pt-br": "aceito", "en": "accepted", "es": "aceptado", "de": "angenommen", "ru": "принято"}
_REFUSED = {
    "pt-br": "sem chamado",
    "en": "no ticket",
    "es": "sin solicitud",
    "de": "keine Anfrage",
    "ru": "без обращения",
}
