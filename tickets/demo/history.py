"""Let a desk's past happen: the steps of all stories in the order of time, and between them whatever falls due by itself.

Between two steps the loops run at each moment that something is due, as the workers would have: alarms and windows ring at
their moment, notices are delivered right after. So warnings, breaches, escalations, reminders and closings are in the
history because the policy said so, not because a story did.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Min

from notifications import inbox, outbox
from sla import deadlines
from sla.models import Clock, EventWindow
from tenants import wakeups
from tenants.customers.models import Company
from tenants.people.models import User
from tickets import adoption, lifecycle, tasks, windows
from tickets.demo.acts import Scene
from tickets.demo.letterbox import Letterbox
from tickets.demo.pace import Pace
from tickets.demo.script import Script
from tickets.duty import emergencies
from tickets.duty.models import Emergency

ROUND = 500
PATIENCE = 5
IN_APP_ALONE = ["deadline_warning", "deadline_breached", "escalated"]
BY_MAIL = timedelta(days=2)  # for so long the staff gets these by mail, too
UNREAD = timedelta(days=1)  # what the staff has not looked at yet


class StoryRefused(Exception):
    """A story asked for what the product refuses."""


class History:
    """The past of the current tenant, played from its first moment to the present."""

    def __init__(self, script: Script, people: dict[str, User], pace: Pace) -> None:
        self.script, self.people, self.pace = script, people, pace
        self.at: datetime | None = None

    def play(self) -> None:
        User.objects.exclude(role=User.Role.CUSTOMER).update(muted_notices=IN_APP_ALONE)
        for at, what, act in self.acts():
            if at > self.pace.now:
                break
            self.pass_until(at)
            try:
                act(at)
            except ValidationError as refusal:
                raise StoryRefused(f"{what}: {'; '.join(refusal.messages)}") from refusal
            self.deliver(at)
        self.pass_until(self.pace.now)

    def acts(self) -> list[tuple[datetime, str, Callable[[datetime], None]]]:
        """(moment, whose story, what to do) in the order of time."""
        acts: list[tuple[datetime, str, Callable[[datetime], None]]] = []
        for window in self.script.windows:
            acts.append((self.pace.moment(window["at"]), window["name"], self._entering(window)))
        for story in self.script.stories:
            scene = Scene(story, self.people)
            at = self.pace.moment(story.at)
            if story.mail_refused_for:
                address = self.people[story.who].email
                Letterbox.refusals.append((address, at, self.pace.later(at, story.mail_refused_for)))
            acts.append((at, story.summary, scene.open))
            for step in story.steps:
                at = self.pace.later(at, step.after)
                acts.append(
                    (at, f"{story.summary} / {step.act}", lambda at, s=scene, it=step: s.play(it, at))
                )
        acts.append((self.pace.now - UNREAD, "everybody reads their notices", self._read_everything))
        acts.append((self.pace.now - BY_MAIL, "the staff wants mails", self._want_mails))
        return sorted(acts, key=lambda act: act[0])

    def _want_mails(self, at: datetime) -> None:
        """Before that, the staff read of warnings and escalations in the app alone."""
        User.objects.exclude(muted_notices=[]).update(muted_notices=[])

    def _read_everything(self, at: datetime) -> None:
        for person in self.people.values():
            inbox.read(person, at)

    def _entering(self, window: dict) -> Callable[[datetime], None]:
        def enter(at: datetime) -> None:
            windows.open_window(
                company=Company.objects.get(name=window["company"]),
                kind=window.get("kind", "auction"),
                name=window["name"],
                starts_at=self.pace.moment(window["from"]),
                ends_at=self.pace.moment(window["to"]),
                by=self.people[window["by"]],
                at=at,
            )

        return enter

    def pass_until(self, until: datetime) -> None:
        """Let everything happen that falls due by `until`, each at its moment."""
        while (moment := self.next_moment()) is not None and moment <= until:
            moment = max(moment, self.at or moment)
            self.ring(moment)
            self.deliver(moment)
        self.at = until

    def next_moment(self) -> datetime | None:
        """When the next alarm, window or waiting notice is due."""
        alarm = deadlines.next_alarm_moment()
        coming = EventWindow.objects.filter(closed_at__isnull=True, cancelled_at__isnull=True)
        opens = coming.filter(opened_at__isnull=True).aggregate(at=Min("starts_at"))["at"]
        closes = coming.aggregate(at=Min("ends_at"))["at"]
        mail = outbox.next_of_each_subject().aggregate(at=Min("due_at"))["at"]
        duty = Emergency.objects.aggregate(at=Min("alarm_at"))["at"]
        return min((at for at in (alarm, opens, closes, mail, duty) if at is not None), default=None)

    def ring(self, moment: datetime) -> None:
        self.at = moment
        emergencies.ring_due(moment)
        for _ in range(PATIENCE):
            if not tasks.ring_due(moment)[1]:
                return
        raise StoryRefused(f"The alarms of {moment} do not come to an end.")

    def deliver(self, moment: datetime) -> None:
        Letterbox.moment = moment
        for notice in outbox.deliver(moment, limit=ROUND):
            lifecycle.delivered(notice)

    def settle(self, now: datetime) -> None:
        """Catch up with the present, as the workers would, and clear the hints of what was dealt with."""
        hints = [
            hint for kind in ("publish", "alarm", "outbox", "duty") for hint in wakeups.seen_hints(kind, now)
        ]
        adoption.enact_publications(now)
        self.pass_until(now)
        wakeups.clear_hints(hints)
        failed = Clock.objects.exclude(parked_because="").first()
        if failed is not None:
            raise StoryRefused(f"An alarm of ticket {failed.subject_id} failed: {failed.parked_because}")
