"""A policy in the words of its public page, in the active language. Only words are made here; no figure is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies import words
from policies.calendars import holiday_names, hours_of, years_around
from policies.document import METRICS, AttachmentRule, CalendarSpec, ClosingRule, EscalationStep, Policy, say
from policies.examples import example_of
from policies.public.agreements import agreements_of
from policies.tables import Cell, Matrix, matrices
from sla.business_time import BusinessHours

HOLIDAYS_SHOWN = 6
HIDDEN_CHANNELS = ("other",)  # not a door: everything that is none


def page_of(policy: Policy, at: datetime, language: str) -> dict[str, Any]:
    """What `templates/policy/page.html` shows at `at`."""
    hours = hours_of(policy, years_around(at, policy.tz))
    shown = [_calendar(spec, hours[spec.key], at, language) for spec in policy.calendars]
    return {
        "name": say(policy.name, language),
        "summary": say(policy.summary, language),
        "calendars": shown,
        "opening": shown[0] if shown else None,
        "channels": _channels(policy, language),
        "priorities": _priorities(policy, language),
        "promises": [
            _promise(matrix, policy) for matrix in matrices(policy, at) if matrix.promises_something()
        ],
        "situational": list(_situational(policy, hours, at)),
        "clocks": list(_clocks(policy)),
        "scope": _scope(policy, language),
        "checklists": list(_checklists(policy, language)),
        "attachments": [_attachment(rule, policy, language) for rule in policy.attachments],
        "emergencies": _emergencies(policy, language),
        "closing": [_closing(rule, policy, language) for rule in policy.closing_rules],
        "escalation": [_step(step, policy, language) for step in policy.escalation],
        "reopens": policy.reopen_within is None or bool(policy.reopen_within),
        "reopening": words.hours(policy.reopen_within) if policy.reopen_within else "",
        "agreements": agreements_of(policy, language),
        "resolved_closes": words.hours(policy.closes_resolved_after) if policy.closes_resolved_after else "",
    }


# --- hours ------------------------------------------------------------------------------------------------------------


def _calendar(spec: CalendarSpec, hours: BusinessHours, at: datetime, language: str) -> dict[str, Any]:
    zone = ZoneInfo(spec.tz)
    today = at.astimezone(zone).date()
    is_open = hours.is_open(at)
    turn = hours.next_closing(at) if is_open else hours.next_opening(at)
    return {
        "name": say(spec.name, language) or spec.key,
        "week": words.week(spec.weekly),
        "zone": words.zone(spec.tz, language),
        "is_open": is_open,
        "always": is_open and turn is None,
        "turn": turn.astimezone(zone) if turn else None,
        "turns_today": bool(turn and turn.astimezone(zone).date() == today),
        "departures": _departures(spec, today),
    }


def _departures(spec: CalendarSpec, today: date) -> list[dict[str, Any]]:
    """The next days that are not like the week: holidays, own days, changed hours (R6: these beat a holiday)."""
    named = holiday_names(spec, (today.year, today.year + 1))
    found = {day: {"day": day, "name": name, "hours": _("closed")} for day, name in named.items()}
    for day, intervals in spec.overrides.items():
        said = ", ".join(words.interval(*pair) for pair in intervals) or _("closed")
        found[day] = {"day": day, "name": named.get(day, ""), "hours": said}
    for day, intervals in spec.breaks.items():
        said = _("break %(hours)s") % {"hours": ", ".join(words.interval(*pair) for pair in intervals)}
        found.setdefault(day, {"day": day, "name": "", "hours": said})
    return [found[day] for day in sorted(found) if day >= today][:HOLIDAYS_SHOWN]


# --- channels and priorities ------------------------------------------------------------------------------------------


def _channels(policy: Policy, language: str) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {"doors": [], "closed": []}
    for channel in policy.channels:
        plans = [say(plan.name, language) for plan in policy.plans if plan.key in channel.plans]
        said = {
            "name": say(channel.name, language) or str(words.CHANNELS.get(channel.key, channel.key)),
            "address": channel.address,
            "plans": words.listed(plans),
            "sla": channel.sla,
            "pointer": say(channel.pointer, language),
        }
        groups["doors" if channel.opens == "ticket" else "closed"].append(said)
    return groups


def _priorities(policy: Policy, language: str) -> list[dict[str, Any]]:
    return [
        {
            "key": each.key,
            "name": say(each.name, language),
            "definition": say(each.definition, language),
            "examples": [say(text, language) for text in each.examples],
        }
        for each in policy.priorities
    ]


# --- promises ---------------------------------------------------------------------------------------------------------


def _promise(matrix: Matrix, policy: Policy) -> dict[str, Any]:
    """A table; or one line where all plans and priorities have the same promise, or one column where priorities do."""
    cells = list(matrix.cells())
    rows = list(_together(matrix.rows))
    alike = {(cell.said, cell.calendar) for cell in cells}
    measured = all(
        cell.target is None or (cell.target.duration is None and not cell.target.days) for cell in cells
    )
    by_plan = all(len({(cell.said, cell.calendar) for cell in row}) <= 1 for _plan, row in rows)
    return {
        "title": matrix.title,
        "channels": matrix.channels_said,
        "every_channel": matrix.channels_said == _("all channels"),
        "single": cells[0] if cells and (len(alike) == 1 or measured) else None,
        "by_plan": by_plan,
        "rows": rows,
        "is_measured_only": measured,
        "measured_in": _measured_in(rows) if measured else [],
    }


def _measured_in(rows: list[tuple[str, list[Cell]]]) -> list[str]:
    """In which hours what has no deadline is counted, where priorities differ in that (ZM03): "1 Urgent: round the clock"."""
    groups: dict[tuple[str, str], list[str]] = {}
    for plan, row in rows:
        for cell in row:
            if cell.calendar:
                key = (plan if len(rows) > 1 else "", cell.calendar)
                groups.setdefault(key, []).append(cell.priority_said)
    if len({calendar for _plan, calendar in groups}) < 2:
        return []
    return [
        " · ".join(filter(None, [plan, f"{words.listed(priorities)}: {calendar}"]))
        for (plan, calendar), priorities in groups.items()
    ]


def _together(rows: Iterable[tuple[str, list[Cell]]]) -> Iterable[tuple[str, list[Cell]]]:
    """Plans with the same promises on one row: "Pro, Business and API"."""
    groups: dict[Any, tuple[list[str], list[Cell]]] = {}
    for plan, row in rows:
        promised = tuple((cell.said, cell.calendar, cell.example) for cell in row)
        groups.setdefault(promised, ([], row))[0].append(plan)
    return ((words.listed(plans), row) for plans, row in groups.values())


def _situational(policy: Policy, hours: dict[str, BusinessHours], at: datetime) -> Iterable[dict[str, Any]]:
    for target in policy.targets:
        if not target.situation:
            continue
        said = {"duration": target.duration, "unit": target.unit, "days": target.days}
        yield {
            "while": words.SITUATIONS.get(target.situation, target.situation),
            "metric": words.METRICS.get(target.metric, target.metric),
            "said": words.target(**said),
            "grace": words.hours(target.grace) if target.grace else "",
            "example": str(example_of(policy, hours, at, calendar=target.calendar, **said) or "")
            if target.duration
            else "",
        }


def _clocks(policy: Policy) -> Iterable[dict[str, Any]]:
    """What starts, meets and pauses each metric that this policy promises."""
    promised = {target.metric for target in policy.targets}
    for metric in METRICS:
        if metric in promised:
            rule = policy.clock_rule(metric)
            yield {
                "metric": words.METRICS[metric],
                "starts": words.STARTS.get(rule.starts, rule.starts),
                "met_by": words.MET_BY.get(rule.met_by, rule.met_by),
                "pauses": words.listed(words.PAUSES.get(key, key) for key in rule.pauses),
            }


# --- scope, files, silence, lateness ----------------------------------------------------------------------------------


def _scope(policy: Policy, language: str) -> list[dict[str, Any]]:
    """The sentences of the rules by outcome, each once; with the channels where a refusal is of some alone."""
    titles = {
        "in_scope": _("We help with"),
        "out_of_scope": _("Not part of support"),
        "other_service": _("Other services"),
        "third_party": _("Problems of others"),
        "no_sla": _("Without a promised time"),
        "ignored": _("Not answered here"),
        "wrong_channel": _("Not here"),
    }
    name = _names(policy, language)
    found: dict[str, dict[tuple[str, str, str], None]] = {}
    for rule in policy.scope_rules:
        if sentence := say(rule.sentence, language):
            channels = (
                [] if rule.outcome == "in_scope" else [name("channels", key) for key in rule.when.channels]
            )
            found.setdefault(rule.outcome, {})[(sentence, rule.contact, words.listed(channels))] = None
    groups = [{"title": titles[key], "rules": list(found[key])} for key in titles if key in found]
    outside = {
        topic
        for rule in policy.scope_rules
        if rule.outcome != "in_scope" and not rule.when.channels and not rule.when.plans
        for topic in rule.when.topics
    }
    topics = [say(topic.name, language) for topic in policy.topics if topic.key not in outside]
    if topics:
        inside = [rule for group in groups if group["title"] == titles["in_scope"] for rule in group["rules"]]
        others = [group for group in groups if group["title"] != titles["in_scope"]]
        return [{"title": titles["in_scope"], "topics": topics, "rules": inside}, *others]
    return groups


def _emergencies(policy: Policy, language: str) -> dict[str, Any] | None:
    """What makes a request an emergency: the checklist, else the topics that state one (SL06)."""
    if not policy.knows_emergencies:
        return None
    ticked = [(say(each.name, language), say(each.help, language)) for each in policy.emergencies]
    topics = [(say(t.name, language), "") for t in policy.topics if t.situation == "emergency"]
    calendar = next((c for c in policy.calendars if c.key == policy.emergency_calendar), None)
    return {
        "conditions": ticked or topics,
        "is_attended": policy.emergency_again_after is not None,
        "outside_of": say(calendar.name, language) if calendar else "",
        "is_free": policy.emergency_is_free,
    }


def _checklists(policy: Policy, language: str) -> Iterable[dict[str, Any]]:
    """What a topic asks to be checked before one writes (CH02)."""
    for topic in policy.topics:
        for field in topic.fields:
            if field.kind == "checklist":
                yield {
                    "topic": say(topic.name, language),
                    "label": say(field.label, language),
                    "items": words.listed([say(choice, language) for choice in field.choices]),
                }


def _attachment(rule: AttachmentRule, policy: Policy, language: str) -> dict[str, Any]:
    topics = [say(topic.name, language) for topic in policy.topics if topic.key in rule.topics]
    files, videos = rule.per_message, rule.videos_per_message
    limits = [
        ngettext("at most %(n)d file in a message", "at most %(n)d files in a message", files) % {"n": files}
    ]
    limits.append(_("each up to %(size)s") % {"size": words.size(rule.max_bytes)})
    if videos is not None:
        limits.append(
            ngettext("at most %(n)d video in a message", "at most %(n)d videos in a message", videos)
            % {"n": videos}
        )
    if rule.video_seconds is not None:
        limits.append(_("a video lasts at most %(n)d seconds") % {"n": rule.video_seconds})
    if rule.kinds:
        limits.append(_("kinds: %(kinds)s") % {"kinds": ", ".join(words.file_kinds(rule.kinds))})
    return {"topics": words.listed(topics), "limits": limits}


def _closing(rule: ClosingRule, policy: Policy, language: str) -> dict[str, Any]:
    business = bool(rule.calendar)
    return {
        "after": words.hours(rule.after, business=business),
        "reminders": words.listed(words.hours(each, business=business) for each in rule.reminders),
        "when": words.condition(rule.when, _names(policy, language)),
    }


def _step(step: EscalationStep, policy: Policy, language: str) -> dict[str, Any]:
    done = []
    if step.notify:
        done.append(
            _("we tell %(whom)s") % {"whom": words.listed(words.AUDIENCES.get(k, k) for k in step.notify)}
        )
    if step.raise_priority:
        done.append(_("we raise the priority"))
    if step.assign_team:
        done.append(_("the ticket goes to %(team)s") % {"team": _team(policy, step.assign_team, language)})
    if "*" in step.add_teams:
        done.append(_("all teams join in"))
    elif step.add_teams:
        names = words.listed(_team(policy, key, language) for key in step.add_teams)
        done.append(_("%(teams)s join in") % {"teams": names})
    named = [str(words.METRICS.get(key, key)) for key in step.metrics]
    metrics = words.listed(named if language == "de" else [name.lower() for name in named])  # nouns in German
    when = "; ".join(words.condition(step.when, _names(policy, language)))
    return {
        "moment": _moment(step.on, step.after),
        "metrics": metrics,
        "when": when,
        "done": words.listed(done),
    }


def _moment(on: str, after: timedelta) -> str:
    if on == "warning":
        return _("When a deadline comes near")
    return (
        _("%(time)s after a missed deadline") % {"time": words.hours(after)}
        if after
        else _("At a missed deadline")
    )


def _team(policy: Policy, key: str, language: str) -> str:
    return say(policy.teams.get(key, {}), language) or key


def _names(policy: Policy, language: str) -> Any:
    known = {
        kind: {part.key: say(part.name, language) or part.key for part in getattr(policy, kind)}
        for kind in ("channels", "plans", "priorities", "topics")
    } | {"situations": {key: str(label) for key, label in words.SITUATIONS.items()}}
    return lambda kind, key: known.get(kind, {}).get(key, key)
