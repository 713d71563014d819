"""Quotes and their answers, meetings, hours worked, contracts, developers' access. Money is in hundredths of its currency.

An answer and a time entry are only added: the database refuses to change or delete them (see the migration).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PERSON = settings.AUTH_USER_MODEL


class Meeting(models.Model):
    """A meeting or a training that a customer asked for, on the ticket that talks about it (SL09, SL10)."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("Meeting")
        TRAINING = "training", _("Training")

    class State(models.TextChoices):
        REQUESTED = "requested", _("waits for a supervisor")
        REFUSED = "refused", pgettext_lazy("meeting", "refused")
        QUOTED = "quoted", _("needs an accepted quote")
        AGREED = "agreed", pgettext_lazy("meeting", "agreed, to be scheduled")
        SCHEDULED = "scheduled", pgettext_lazy("meeting", "scheduled")
        CANCELLED = "cancelled", pgettext_lazy("meeting", "cancelled")

    STATES_OF_TRAININGS = {  # in languages whose words agree with what they are said of
        State.REFUSED: pgettext_lazy("training", "refused"),
        State.AGREED: pgettext_lazy("training", "agreed, to be scheduled"),
        State.SCHEDULED: pgettext_lazy("training", "scheduled"),
        State.CANCELLED: pgettext_lazy("training", "cancelled"),
    }
    OPEN = (State.REQUESTED, State.REFUSED, State.QUOTED, State.AGREED, State.SCHEDULED)

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="meetings")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MEETING)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    agenda = models.TextField()
    wished_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    because = models.TextField(blank=True)  # why it was refused, or called off
    starts_at = models.DateTimeField(null=True)  # as scheduled
    place = models.CharField(max_length=300, blank=True)  # an address or a link
    uid = models.CharField(max_length=80, unique=True)  # of its invitation, in every version of it (RFC 5545)
    sequence = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=80, null=True, unique=True)  # a form sent twice asks once

    class Meta:
        indexes = [models.Index(fields=["state", "wished_at"], name="meetings_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.ticket_id}"

    def get_state_display(self) -> str:
        words = self.STATES_OF_TRAININGS if self.kind == self.Kind.TRAINING else {}
        return str(words.get(self.state) or self.State(self.state).label)

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None

    def is_over(self, at: datetime) -> bool:
        """Whether it has taken place, as scheduled."""
        return self.state == self.State.SCHEDULED and self.ends_at is not None and self.ends_at <= at


class Quote(models.Model):
    """Work with its price. `minutes`, `rate`, `text` are what was sent: they stay as they were once it was answered."""

    class Kind(models.TextChoices):
        NIGHT_WORK = "night_work", _("Work out of hours")
        CONSULTING = "consulting", _("Consulting")
        TRAINING = "training", _("Training")
        DEVELOPMENT = "development", _("Development")

    class State(models.TextChoices):
        WANTED = "wanted", _("to be written")
        SENT = "sent", _("waits for the customer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("lapsed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN = (State.WANTED, State.SENT)

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="quotes")
    company = models.ForeignKey(
        "customers.Company", null=True, on_delete=models.PROTECT, related_name="quotes"
    )
    meeting = models.ForeignKey(Meeting, null=True, on_delete=models.SET_NULL, related_name="quotes")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WANTED)
    wish = models.TextField(blank=True)
    wanted_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    wanted_at = models.DateTimeField()

    text = models.TextField(blank=True)
    minutes = models.PositiveIntegerField(null=True)
    rate = models.BigIntegerField(null=True)  # an hour
    currency = models.CharField(max_length=3, blank=True)
    valid_until = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # answered, lapsed or withdrawn

    begun_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    begun_at = models.DateTimeField(null=True)
    paid_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    paid_at = models.DateTimeField(null=True)
    payment = models.CharField(max_length=200, blank=True)  # the reference of the payment

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "kind"],
                name="one_open_quote_per_ticket_and_kind",
                condition=models.Q(state__in=["wanted", "sent"]),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["wanted", "withdrawn"])
                | models.Q(minutes__gt=0, rate__gte=0, valid_until__isnull=False, sent_at__isnull=False),
                name="a_sent_quote_has_a_price_and_an_end",
            ),
            models.CheckConstraint(
                condition=models.Q(paid_at__isnull=True) | models.Q(state="accepted"),
                name="only_an_accepted_quote_is_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["valid_until"], name="quotes_to_lapse", condition=models.Q(state="sent")),
            models.Index(fields=["company", "-id"], name="quotes_of_company"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.ticket_id}"

    @property
    def amount(self) -> int:
        """In hundredths; half a hundredth is rounded up, in nobody's favour but the sum's."""
        return ((self.minutes or 0) * (self.rate or 0) + 30) // 60


class QuoteReader(models.Model):
    """Somebody who was sent a quote: their own link names this row, so that an answer says whose it is."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quote", "person"], name="one_link_per_quote_and_reader")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} reads {self.quote_id}"


class Answer(models.Model):
    """Who accepted or declined what, when and from where: exactly as it stood before them. Only added."""

    class Way(models.TextChoices):
        LINK = "link", _("by the mail’s link")
        SIGNED_IN = "signed in", _("signed in")
        API = "api", _("API")

    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="answer")
    accepted = models.BooleanField(_("accepted"))
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    email = models.CharField(_("E-mail"), max_length=320)
    way = models.CharField(_("way"), max_length=10, choices=Way.choices)
    source = models.GenericIPAddressField(_("From the address"), null=True)
    at = models.DateTimeField(_("when"))
    because = models.TextField(_("reason"), blank=True)
    text = models.TextField(_("What will be done"))
    minutes = models.PositiveIntegerField()
    rate = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()

    class Meta:
        verbose_name, verbose_name_plural = _("answer to a quote"), _("answers to quotes")

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class TimeEntry(models.Model):
    """Minutes worked on a ticket, drawn from a plan's hours or from an accepted quote (SL10). Only added.

    A mistake is put right by a counter-entry: the same, with its minutes negative.
    """

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="time_entries")
    company = models.ForeignKey(
        "customers.Company", null=True, on_delete=models.PROTECT, related_name="time_entries"
    )
    kind = models.CharField(max_length=20, choices=Quote.Kind.choices)
    quote = models.ForeignKey(Quote, null=True, on_delete=models.PROTECT, related_name="time_entries")
    minutes = models.IntegerField()
    on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="correction")
    key = models.CharField(max_length=80, null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=True, minutes__gt=0)
                | models.Q(corrects__isnull=False, minutes__lt=0),
                name="only_a_correction_is_negative",
            )
        ]
        indexes = [models.Index(fields=["company", "kind", "on"], name="time_by_company")]

    def __str__(self) -> str:
        return f"{self.minutes} min of {self.kind} on {self.ticket_id}"


class Contract(models.Model):
    """A company's contract period, over which some hours of a plan are counted. Without one: the calendar year."""

    company = models.ForeignKey(
        "customers.Company", verbose_name=_("company"), on_delete=models.CASCADE, related_name="contracts"
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    class Meta:
        verbose_name, verbose_name_plural = _("contract"), _("contracts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_contract_ends_after_its_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.starts_on} - {self.ends_on}"


class SentReport(models.Model):
    """A company's managers were sent this month's report: once."""

    company = models.ForeignKey("customers.Company", on_delete=models.CASCADE, related_name="reports")
    month = models.DateField()  # its first day
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "month"], name="one_report_per_company_and_month")
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.month:%Y-%m}"


class DeveloperAccess(models.Model):
    """A developer may see one ticket and ask about its requirements, supervised by the account manager (SL08)."""

    class State(models.TextChoices):
        ASKED = "asked", _("waits for the account manager")
        APPROVED = "approved", _("sees the ticket")
        REFUSED = "refused", _("refused")
        ENDED = "ended", _("ended")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="developers")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    because = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(
        null=True
    )  # None with an approved one: the plan has developers of its own
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "person"],
                name="one_access_per_ticket_and_developer",
                condition=models.Q(state__in=["asked", "approved"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.ticket_id}"


class Trial(models.Model):
    """Something that happens by itself and is being tried, or has failed: how often, when again. It goes when it has happened."""

    class What(models.TextChoices):
        QUOTE = "quote", _("end of a quote")
        NIGHT = "night", _("end of a night’s work")
        REPORT = "report", _("monthly report")

    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    subject_id = models.BigIntegerField()  # the id of a quote, a ticket, a company
    month = models.DateField(_("month"), null=True)  # of a report
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next try"), null=True)  # None: parked
    error = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("what failed by itself"), _("what failed by itself")
        constraints = [
            models.UniqueConstraint(
                fields=["what", "subject_id", "month"], nulls_distinct=False, name="one_trial_of_a_thing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.subject_id}"
