"""From the draft to a version that binds: preview, publish, roll back; and which version binds at a moment.

Guarantees:

* A version is written once and never changed. What is published last holds: in force at a moment is the highest number
  whose `effective_from` is not later, so a publication also overtakes versions that were planned for later.
* Only the revision of the draft that was shown can be published (`revision`): every change of the draft locks its state row,
  publishing locks it too, so two admins never publish what the other has not shown.
* A policy with an error found by `policies.lint` is not published.
* Calendars are versioned apart (R16): every calendar whose hours changed gets a version in `sla`, from the same moment, its
  library holidays written out from two years before to five years after.
* The moment at which it takes effect is hinted to the workers in the same transaction; they move the tickets.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from policies import calendars, codec, draft, lint
from policies.differences import differences
from policies.document import Policy, say
from policies.models import PolicyVersion
from sla.calendars import publish_hours
from tenants.audit import trail
from tenants.compiled import Compiled, Given
from tenants.customers.models import Team
from tenants.wakeups import wake

YEARS_BACK, YEARS_AHEAD = 2, 5
KEPT = 256
_policies: OrderedDict[str, Policy] = OrderedDict()


class NoPolicy(LookupError):
    """No version is in force at that moment."""


class Refused(Exception):
    """It cannot be published, in one sentence for the admin."""


class DraftMoved(Refused):
    """The draft is no longer the one that was shown."""


class PolicyHasErrors(Refused):
    """`problems`: what lint found."""

    def __init__(self, problems: list[lint.Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


# --- what binds -------------------------------------------------------------------------------------------------------


def version_in_force(at: datetime) -> PolicyVersion:
    """One indexed query, without the document. NoPolicy before the first version."""
    version = IN_FORCE.first(at=at)
    if version is None:
        raise NoPolicy(f"No policy is in force at {at:%Y-%m-%d %H:%M %Z}.")
    return version


IN_FORCE = Compiled(
    lambda: (
        PolicyVersion.objects.defer("document")
        .filter(effective_from__lte=Given("at"))
        .order_by("-number")[:1]
    )
)


def policy_of(version: PolicyVersion) -> Policy:
    """The document of `version`, read once per content: twin tenants share ids, never fingerprints of different policies."""
    policy = _policies.get(version.fingerprint)
    if policy is None:
        policy = _policies[version.fingerprint] = codec.from_dict(version.document)
        while len(_policies) > KEPT:
            _policies.popitem(last=False)
    return policy


def latest_version() -> PolicyVersion | None:
    return PolicyVersion.objects.defer("document").order_by("-number").first()


def planned_versions(at: datetime) -> list[PolicyVersion]:
    """Versions that will come into force after `at`, in the order of their coming."""
    coming = PolicyVersion.objects.defer("document").filter(effective_from__gt=at)
    in_force = PolicyVersion.objects.filter(effective_from__lte=at).aggregate(n=Max("number"))["n"] or 0
    rows, highest = [], in_force
    for version in coming.order_by("effective_from", "number"):
        if version.number > highest:
            rows.append(version)
            highest = version.number
    return rows


# --- preview ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing `revision` would change, in sentences, and what is wrong with it."""

    revision: int
    policy: Policy
    base: PolicyVersion | None  # what it is compared with: the version in force
    differences: list[str]
    problems: list[lint.Problem]
    overtaken: list[PolicyVersion]  # planned versions that would never come into force

    @property
    def errors(self) -> list[lint.Problem]:
        return lint.errors(self.problems)


def preview(revision: int | None = None, *, at: datetime, language: str = "en") -> Preview:
    """The draft beside the version in force. DraftMoved where the draft is not at `revision` (None: whatever it is)."""
    with transaction.atomic():
        state = draft.locked_state()
        _refuse_moved(state.revision, revision)
        policy = draft.export_draft()
    base = _base(at)
    before = policy_of(base) if base else None
    return Preview(
        revision=state.revision,
        policy=policy,
        base=base,
        differences=differences(before, policy, language) if before else [],
        problems=lint.lint(policy),
        overtaken=planned_versions(at),
    )


# --- publishing -------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(
    *,
    revision: int,
    by: Any,
    at: datetime,
    effective_from: datetime | None = None,
    adopts_open: bool = False,
    note: str = "",
) -> PolicyVersion:
    """Make the draft at `revision` a version, in force from `effective_from` (None: now, or its own effective date)."""
    _refuse_moved(draft.locked_state().revision, revision)
    policy = draft.export_draft()
    effective_from = effective_from or start_of(policy, at)
    if effective_from < at:
        raise Refused("A version cannot take effect in the past.")
    _refuse_errors(policy)
    return _write(policy, by=by, at=at, effective_from=effective_from, adopts_open=adopts_open, note=note)


@transaction.atomic
def roll_back(
    number: int, *, revision: int, by: Any, at: datetime, adopts_open: bool = False, note: str = ""
) -> PolicyVersion:
    """Publish what version `number` said as a new version, from now. The draft, at `revision`, becomes that too."""
    _refuse_moved(draft.locked_state().revision, revision)
    policy = policy_of(PolicyVersion.objects.get(number=number))
    _refuse_errors(policy)
    draft.load_draft(policy, at=at, by=by)
    note = note or _("back to version %(number)s") % {"number": number}
    return _write(policy, by=by, at=at, effective_from=at, adopts_open=adopts_open, note=note)


@transaction.atomic
def publish_calendar(
    key: str, *, revision: int, by: Any, at: datetime, note: str = ""
) -> list[PolicyVersion]:
    """Publish the hours of one calendar of the draft now, and nothing else of it (R16): open tickets move at once.

    The promises in force, and those planned for later, are published again with the new hours, so that the document of
    the version in force always says the hours that count.
    """
    _refuse_moved(draft.locked_state().revision, revision)
    spec = next((each for each in draft.export_draft().calendars if each.key == key), None)
    versions = []
    for base in (version_in_force(at), *planned_versions(at)):
        policy = policy_of(base)
        if spec is None or all(each.key != key for each in policy.calendars):
            raise Refused("This calendar is not part of the version in force: publish the whole policy.")
        policy = replace(
            policy, calendars=tuple(spec if each.key == key else each for each in policy.calendars)
        )
        _refuse_errors(policy)
        moment = max(at, base.effective_from)
        said = {"adopts_open": base.adopts_open and moment > at, "note": note or key}
        versions.append(_write(policy, by=by, at=at, effective_from=moment, **said))
    return versions


@transaction.atomic
def publish_pack(
    policy: Policy, at: datetime, effective_from: datetime | None = None, by: Any = None
) -> PolicyVersion:
    """The first version of a desk: `policy` becomes the draft and is published. Done again with the same: the same version."""
    latest = latest_version()
    if latest is not None and latest.fingerprint == codec.fingerprint(policy):
        return latest
    _refuse_errors(policy)
    draft.load_draft(policy, at=at, by=by)
    effective_from = effective_from or start_of(policy, at)
    return _write(policy, by=by, at=at, effective_from=effective_from, adopts_open=False, note="")


@transaction.atomic
def renew_holidays(at: datetime) -> list[str]:
    """The yearly job: write out the library's holidays of the coming years. The keys of the calendars that changed."""
    policy = policy_of(version_in_force(at))
    changed = _publish_calendars(policy, at, at)
    if changed:
        wake("publish", at)
    return changed


def start_of(policy: Policy, at: datetime) -> datetime:
    """`at`, or the first moment of the policy's effective date where that is later (SL12)."""
    if policy.effective_on is None:
        return at
    return max(at, datetime.combine(policy.effective_on, time(), tzinfo=ZoneInfo(policy.tz)))


def _write(policy: Policy, *, by: Any, at: datetime, effective_from: datetime, **said: Any) -> PolicyVersion:
    """One version with its calendars, its teams and its hint. The caller holds the draft's lock."""
    draft.locked_state()
    number = (PolicyVersion.objects.aggregate(n=Max("number"))["n"] or 0) + 1
    version = PolicyVersion.objects.create(
        number=number,
        document=codec.to_dict(policy),
        fingerprint=codec.fingerprint(policy),
        effective_from=effective_from,
        published_at=at,
        published_by=by,
        **said,
    )
    _publish_calendars(policy, at, effective_from)
    for key, name in policy.teams.items():
        Team.objects.get_or_create(key=key, defaults={"name": say(name, policy.language) or key})
    wake("publish", effective_from)
    trail.note(
        trail.PUBLISHED,
        by=by,
        at=at,
        subject=f"policy version {number}",
        effective_from=effective_from.isoformat(),
    )
    return version


def _publish_calendars(policy: Policy, at: datetime, effective_from: datetime) -> list[str]:
    years = range(at.year - YEARS_BACK, at.year + YEARS_AHEAD + 1)
    return [
        spec.key
        for spec in policy.calendars
        if publish_hours(spec.key, calendars.spec_dict(spec, years), effective_from)
    ]


def _base(at: datetime) -> PolicyVersion | None:
    try:
        return version_in_force(at)
    except NoPolicy:
        return latest_version()


def _refuse_moved(current: int, shown: int | None) -> None:
    if shown is not None and shown != current:
        raise DraftMoved("Somebody changed the draft meanwhile: look at the preview again.")


def _refuse_errors(policy: Policy) -> None:
    errors = lint.errors(lint.lint(policy))
    if errors:
        raise PolicyHasErrors(errors)
