"""What differs between two policies, as sentences for people: old -> new, one promise each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies import document, words
from policies.document import Condition, HolidaySource, Policy, say

LISTS = {
    "channels": gettext_lazy("Channel"),
    "calendars": gettext_lazy("Calendar"),
    "plans": gettext_lazy("Plan"),
    "budgets": gettext_lazy("Hour budget"),
    "priorities": gettext_lazy("Priority"),
    "topics": gettext_lazy("Topic"),
    "fields": gettext_lazy("Field"),
    "clock_rules": gettext_lazy("Clock"),
    "targets": gettext_lazy("Target"),
    "scope_rules": gettext_lazy("Scope rule"),
    "closing_rules": gettext_lazy("Closing rule"),
    "escalation": gettext_lazy("Escalation step"),
    "attachments": gettext_lazy("Attachment rule"),
    "emergencies": gettext_lazy("Condition of an emergency"),
}
NAMES = {
    "name": gettext_lazy("name"),
    "key": gettext_lazy("key"),
    "language": gettext_lazy("original language"),
    "tz": gettext_lazy("time zone"),
    "summary": gettext_lazy("summary"),
    "languages": gettext_lazy("languages"),
    "effective_on": gettext_lazy("effective date"),
    "default_priority": gettext_lazy("default priority"),
    "default_team": gettext_lazy("default team"),
    "customer_sets_priority": gettext_lazy("the customer chooses the priority"),
    "queue_order": gettext_lazy("order of the queue"),
    "solution_required": gettext_lazy("resolving needs a written solution"),
    "customer_may_close": gettext_lazy("the customer may close a ticket"),
    "masks_secrets": gettext_lazy("passwords, keys and card numbers are masked"),
    "shows_duplicates": gettext_lazy("open tickets that look alike are shown before a new one"),
    "merged_counts_from_earlier": gettext_lazy("merged tickets count from the earlier start of the two"),
    "reopen_within": gettext_lazy("a reply reopens within"),
    "asks_rating": gettext_lazy("the customer is asked how satisfied they are"),
    "closes_resolved_after": gettext_lazy("a resolved ticket closes after"),
    "who_may_ask": gettext_lazy("who may ask for help"),
    "stranger_pointer": gettext_lazy("what others are told"),
    "refused_mailboxes": gettext_lazy("mailboxes of departments"),
    "emergency_calendar": gettext_lazy("people on duty are alerted outside of"),
    "emergency_team": gettext_lazy("whose duty emergencies are"),
    "emergency_again_after": gettext_lazy("an alert of an emergency is repeated after"),
    "emergency_is_free": gettext_lazy("an emergency is free of charge"),
    "modules": gettext_lazy("modules"),
    "night_rate": gettext_lazy("hour of work out of hours"),
    "work_rate": gettext_lazy("hour of consulting, training, development"),
    "currency": gettext_lazy("currency"),
    "quote_valid": gettext_lazy("a quote is valid for"),
    "meeting_lead": gettext_lazy("a meeting is asked for at least ahead by"),
    "meeting_topic": gettext_lazy("topic that asks for a meeting"),
    "training_topic": gettext_lazy("topic that asks for a training"),
    "monthly_report": gettext_lazy("companies' managers are sent a monthly report"),
    "meetings": gettext_lazy("meetings are included"),
    "developers": gettext_lazy("has dedicated developers"),
    "any_number": gettext_lazy("may call any number"),
    "calls_to_manager": gettext_lazy("calls go to the account manager"),
    "hours": gettext_lazy("hours"),
    "per": gettext_lazy("for each"),
    "teams": gettext_lazy("teams"),
    "note": gettext_lazy("note"),
    "opens": gettext_lazy("opens a ticket"),
    "sla": gettext_lazy("deadlines run"),
    "plans": gettext_lazy("plans"),
    "address": gettext_lazy("address"),
    "pointer": gettext_lazy("answer that points elsewhere"),
    "weekly": gettext_lazy("opening hours"),
    "holidays": gettext_lazy("public holidays"),
    "own_holidays": gettext_lazy("own holidays"),
    "overrides": gettext_lazy("changed hours"),
    "breaks": gettext_lazy("breaks"),
    "definition": gettext_lazy("definition"),
    "examples": gettext_lazy("examples"),
    "hint": gettext_lazy("hint"),
    "priority": gettext_lazy("priority"),
    "team": gettext_lazy("team"),
    "situation": gettext_lazy("only while"),
    "label": gettext_lazy("label"),
    "kind": gettext_lazy("kind"),
    "required": gettext_lazy("required"),
    "help": gettext_lazy("help"),
    "choices": gettext_lazy("choices"),
    "metric": gettext_lazy("metric"),
    "starts": gettext_lazy("starts"),
    "pauses": gettext_lazy("pauses while waiting for"),
    "met_by": gettext_lazy("is met by"),
    "duration": gettext_lazy("target"),
    "unit": gettext_lazy("unit"),
    "calendar": gettext_lazy("calendar"),
    "days": gettext_lazy("business days"),
    "grace": gettext_lazy("grace"),
    "warnings": gettext_lazy("warnings"),
    "when": gettext_lazy("applies to"),
    "outcome": gettext_lazy("outcome"),
    "sentence": gettext_lazy("what the customer is told"),
    "answer": gettext_lazy("the sender is answered"),
    "contact": gettext_lazy("contact"),
    "after": gettext_lazy("after"),
    "reminders": gettext_lazy("reminders after"),
    "gap": gettext_lazy("least time between reminder and close"),
    "on": gettext_lazy("on"),
    "metrics": gettext_lazy("metrics"),
    "notify": gettext_lazy("notify"),
    "raise_priority": gettext_lazy("raise the priority"),
    "assign_team": gettext_lazy("hand over to team"),
    "add_teams": gettext_lazy("add teams"),
    "kinds": gettext_lazy("kinds of file"),
    "max_bytes": gettext_lazy("largest file"),
    "per_message": gettext_lazy("files per message"),
    "videos_per_message": gettext_lazy("videos per message"),
    "video_seconds": gettext_lazy("longest video in seconds"),
    "channels": gettext_lazy("channels"),
    "priorities": gettext_lazy("priorities"),
    "topics": gettext_lazy("topics"),
    "situations": gettext_lazy("situations"),
    "words": gettext_lazy("words"),
    "except_channels": gettext_lazy("except channels"),
    "except_plans": gettext_lazy("except plans"),
    "except_topics": gettext_lazy("except topics"),
    "except_situations": gettext_lazy("except situations"),
    "except_words": gettext_lazy("except words"),
}

LIST_OF = {  # a field that holds keys -> the list of the policy that names them
    "plans": "plans", "except_plans": "plans", "channels": "channels", "except_channels": "channels",
    "priorities": "priorities", "priority": "priorities", "default_priority": "priorities",
    "topics": "topics", "except_topics": "topics", "meeting_topic": "topics", "training_topic": "topics",
    "calendar": "calendars",
    "emergency_calendar": "calendars", "emergency_team": "teams",
    "team": "teams", "default_team": "teams", "assign_team": "teams", "add_teams": "teams",
}  # fmt: skip
KEYS = {
    "metric": words.METRICS,
    "metrics": words.METRICS,
    "unit": words.UNITS,
    "outcome": words.OUTCOMES,
    "opens": words.OPENS,
    "starts": words.STARTS,
    "pauses": words.PAUSES,
    "met_by": words.MET_BY,
    "kind": words.FIELD_KINDS | words.HOUR_KINDS,
    "per": words.PERIODS,
    "who_may_ask": words.WHO_MAY_ASK,
}


@dataclass(frozen=True)
class Reader:
    """In which language, and what people call the keys that rules name."""

    language: str
    names: Mapping[str, Mapping[str, str]]  # by the policy's list ("plans"): key -> name


def differences(old: Policy, new: Policy, language: str = "en") -> list[str]:
    """Every difference as one sentence in `language`; empty for equal policies."""
    with translation.override(language):
        return list(_of_policies(old, new, Reader(language, _names_of(old, new, language))))


def _names_of(old: Policy, new: Policy, language: str) -> dict[str, dict[str, str]]:
    names = {
        part: {each.key: say(each.name, language) for policy in (old, new) for each in getattr(policy, part)}
        for part in ("channels", "calendars", "plans", "priorities", "topics")
    }
    names["teams"] = {key: say(name, language) for policy in (old, new) for key, name in policy.teams.items()}
    return names


def _of_policies(old: Policy, new: Policy, reader: Reader) -> Iterable[str]:
    for each in fields(Policy):
        before, after = getattr(old, each.name), getattr(new, each.name)
        if each.name in LISTS:
            yield from _of_lists(each.name, before, after, reader)
        elif before != after:
            before, after = _in_words(each.name, before, reader), _in_words(each.name, after, reader)
            yield f"{_name(each.name)}: {_change(before, after, reader)}"


def _of_lists(name: str, old: tuple[Any, ...], new: tuple[Any, ...], reader: Reader) -> Iterable[str]:
    before, after = {_key(part): part for part in old}, {_key(part): part for part in new}
    kind = str(LISTS[name])
    for key, part in before.items():
        if key not in after:
            yield _("%(kind)s “%(name)s” is removed") % {"kind": kind, "name": title(part, reader)}
    for key, part in after.items():
        if key not in before:
            yield _("%(kind)s “%(name)s” is new: %(summary)s") % {
                "kind": kind,
                "name": title(part, reader),
                "summary": "; ".join(_summary(part, reader)) or "–",
            }
        elif part != before[key]:
            yield from _of_parts(kind, before[key], part, reader)
    kept_before, kept_after = [k for k in before if k in after], [k for k in after if k in before]
    if kept_before != kept_after:
        yield _("%(kind)s: the order is now %(order)s") % {
            "kind": kind,
            "order": ", ".join(title(after[key], reader) for key in kept_after),
        }


def _of_parts(kind: str, old: Any, new: Any, reader: Reader) -> Iterable[str]:
    label = f"{kind} “{title(new, reader)}”"
    for each in fields(new):
        before, after = getattr(old, each.name), getattr(new, each.name)
        if each.name == "fields":
            yield from (f"{label}: {sentence}" for sentence in _of_lists("fields", before, after, reader))
        elif each.name == "when":
            yield from (f"{label}: {sentence}" for sentence in _of_conditions(before, after, reader))
        elif before != after:
            before, after = _in_words(each.name, before, reader), _in_words(each.name, after, reader)
            yield f"{label}: {_name(each.name)} {_change(before, after, reader)}"


def _of_conditions(old: Condition, new: Condition, reader: Reader) -> Iterable[str]:
    for each in fields(Condition):
        before, after = getattr(old, each.name), getattr(new, each.name)
        if before != after:
            before, after = _in_words(each.name, before, reader), _in_words(each.name, after, reader)
            yield f"{_name(each.name)} {_change(before, after, reader)}"


def _summary(part: Any, reader: Reader) -> Iterable[str]:
    """What a new part says, but for its name and what it leaves at rest."""
    for each in fields(part):
        value = getattr(part, each.name)
        if each.name in ("key", "name", "label") or value in ((), {}, "", None, Condition(), timedelta(0)):
            continue
        if isinstance(value, Condition):
            yield from _of_condition(value, reader)
        elif each.name == "fields":
            yield f"{_('fields')} {', '.join(title(item, reader) for item in value)}"
        else:
            yield f"{_name(each.name)} {shown(_in_words(each.name, value, reader), reader)}"


def _in_words(name: str, value: Any, reader: Reader) -> Any:
    """What the policy writes as one of a few keys, as people call it."""
    if name in ("night_rate", "work_rate"):
        return words.money(value)
    known = reader.names.get(LIST_OF.get(name, ""), {}) or KEYS.get(name, {})
    if isinstance(value, tuple):
        return tuple(str(known.get(item, item)) if isinstance(item, str) else item for item in value)
    return str(known.get(value, value)) if isinstance(value, str) else value


def _of_condition(condition: Condition, reader: Reader) -> Iterable[str]:
    for each in fields(Condition):
        if value := getattr(condition, each.name):
            yield f"{_name(each.name)} {shown(_in_words(each.name, value, reader), reader)}"


def _change(before: Any, after: Any, reader: Reader) -> str:
    if _is_text(before) and _is_text(after):
        return "; ".join(
            f"({tag}) “{before.get(tag, '')}” → “{after.get(tag, '')}”"
            for tag in dict.fromkeys((*before, *after))
            if before.get(tag) != after.get(tag)
        )
    if (
        isinstance(before, Mapping)
        and isinstance(after, Mapping)
        and not _is_week(before)
        and not _is_week(after)
    ):
        same = {key for key in before if key in after and before[key] == after[key]}
        before, after = ({k: v for k, v in said.items() if k not in same} for said in (before, after))
    elif isinstance(before, tuple) and isinstance(after, tuple) and max(len(before), len(after)) > 4:
        gone = [f"− {shown(item, reader)}" for item in before if item not in after]
        new = [f"+ {shown(item, reader)}" for item in after if item not in before]
        if gone or new:
            return "; ".join((*gone, *new))
    return f"{shown(before, reader)} → {shown(after, reader)}"


# --- one value --------------------------------------------------------------------------------------------------------


def title(part: Any, reader: Reader) -> str:
    """What people call a part: its name, else its key."""
    name = getattr(part, "name", None) or getattr(part, "label", None)
    if isinstance(part, document.Priority) and name:
        return f"{part.key} {say(name, reader.language)}"
    if name:
        return say(name, reader.language)
    if isinstance(part, document.Budget):
        return f"{words.HOUR_KINDS.get(part.kind, part.kind)} ({part.key})"
    if isinstance(part, document.Target):
        about = [shown(_in_words(name, keys, reader), reader) for name, keys in _rule_of(part.when)]
        return " · ".join((str(words.METRICS.get(part.metric, part.metric)), *about))
    metric = getattr(part, "key", None) or part.metric
    return str(words.METRICS.get(metric, metric))


def _rule_of(condition: Condition) -> Iterable[tuple[str, Any]]:
    """What a rule is for, but for the words it looks for."""
    for each in fields(Condition):
        value = getattr(condition, each.name)
        if value and not each.name.endswith("words") and not each.name.startswith("except"):
            yield each.name, value


def shown(value: Any, reader: Reader) -> str:
    """Any value of a policy in words."""
    if value is None:
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, timedelta):
        return words.hours(value) if value else _("none")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, document.Warning):
        return words.warning(value)
    if isinstance(value, HolidaySource):
        place = "/".join(filter(None, (value.country, value.subdivision)))
        return f"{place} ({', '.join(value.categories)})"
    if isinstance(value, tuple):
        return ", ".join(shown(item, reader) for item in value) or _("none")
    if isinstance(value, Mapping):
        return _shown_mapping(value, reader)
    return str(value) if value != "" else _("none")


def _shown_mapping(value: Mapping[Any, Any], reader: Reader) -> str:
    if _is_text(value):
        return say(dict(value), reader.language) or _("none")
    if value and all(key in words.DAYS for key in value):
        return "; ".join(f"{days} {said}" for days, said in words.week(value))
    return ", ".join(f"{shown(key, reader)} {_dated(item, reader)}" for key, item in value.items()) or _(
        "none"
    )


def _dated(item: Any, reader: Reader) -> str:
    if isinstance(item, tuple):
        return ", ".join(words.interval(*pair) for pair in item) or _("closed")
    return shown(item, reader)


def _is_week(value: Mapping[Any, Any]) -> bool:
    return any(key in words.DAYS for key in value)


def _is_text(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(key, str) and isinstance(item, str) and key not in words.DAYS
        for key, item in value.items()
    )


def _key(part: Any) -> str:
    return getattr(part, "key", None) or part.metric


def _name(name: str) -> str:
    return str(NAMES.get(name, name))
