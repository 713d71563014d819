"""What a rule of the draft may name: the keys that the draft has now, with their names, as choices for forms."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policies import models, words
from policies.document import OUTCOMES, say

Choices = list[tuple[str, str]]


def keys_of(request: HttpRequest) -> Keys:
    """The draft's keys, read once a request."""
    if not hasattr(request, "_policy_keys"):
        request._policy_keys = Keys()
    return request._policy_keys


class Keys:
    """Each attribute is a list of (key, label) for a form."""

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages in which this policy is written, its original first."""
        general = models.General.objects.first()
        if general is None:
            return ("pt-br", "en")
        return tuple(dict.fromkeys((general.language, *general.languages)))

    @cached_property
    def channels(self) -> Choices:
        return self._named(models.Channel)

    @cached_property
    def plans(self) -> Choices:
        return self._named(models.Plan)

    @cached_property
    def priorities(self) -> Choices:
        return [(key, f"{key} {name}") for key, name in self._named(models.Priority)]

    @cached_property
    def topics(self) -> Choices:
        return self._named(models.Topic)

    @cached_property
    def calendars(self) -> Choices:
        return self._named(models.Calendar)

    @cached_property
    def teams(self) -> Choices:
        return self._named(models.PolicyTeam)

    situations = property(lambda self: list(words.SITUATIONS.items()))
    metrics = property(lambda self: list(words.METRICS.items()))

    def _named(self, table: Any) -> Choices:
        return [
            (key, say(name, get_language() or "en") or key)
            for key, name in table.objects.values_list("key", "name")
        ]


def options_of(table: str, column: str, keys: Keys) -> Iterable[tuple[str, Any]] | None:
    """The choices of a single-valued column of `table`; None where anything may be written."""
    shared = {
        "metric": lambda: keys.metrics,
        "priority": lambda: [("", _("the policy's default")), *keys.priorities],
        "default_priority": lambda: [("", _("none")), *keys.priorities],
        "team": lambda: [("", _("the policy's default")), *keys.teams],
        "default_team": lambda: [("", _("none")), *keys.teams],
        "assign_team": lambda: [("", _("nobody: it stays")), *keys.teams],
        "situation": lambda: [("", "–"), *keys.situations],
        "calendar": lambda: [("", _("Round the clock (no calendar)")), *keys.calendars],
        "emergency_calendar": lambda: [("", _("no hours: at any time")), *keys.calendars],
        "emergency_team": lambda: [("", _("the ticket's own team")), *keys.teams],
        "unit": lambda: words.UNITS.items(),
        "outcome": lambda: [(key, words.OUTCOMES[key]) for key in OUTCOMES],
        "who_may_ask": lambda: words.WHO_MAY_ASK.items(),
        "meeting_topic": lambda: [("", _("none")), *keys.topics],
        "training_topic": lambda: [("", _("none")), *keys.topics],
        "starts": lambda: words.STARTS.items(),
        "met_by": lambda: words.MET_BY.items(),
        "queue_order": lambda: words.QUEUE_ORDERS.items(),
        "language": lambda: settings.LANGUAGES,
        "on": lambda: [("warning", _("a warning")), ("breach", _("the breach"))],
    }
    own = {
        ("channel", "key"): lambda: words.CHANNELS.items(),
        ("channel", "opens"): lambda: words.OPENS.items(),
        ("budget", "kind"): lambda: words.HOUR_KINDS.items(),
        ("budget", "per"): lambda: words.PERIODS.items(),
        ("topicfield", "kind"): lambda: words.FIELD_KINDS.items(),
    }
    found = own.get((table, column)) or shared.get(column)
    return list(found()) if found else None


def lists_of(column: str, keys: Keys) -> Iterable[tuple[str, Any]] | None:
    """The choices of a column that holds several keys; None for free words."""
    name = column.removeprefix("when_").removeprefix("except_")
    every = {
        "channels": lambda: keys.channels,
        "plans": lambda: keys.plans,
        "priorities": lambda: keys.priorities,
        "topics": lambda: keys.topics,
        "situations": lambda: keys.situations,
        "metrics": lambda: keys.metrics,
        "pauses": lambda: words.PAUSES.items(),
        "notify": lambda: words.AUDIENCES.items(),
        "add_teams": lambda: [("*", _("all teams")), *keys.teams],
        "languages": lambda: settings.LANGUAGES,
    }
    return list(every[name]()) if name in every else None
