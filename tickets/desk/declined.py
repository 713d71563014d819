"""The report of declined work, for supervisors: counts that lead to what they count, and the same as a table to take away."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from policies.document import Policy, say
from policies.publishing import policy_of, version_in_force
from tenants.audit import trail
from tenants.moment import now
from tenants.people.throttle import source_of
from tickets import declined, moments
from tickets.declined import Count, Row, Wanted
from tickets.lifecycle.steps import BY_HAND
from tickets.spreadsheets import as_csv

from .guard import supervisors_only
from .rows import OUTCOMES, Names

DAYS = 30
ASKED = ("from", "to", "outcome", "rule", "topic", "channel", "company", "overruled")


@supervisors_only
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    at, wanted, asked = now(), *asked_for(request)
    named = Named(policy_of(version_in_force(at)))
    found = declined.report_of(wanted)
    context = {
        "at": at,
        "asked": asked,
        "report": found,
        "groups": [(by, named.heads[by], [line(each, named, asked) for each in found.by[by]]) for by in declined.BY],
        "rows": [shown(row, named) for row in found.rows],
        "filters": [(name, named.heads[name], named.value(name, asked[name], found), link(asked, **{name: ""}))
                    for name in ASKED[2:] if asked[name]],
        "here": link(asked),
        "table": f"{reverse('desk:declined-table')}?{urlencode(asked)}",
        "listed": declined.LISTED,
        "overruled_link": link(asked, overruled="yes"),
    }  # fmt: skip
    return render(request, "desk/declined.html", context)


@supervisors_only
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    at, wanted, asked = now(), *asked_for(request)
    named = Named(policy_of(version_in_force(at)))
    trail.note(
        trail.EXPORTED, by=request.user, at=at, subject="declined work", source=source_of(request), **asked
    )
    heads = [_("moment"), _("ticket"), _("outcome"), _("rule"), _("topic"), _("channel"), _("company"), _("summary"),
             _("overruled"), _("because")]  # fmt: skip
    rows = (
        [timezone.localtime(row.at).isoformat(timespec="seconds"), row.number or "", named.outcome(row.outcome), row.rule,
         named.topic(row.topic), named.channel(row.channel), row.company, row.summary, _("yes") if row.overruled else "",
         row.because]
        for row in declined.rows_of(wanted)
    )  # fmt: skip
    return as_csv(f"declined-{asked['from']}-{asked['to']}", heads, rows)


def asked_for(request: HttpRequest) -> tuple[Wanted, dict[str, str]]:
    """What the address says, days in the reader's zone; what makes no sense there asks for nothing."""
    asked = {name: request.GET.get(name, "").strip()[:100].replace("\0", "") for name in ASKED}
    today = timezone.localdate(now())
    last = day_in(asked["to"]) or today
    first = day_in(asked["from"]) or last - timedelta(days=DAYS)
    first, last = min(first, last), max(first, last)
    asked["from"], asked["to"] = first.isoformat(), last.isoformat()
    company = asked["company"]
    asked["company"] = company if company.isascii() and company.isdecimal() and len(company) < 10 else ""
    asked["overruled"] = asked["overruled"] if asked["overruled"] in ("yes", "no") else ""
    return Wanted(
        since=begin_of(first), until=begin_of(last + timedelta(days=1)), company=int(asked["company"] or 0),
        **{name: asked[name] for name in ("outcome", "rule", "topic", "channel", "overruled")},
    ), asked  # fmt: skip


def day_in(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def link(asked: dict[str, str], **other: str) -> str:
    given = {name: value for name, value in (asked | other).items() if value}
    return f"{reverse('desk:declined')}?{urlencode(given)}#rows"


class Named:
    """Keys in the reader's words; what the policy no longer knows stands for itself."""

    def __init__(self, policy: Policy) -> None:
        language = get_language() or "en"
        self.names = Names(policy)
        self.rules = {rule.key: say(rule.sentence, language) for rule in policy.scope_rules}
        self.rules |= {channel.key: say(channel.pointer, language) for channel in policy.channels}
        self.rules |= {BY_HAND: _("An agent took it out of scope."), "who_may_ask": _("Who may ask")}
        self.heads = {
            "outcome": _("Outcome"), "rule": _("Rule that matched"), "topic": _("Topic"), "channel": _("Channel"),
            "company": _("Company"), "overruled": _("Overruled"),
        }  # fmt: skip

    def outcome(self, key: str) -> str:
        return str(OUTCOMES.get(key, key))

    def topic(self, key: str) -> str:
        return str(self.names.topics.get(key, key))

    def channel(self, key: str) -> str:
        return str(self.names.channels.get(key, key))

    def value(self, name: str, key: str, report: declined.Report) -> str:
        if name == "company":
            return next((each.company for each in report.by["company"] if str(each.company_id) == key), key)
        if name == "overruled":
            return _("yes") if key == "yes" else _("no")
        return key if name == "rule" else getattr(self, name)(key)


def line(each: Count, named: Named, asked: dict[str, str]) -> dict[str, Any]:
    """One line of a group: what is counted, and where its numbers lead."""
    if each.by == "company":
        key, name = str(each.company_id or ""), each.company or _("no company")
    elif each.by == "rule":
        key, name = each.rule or "", each.rule or _("none")
    else:
        key = getattr(each, each.by) or ""
        name = getattr(named, each.by)(key) or _("not said")
    also = {"outcome": each.outcome or ""} if each.by == "rule" else {}
    return {
        "name": name,
        "told": named.rules.get(key, "") if each.by == "rule" else "",
        "outcome": named.outcome(each.outcome or "") if each.by == "rule" else "",
        "count": each.count,
        "contacts": each.contacts,
        "tickets": each.count - each.contacts,
        "overruled": each.overruled,
        "link": link(asked, **{each.by: key}, **also) if key else "",
        "overruled_link": link(asked, **{each.by: key}, **also, overruled="yes"),
    }


def shown(row: Row, named: Named) -> dict[str, Any]:
    return {
        "row": row,
        "outcome": named.outcome(row.outcome),
        "topic": named.topic(row.topic),
        "channel": named.channel(row.channel),
        "told": named.rules.get(row.rule, ""),
        "moment": moments.exact(row.at),
        "link": reverse("desk:ticket", args=[row.number])
        if row.number
        else f"{reverse('desk:contacts')}?before={row.pk + 1}",
    }
