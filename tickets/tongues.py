"""In which language a ticket is written, and who of us speaks it (TD03)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from babel import Locale, UnknownLocaleError
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from policies.decisions import Decision
from policies.document import Policy
from policies.sentences import said, spoken_by
from tenants.compiled import Compiled, Given
from tenants.customers.models import Team
from tenants.people.models import User, base_of

Choice = tuple[int, str]

TEAM = Compiled(lambda: Team.objects.filter(key=Given("key")))
TEAMS = Compiled(lambda: Team.objects.filter(Q(key=Given("key")) | ~Q(languages=[])).order_by("name", "pk"))


def name_of(language: str) -> str:
    """ "de" for a reader of English is "German", for one of Portuguese "alemão"."""
    try:
        reader = Locale.parse(get_language() or "en", sep="-")
        return str(Locale.parse(language, sep="-").get_language_name(reader) or language)
    except (UnknownLocaleError, ValueError):
        return language


def by_language(people: Iterable[User], language: str) -> list[Any]:
    """Choices of people: those who speak `language` first, under its name; ungrouped where all do, or nobody does."""
    speakers: list[Choice] = []
    others: list[Choice] = []
    for person in people:
        (speakers if person.speaks(language) else others).append((person.pk, str(person)))
    if not speakers or not others:
        return speakers or others
    return [(_("Speak the customer’s language: %(language)s") % {"language": name_of(language)}, speakers),
            (_("Others"), others)]  # fmt: skip


def routed(policy: Policy, decision: Decision, language: str) -> tuple[Decision, Team | None]:
    """The team of a new ticket, and the decision with it; where the language decided, it says so.

    A team that a topic or a rule names gets it. Else a team whose own languages the ticket's is one of, by name; else the
    policy's default.
    """
    if decision.team and decision.team != policy.default_team:
        return decision, TEAM.first(key=decision.team)
    teams = TEAMS.all(key=decision.team)
    default = next((team for team in teams if team.key == decision.team), None)
    if default is not None and speaks(default, language):
        return decision, default
    speaking = next((team for team in teams if speaks(team, language)), None)
    if speaking is None:
        return decision, default
    why = said(spoken_by(policy), "team_speaks", speaking.name)
    return replace(decision, team=speaking.key, because=(*decision.because, why)), speaking


def speaks(team: Team, language: str) -> bool:
    return base_of(language) in {base_of(tag) for tag in team.languages}
