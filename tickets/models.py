"""A ticket, what was said in it, and what happened to it. Changed only through `lifecycle`."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models

from tickets.api.keys import ApiKey  # noqa: F401  (tables of this app, beside what uses them)
from tickets.api.limits import Allowance  # noqa: F401
from tickets.api.replays import Replay  # noqa: F401
from tickets.regrouping import Regrouping  # noqa: F401


class Counter(models.Model):
    """The last number given: one row, locked last in the opening's transaction, so that numbers have no gaps."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last_number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last_number)


class Ticket(models.Model):
    class Status(models.TextChoices):
        NEW = "new"
        OPEN = "open"
        PENDING = "pending"  # waiting on the customer
        ON_HOLD = "on_hold"  # waiting on a third party
        RESOLVED = "resolved"
        CLOSED = "closed"

    UNRESOLVED = (Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD)
    known_status = ""  # no column: as it was when the row was locked, or was last told to other systems

    number = models.BigIntegerField(unique=True)
    summary = models.CharField(max_length=200)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requested_tickets"
    )
    company = models.ForeignKey(
        "customers.Company", null=True, on_delete=models.PROTECT, related_name="tickets"
    )
    channel = models.CharField(max_length=20)
    sender_address = models.CharField(
        max_length=320, blank=True
    )  # by which the requester came, e.g. a number
    received_on = models.CharField(max_length=320, blank=True)  # the address of ours that they used
    plan = models.CharField(max_length=60, blank=True)
    priority = models.CharField(max_length=10, blank=True)
    topic = models.CharField(max_length=60, blank=True)
    module = models.CharField(max_length=100, blank=True)
    fields = models.JSONField(default=dict)  # the topic's extra fields, as typed
    situations = models.JSONField(default=list)  # stated for this ticket, e.g. "emergency"
    language = models.CharField(max_length=10)

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="owned_tickets"
    )
    team = models.ForeignKey("customers.Team", null=True, on_delete=models.SET_NULL, related_name="tickets")
    extra_teams = models.ManyToManyField("customers.Team", related_name="joined_tickets", blank=True)

    policy_version = models.ForeignKey("policies.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20)
    scope_rule = models.CharField(max_length=80, blank=True)
    because = models.JSONField(default=list)  # the decision's reasons: a list of texts by language
    sentence = models.JSONField(default=dict)  # what the policy says of a ticket out of scope
    overruled_because = models.TextField(blank=True)
    declined_outcome = models.CharField(max_length=20, blank=True)  # before it was overruled
    declined_rule = models.CharField(max_length=80, blank=True)
    missing = models.TextField(blank=True)  # what an inadequate request still lacks (ZM05)

    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    adequate_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)  # entered waiting on the customer
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by_system = models.BooleanField(default=False)
    close_reason = models.CharField(max_length=40, blank=True)
    solution = models.TextField(blank=True)
    escalated_at = models.DateTimeField(null=True)
    follows = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="followers")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    split_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")

    # Caches of the clocks, written in the same transaction: what the queue sorts and shows.
    due_at = models.DateTimeField(null=True)
    due_metric = models.CharField(max_length=20, blank=True)
    clock_state = models.CharField(max_length=10, blank=True)  # "", running, warned, breached, paused, met
    last_word = models.CharField(max_length=160, blank=True)
    last_word_by = models.CharField(max_length=10, blank=True)  # customer, agent, system

    class Meta:
        indexes = [
            # The queue: the earliest deadline first, tickets without one after them, then in order of opening.
            models.Index(
                models.F("due_at").asc(nulls_last=True),
                "id",
                name="queue_by_urgency",
                condition=models.Q(status__in=["new", "open", "pending", "on_hold"]),
            ),
            models.Index(
                fields=["id"],
                name="queue_by_opening",
                condition=models.Q(status__in=["new", "open", "pending", "on_hold"]),
            ),
            models.Index(fields=["requester", "-id"], name="tickets_of_requester"),
            models.Index(fields=["company", "-id"], name="tickets_of_company"),
            models.Index(
                fields=["company", "-id"],
                name="open_of_company",
                condition=models.Q(status__in=["new", "open", "pending", "on_hold"]),
            ),
            models.Index(
                fields=["requester", "-id"],
                name="open_of_requester",
                condition=models.Q(status__in=["new", "open", "pending", "on_hold"]),
            ),
            models.Index(
                fields=["opened_at"],
                name="declined_by_opening",
                condition=~models.Q(outcome="in_scope") | ~models.Q(declined_outcome=""),
            ),
            models.Index(
                fields=["owner", "due_at", "id"],
                name="queue_of_owner",
                condition=models.Q(status__in=["new", "open", "pending", "on_hold"]),
            ),
            models.Index(
                fields=["team", "due_at", "id"],
                name="queue_of_team",
                condition=models.Q(status__in=["new", "open", "pending", "on_hold"]),
            ),
            models.Index(
                fields=["status", "due_at", "id"],
                name="queue_of_status",
                condition=models.Q(status__in=["new", "open", "pending", "on_hold"]),
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                name="finished_by_change",
                condition=models.Q(status__in=["resolved", "closed"]),
            ),
            GinIndex(SearchVector("summary", config="simple"), name="tickets_by_words"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.summary}"

    @property
    def is_unresolved(self) -> bool:
        return self.status in self.UNRESOLVED


class Participant(models.Model):
    """Somebody in copy. They hear every public message; a person without an account is an address."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    address = models.EmailField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "address"], name="one_participation_per_address")
        ]

    def __str__(self) -> str:
        return self.address


class Message(models.Model):
    class Kind(models.TextChoices):
        PUBLIC = "public"
        NOTE = "note"
        SYSTEM = "system"  # said to the customer by the system: fulfils nothing (S5)

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PUBLIC)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by_customer = models.BooleanField()
    channel = models.CharField(max_length=20, blank=True)  # the door; empty: a page of ours
    body = models.TextField()
    quoted = models.TextField(blank=True)  # what the writer repeated of earlier messages, shown folded
    html = models.TextField(blank=True)  # as it was formatted, sanitised; `body` is its text
    finding = models.TextField(
        blank=True
    )  # what the investigation found; marks a finished investigation (TD05)
    at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)  # handed to the mail server or seen in the portal (C4)
    came_from = models.BigIntegerField(
        null=True
    )  # number of the ticket it was said in, which was merged into this one
    redacted_at = models.DateTimeField(null=True)  # its text is gone since; what stands there says so
    key = models.CharField(
        max_length=80, null=True, unique=True
    )  # idempotency: a form sent twice is one message

    class Meta:
        indexes = [models.Index(fields=["ticket", "at", "id"], name="thread")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.ticket_id}"

    @property
    def told(self) -> str:
        """What the customer reads: the words, and below them what an investigation found (TD05)."""
        return f"{self.body}\n\n{self.finding}" if self.finding and self.finding != self.body else self.body


PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")  # that browsers show, and that run nothing
SHOWN_UP_TO = 5_000_000  # bytes: a larger picture is fetched only when it is wanted


class Attachment(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to="attachments/", max_length=200)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    redacted_at = models.DateTimeField(
        null=True
    )  # nobody is served it since; `file` is empty once its bytes are gone

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="files_to_destroy",
                condition=models.Q(redacted_at__isnull=False) & ~models.Q(file=""),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shown(self) -> bool:
        """As a picture, in the thread."""
        return self.kind in PICTURES and self.size <= SHOWN_UP_TO


class Event(models.Model):
    """The timeline: what happened, when, by whom. Rows are only added."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_public = models.BooleanField(default=False)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["ticket", "at", "id"], name="timeline")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.ticket_id}"


class Contact(models.Model):
    """A contact that became no ticket, and why (ZP01, SL04)."""

    at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    summary = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    outcome = models.CharField(max_length=20)
    rule = models.CharField(max_length=80, blank=True)  # the channel or rule that decided
    topic = models.CharField(max_length=60, blank=True)
    company = models.ForeignKey("customers.Company", null=True, on_delete=models.SET_NULL, related_name="+")
    because = models.JSONField(default=list)
    answered = models.BooleanField(default=False)
    key = models.CharField(max_length=80, null=True, unique=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="contacts_by_moment")]

    def __str__(self) -> str:
        return f"{self.outcome} from {self.address}"
