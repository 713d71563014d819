"""The editable draft: each table mirrors one part of `policies.document`, column by field, under the same name.

`policies.draft` carries a document into the tables and back without loss. Durations, keys and hours are columns; a text
in several languages is one JSON object of {language: text}. `position` is the order of a first-match list.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from policies import document
from policies.columns import a_key, choices, keys, many, texts


class Part(models.Model):
    """A row with a key in an ordered list of the policy."""

    key = a_key(unique=True)
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    def __str__(self) -> str:
        name = getattr(self, "name", None)
        return (
            document.say(name, get_language() or "en") if isinstance(name, dict) and name else str(self.key)
        )


class ConditionalPart(Part):
    """A part with a `document.Condition`, whose fields stand here as `when_...`."""

    when_channels = keys(_("channels"))
    when_plans = keys(_("plans"))
    when_priorities = keys(_("priorities"))
    when_topics = keys(_("topics"))
    when_situations = keys(_("situations"))
    when_words = keys(_("words"))
    when_except_channels = keys(_("except channels"))
    when_except_plans = keys(_("except plans"))
    when_except_topics = keys(_("except topics"))
    when_except_situations = keys(_("except situations"))
    when_except_words = keys(_("except words"))

    class Meta(Part.Meta):
        abstract = True


# --- the parts --------------------------------------------------------------------------------------------------------


class General(models.Model):
    """What is said once in a policy: its name, its defaults, how tickets are reopened and closed. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    key = a_key()
    name = texts(_("name"))
    summary = texts(_("summary"))
    language = models.CharField(_("original language"), max_length=20)
    languages = keys(_("languages"))
    tz = models.CharField(_("time zone"), max_length=60)
    effective_on = models.DateField(_("effective date"), null=True, blank=True)
    default_priority = models.CharField(_("default priority"), max_length=80, blank=True)
    default_team = models.CharField(_("default team"), max_length=80, blank=True)
    customer_sets_priority = models.BooleanField(_("the customer chooses the priority"), default=False)
    queue_order = models.CharField(_("order of the queue"), max_length=20, default="urgency")
    solution_required = models.BooleanField(_("resolving needs a written solution"), default=True)
    customer_may_close = models.BooleanField(_("the customer may close a ticket"), default=True)
    masks_secrets = models.BooleanField(_("mask passwords, keys and card numbers"), default=True)
    shows_duplicates = models.BooleanField(
        _("show open tickets that look alike before a new one"), default=False
    )
    merged_counts_from_earlier = models.BooleanField(
        _("merged tickets count from the earlier start of the two"), default=True
    )
    reopen_within = models.DurationField(_("a reply reopens within"), null=True, blank=True)
    asks_rating = models.BooleanField(_("ask how satisfied the customer is"), default=False)
    closes_resolved_after = models.DurationField(_("a resolved ticket closes after"), null=True, blank=True)
    who_may_ask = models.CharField(_("who may ask for help"), max_length=20, default="anybody")
    stranger_pointer = texts(_("what others are told"))
    refused_mailboxes = keys(_("mailboxes of departments"))
    emergency_calendar = models.CharField(
        _("people on duty are alerted outside of"), max_length=80, blank=True
    )
    emergency_team = models.CharField(_("whose duty it is"), max_length=80, blank=True)
    emergency_again_after = models.DurationField(
        _("alert again after"), null=True, blank=True, default=timedelta(minutes=10)
    )
    emergency_is_free = models.BooleanField(_("an emergency is free of charge"), default=False)
    modules = many(_("modules"))
    night_rate = models.BigIntegerField(_("hour of work out of hours"), default=0)
    work_rate = models.BigIntegerField(_("hour of consulting, training, development"), default=0)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    quote_valid = models.DurationField(_("a quote is valid for"), default=timedelta(hours=72))
    meeting_lead = models.DurationField(_("a meeting is asked for at least ahead by"), null=True, blank=True)
    meeting_topic = models.CharField(_("topic that asks for a meeting"), max_length=80, blank=True)
    training_topic = models.CharField(_("topic that asks for a training"), max_length=80, blank=True)
    monthly_report = models.BooleanField(_("send companies' managers a monthly report"), default=False)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("general settings")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_general_row_per_draft")]

    def __str__(self) -> str:
        return document.say(self.name, get_language() or "en") or self.key


class PolicyTeam(Part):
    """A team that the policy names; `customers.Team` says who is in it."""

    name = texts(_("name"))

    class Meta(Part.Meta):
        verbose_name, verbose_name_plural = _("team of the policy"), _("teams of the policy")


class Channel(Part):
    name = texts(_("name"))
    opens = models.CharField(_("a contact here"), max_length=20, default="ticket")
    sla = models.BooleanField(_("deadlines run"), default=True)
    plans = keys(_("plans"))
    address = models.CharField(_("address"), max_length=300, blank=True)
    pointer = texts(_("answer that points elsewhere"))
    note = models.TextField(_("note"), blank=True)

    class Meta(Part.Meta):
        verbose_name, verbose_name_plural = _("channel"), _("channels")


class Calendar(Part):
    """Opening hours by name, as they are being edited. `sla.Calendar` keeps the versions that deadlines were counted by."""

    name = texts(_("name"))
    tz = models.CharField(_("time zone"), max_length=60)
    note = models.TextField(_("note"), blank=True)

    class Meta(Part.Meta):
        verbose_name, verbose_name_plural = _("calendar"), _("calendars")


class OpeningHours(models.Model):
    """One interval of one weekday. Without `opens` and `closes` the row says that the day is closed."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.CharField(max_length=3)
    opens = models.CharField(max_length=5, blank=True)
    closes = models.CharField(max_length=5, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = verbose_name_plural = _("opening hours")

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class Holiday(models.Model):
    """What departs from the week: a source of the `holidays` library, an own closed day, changed hours, or a break."""

    class Kind(models.TextChoices):
        LIBRARY = "library", _("public holidays of a place")
        OWN = "own", _("own holiday")
        CHANGED = "changed", _("changed hours")
        BREAK = "break", _("break")

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="departures")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=40, blank=True)
    categories = keys()
    day = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=200, blank=True)
    intervals = many()  # [["08:00", "12:00"], ...]; none: closed
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name, verbose_name_plural = _("holiday"), _("holidays")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="library", day=None)
                | (~models.Q(kind="library") & models.Q(day__isnull=False)),
                name="a_day_unless_from_the_library",
            ),
            models.UniqueConstraint(
                fields=["calendar", "kind", "day"], name="one_departure_of_a_kind_per_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.kind} {self.day or self.country}"


class Plan(Part):
    name = texts(_("name"))
    meetings = models.BooleanField(_("meetings are included"), default=True)
    developers = models.BooleanField(_("has dedicated developers"), default=False)
    any_number = models.BooleanField(_("may call any number"), default=False)
    calls_to_manager = models.BooleanField(_("calls go to the account manager"), default=False)
    note = models.TextField(_("note"), blank=True)

    class Meta(Part.Meta):
        verbose_name, verbose_name_plural = _("plan"), _("plans")


class Budget(Part):
    kind = models.CharField(_("kind of work"), max_length=20)
    hours = models.DurationField(_("hours"))
    per = models.CharField(_("for each"), max_length=20, default="month")
    plans = keys(_("plans"))
    note = models.TextField(_("note"), blank=True)

    class Meta(Part.Meta):
        verbose_name, verbose_name_plural = _("hour budget"), _("hour budgets")


class Priority(Part):
    name = texts(_("name"))
    definition = texts(_("definition"))
    examples = many(_("examples"))

    class Meta(Part.Meta):
        verbose_name, verbose_name_plural = _("priority"), _("priorities")


class Topic(Part):
    name = texts(_("name"))
    hint = texts(_("hint"))
    priority = models.CharField(_("priority"), max_length=80, blank=True)
    team = models.CharField(_("team"), max_length=80, blank=True)
    situation = models.CharField(_("situation it states"), max_length=80, blank=True)

    class Meta(Part.Meta):
        verbose_name, verbose_name_plural = _("topic"), _("topics")


class TopicField(models.Model):
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="fields")
    key = a_key()
    label = texts(_("label"))
    kind = models.CharField(_("kind"), max_length=20, default="text", choices=choices(document.FIELD_KINDS))
    required = models.BooleanField(_("required"), default=False)
    help = texts(_("how to find its value"))
    choices = many(_("choices"))
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name, verbose_name_plural = _("field"), _("fields")
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="one_field_per_key_and_topic")]

    def __str__(self) -> str:
        return document.say(self.label, get_language() or "en") or self.key


class ClockRule(models.Model):
    metric = models.CharField(_("metric"), max_length=20, unique=True)
    starts = models.CharField(_("starts at"), max_length=20, default="receipt")
    pauses = keys(_("pauses while waiting for"))
    met_by = models.CharField(_("is met by"), max_length=30, default="human_reply")
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name, verbose_name_plural = _("clock rule"), _("clock rules")

    def __str__(self) -> str:
        return self.metric


class Target(ConditionalPart):
    metric = models.CharField(_("metric"), max_length=20)
    duration = models.DurationField(_("target"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, default="business")
    calendar = models.CharField(_("calendar"), max_length=80, blank=True)
    days = models.IntegerField(_("business days"), null=True, blank=True)
    grace = models.DurationField(_("grace"), default=timedelta(0))
    warnings = many(_("warnings"))
    situation = models.CharField(_("only while"), max_length=80, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta(ConditionalPart.Meta):
        verbose_name, verbose_name_plural = _("target"), _("targets")


class ScopeRule(ConditionalPart):
    outcome = models.CharField(_("outcome"), max_length=20)
    sentence = texts(_("what the customer is told"))
    opens = models.BooleanField(_("opens a ticket"), default=True)
    answer = models.BooleanField(_("the sender is answered"), default=True)
    sla = models.BooleanField(_("deadlines run"), default=False)
    team = models.CharField(_("team"), max_length=80, blank=True)
    contact = models.CharField(_("contact for it"), max_length=300, blank=True)

    class Meta(ConditionalPart.Meta):
        verbose_name, verbose_name_plural = _("scope rule"), _("scope rules")


class ClosingRule(ConditionalPart):
    after = models.DurationField(_("closes after"))
    calendar = models.CharField(_("counted in"), max_length=80, blank=True)
    reminders = many(_("reminders after"))
    gap = models.DurationField(_("at least this long after a reminder"), default=timedelta(hours=24))

    class Meta(ConditionalPart.Meta):
        verbose_name, verbose_name_plural = _("closing rule"), _("closing rules")


class EscalationStep(ConditionalPart):
    on = models.CharField(_("on"), max_length=20, default="breach")
    metrics = keys(_("metrics"))
    after = models.DurationField(_("after"), default=timedelta(0))
    notify = keys(_("notify"))
    raise_priority = models.BooleanField(_("raise the priority"), default=False)
    assign_team = models.CharField(_("hand over to team"), max_length=80, blank=True)
    add_teams = keys(_("add teams"))

    class Meta(ConditionalPart.Meta):
        verbose_name, verbose_name_plural = _("escalation step"), _("escalation steps")


class AttachmentRule(Part):
    kinds = keys(_("kinds of file"))
    max_bytes = models.BigIntegerField(_("largest file"), default=20_000_000)
    per_message = models.IntegerField(_("files per message"), default=10)
    videos_per_message = models.IntegerField(_("videos per message"), null=True, blank=True)
    video_seconds = models.IntegerField(_("longest video"), null=True, blank=True)
    topics = keys(_("topics"))

    class Meta(Part.Meta):
        verbose_name, verbose_name_plural = _("attachment rule"), _("attachment rules")


class Emergency(Part):
    name = texts(_("name"))
    help = texts(_("how to tell"))
    words = keys(_("words"))

    class Meta(Part.Meta):
        verbose_name, verbose_name_plural = _("condition of an emergency"), _("conditions of an emergency")
