"""An event of the timeline as one sentence for agents, with the tone that its mark has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policies.document import say
from tickets.agreements import sentences as agreements
from tickets.models import Event
from tickets.satisfaction.ratings import WORDS

from .rows import METRICS, OUTCOMES, Names
from .situations import SITUATION_NAMES

SAID_BY_THE_MESSAGE = {"replied", "customer_replied", "noted"}


@dataclass(frozen=True, slots=True)
class Sentence:
    words: str
    tone: str = ""  # "", warn, bad, good, hold: beside the mark's shape


def sentence_of(event: Event, names: Names) -> Sentence | None:
    """None for what the message beside it says already. An unknown kind is told by its own name."""
    if event.kind in SAID_BY_THE_MESSAGE:
        return None
    data = event.data | {"who": str(event.actor) if event.actor else _("The system")}
    if event.kind in SENTENCES:
        words, tone = SENTENCES[event.kind](data, names)
        return Sentence(words, tone)
    if agreed := agreements.sentence_of(event.kind, data):
        return Sentence(*agreed)
    return Sentence(f"{data['who']}: {event.kind.replace('_', ' ')}")


def opened(data: dict[str, Any], names: Names) -> tuple[str, str]:
    channel = names.channels.get(data.get("channel", ""), data.get("channel", ""))
    said = {"who": data["who"], "channel": channel, "version": data.get("version", "")}
    return _("%(who)s opened the ticket (%(channel)s), under policy version %(version)s") % said, ""


def decided(data: dict[str, Any], names: Names) -> tuple[str, str]:
    outcome = data.get("outcome", "")
    said = _("Decided: %(outcome)s") % {"outcome": OUTCOMES.get(outcome, outcome)}
    if data.get("rule"):
        said += " - " + _("rule %(rule)s") % {"rule": data["rule"]}
    return said, "" if outcome == "in_scope" else "warn"


def assigned(data: dict[str, Any], names: Names) -> tuple[str, str]:
    if not data.get("owner"):
        return _("%(who)s gave the ticket back: nobody owns it") % data, ""
    if data["owner"] == data["who"]:
        return _("%(who)s took the ticket") % data, ""
    return _("%(who)s assigned it to %(owner)s") % data, ""


def triaged(data: dict[str, Any], names: Names) -> tuple[str, str]:
    parts = []
    for key, label, known in (
        ("priority", _("priority"), names.priorities),
        ("team", _("team"), {}),
        ("topic", _("topic"), names.topics),
    ):
        if key in data:
            before, after = (known.get(value, value) or "-" for value in data[key])
            parts.append(f"{label} {before} → {after}")
    return _("%(who)s triaged: %(what)s") % {"who": data["who"], "what": "; ".join(parts)}, ""


def handed_over(data: dict[str, Any], names: Names) -> tuple[str, str]:
    before, after = data["team"]
    said = {"who": data["who"], "before": before or "-", "team": after}
    return _("%(who)s handed it over: team %(before)s → %(team)s") % said, "warn"


def redacted(data: dict[str, Any], names: Names) -> tuple[str, str]:
    said = {"who": data["who"], "author": data.get("written_by") or _("The system")}
    if not data.get("text"):
        words = _("%(who)s removed a file of %(author)s")
    elif data.get("files"):
        words = _("%(who)s removed a message of %(author)s and a file")
    else:
        words = _("%(who)s removed the text of a message of %(author)s")
    return f"{words % said}: {data['because']}", "warn"


def escalated(data: dict[str, Any], names: Names) -> tuple[str, str]:
    sentence = _("Escalation for the %(metric)s") % {"metric": metric_of(data)}
    changes = ", ".join(say(text, get_language() or "en") for text in data.get("changes", []))
    return f"{sentence} → {changes}" if changes else sentence, "bad"


def situation(data: dict[str, Any], names: Names) -> tuple[str, str]:
    said = {
        "who": data["who"],
        "situation": SITUATION_NAMES.get(data.get("situation"), data.get("situation")),
    }
    why = f": {data['because']}" if data.get("because") else ""
    if data.get("holds"):
        return _("%(who)s stated: %(situation)s") % said + why, "warn"
    return _("%(who)s stated: no longer - %(situation)s") % said + why, ""


def emergency_declared(data: dict[str, Any], names: Names) -> tuple[str, str]:
    ticked = "; ".join(say(text, get_language() or "en") for text in data.get("conditions", []))
    why = ticked or data.get("because", "")
    return (_("An emergency: %(why)s") % {"why": why} if why else _("An emergency")), "bad"


def duty_alerted(data: dict[str, Any], names: Names) -> tuple[str, str]:
    said = {"names": ", ".join(data.get("names", [])), "round": data.get("round", 1)}
    if data.get("is_hole"):
        return _("Nobody is on duty. Alerted instead (%(round)s): %(names)s") % said, "bad"
    return _("On duty and alerted (%(round)s): %(names)s") % said, "warn"


def closed(data: dict[str, Any], names: Names) -> tuple[str, str]:
    if data.get("reason") == "silence":
        return _("Closed by itself: the customer did not answer"), ""
    if data.get("reason") == "settled":
        return _("Closed by itself: it was resolved"), "good"
    return _("%(who)s closed the ticket") % data, "good"


def reminded(data: dict[str, Any], names: Names) -> tuple[str, str]:
    if not data.get("closes_at"):
        return _("The customer was reminded"), ""
    when = {"when": _written(data["closes_at"])}
    return _("The customer was reminded; without an answer it closes on %(when)s") % when, "warn"


def expected(data: dict[str, Any], names: Names) -> tuple[str, str]:
    when = {
        "who": data["who"],
        "when": _written(data["expected_at"]),
        "before": _written(data.get("before", "")),
    }
    if data.get("before"):
        words = _("%(who)s told the customer: solved by %(when)s, no longer by %(before)s") % when
    else:
        words = _("%(who)s told the customer: solved by %(when)s") % when
    return f"{words}: {data['because']}" if data.get("because") else words, ""


def rated(data: dict[str, Any], names: Names) -> tuple[str, str]:
    score = data["score"]
    said = {"who": data["who"], "score": score, "words": WORDS[score]}
    return _(
        "%(who)s rated our help: %(score)s of 5, %(words)s"
    ) % said, "good" if score > 3 else "bad" if score < 3 else ""


def moved(data: dict[str, Any], names: Names) -> tuple[str, str]:
    said = {"before": _written(data["before"]), "after": _written(data["after"])}
    return _("The deadline moved from %(before)s to %(after)s") % said, ""


def _written(moment: str) -> str:
    at = parse_datetime(moment) if moment else None
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else "-"


def metric_of(data: dict[str, Any]) -> Any:
    return METRICS.get(data.get("metric", ""), data.get("metric", ""))


def with_reason(sentence: Callable[[], str], key: str = "because", tone: str = "") -> Callable:
    def said(data: dict[str, Any], names: Names) -> tuple[str, str]:
        words = sentence() % data
        return f"{words}: {data[key]}" if data.get(key) else words, tone

    return said


def plain(sentence: Callable[[], str], tone: str = "") -> Callable:
    return lambda data, names: (sentence() % (data | {"metric": metric_of(data)}), tone)


SENTENCES: dict[str, Callable[[dict[str, Any], Names], tuple[str, str]]] = {
    "opened": opened,
    "decided": decided,
    "assigned": assigned,
    "triaged": triaged,
    "escalated": escalated,
    "situation_stated": situation,
    "closed": closed,
    "reminded": reminded,
    "found_inadequate": with_reason(lambda: _("%(who)s found the request incomplete"), "missing", "warn"),
    "completed": plain(lambda: _("%(who)s: the request is complete"), "good"),
    "waiting_on_customer": plain(lambda: _("%(who)s waits for the customer"), "warn"),
    "waiting_on_third_party": with_reason(lambda: _("%(who)s waits for a third party"), "because", "hold"),
    "resumed": plain(lambda: _("%(who)s resumed the work")),
    "resolved": plain(lambda: _("%(who)s resolved the ticket"), "good"),
    "reopened": with_reason(lambda: _("%(who)s reopened the ticket")),
    "overruled": with_reason(lambda: _("%(who)s put the ticket in scope")),
    "ruled_out": with_reason(lambda: _("%(who)s put the ticket out of scope"), "because", "warn"),
    "handed_over": handed_over,
    "merged": with_reason(lambda: _("%(who)s merged the ticket into #%(number)s"), "because", "warn"),
    "merged_in": with_reason(lambda: _("%(who)s merged ticket #%(number)s into this one")),
    "unmerged": plain(lambda: _("%(who)s undid the merge with #%(number)s"), "warn"),
    "split": plain(lambda: _("%(who)s split ticket #%(number)s off")),
    "split_off": plain(lambda: _("%(who)s split this off ticket #%(number)s")),
    "unsplit": plain(lambda: _("%(who)s undid the split with #%(number)s"), "warn"),
    "redacted": redacted,
    "participant_added": plain(lambda: _("%(who)s put %(address)s in copy")),
    "participant_left": plain(lambda: _("%(address)s left the conversation: no longer in copy")),
    "confirmation_bounced": plain(
        lambda: _("The confirmation to %(address)s came back: it did not arrive"), "bad"
    ),
    "reply_bounced": with_reason(
        lambda: _("A reply to %(address)s came back: it did not arrive"), "detail", "bad"
    ),
    "secret_masked": plain(lambda: _("A secret was masked before the message was kept"), "warn"),
    "continued": plain(lambda: _("%(who)s continued in ticket #%(number)s")),
    "still_needed": plain(lambda: _("%(who)s still needs help")),
    "window_opened": with_reason(lambda: _("An auction of the customer began"), "name", "warn"),
    "window_closed": with_reason(lambda: _("The customer's auction is not running any more"), "name"),
    "deadline_moved": moved,
    "expected": expected,
    "rated": rated,
    "emergency_declared": emergency_declared,
    "duty_alerted": duty_alerted,
    "emergency_taken": plain(lambda: _("%(who)s took the emergency"), "good"),
    "adopted": plain(lambda: _("Policy version %(version)s applies from here on")),
    "plan_changed": plain(lambda: _("The company has another plan: its targets apply from here on")),
    "warned": plain(lambda: _("Warning: the %(metric)s is due soon"), "warn"),
    "breached": plain(lambda: _("Deadline missed: %(metric)s"), "bad"),
}
