"""PURE. The support policy as one immutable document: what a tenant promises, as data.

Every figure, hour, plan and channel of a policy stands in a field here, and the engine, the admin's tables,
the public page and the explanations all read these fields. Knows no Django, no clock and no ticket.

`policies.codec` turns a `Policy` into a plain dict (JSON, TOML) and back; `policies.lint` says what is wrong
with one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

SCHEMA_VERSION = 1

Text = dict[str, str]
"""One text in several languages, by lower-case tag: {"pt-br": "...", "en": "..."}. The first is the original."""

CHANNELS = ("portal", "email", "form", "chat", "whatsapp", "whatsapp_group", "phone", "api", "other")
METRICS = ("acknowledgement", "first_response", "next_response", "periodic_update", "resolution")
UNITS = ("business", "elapsed", "business_days")
OUTCOMES = ("in_scope", "out_of_scope", "other_service", "third_party", "wrong_channel", "ignored", "no_sla")
SITUATIONS = ("auction", "emergency", "third_party", "night_work")
STATED_SITUATIONS = (
    "auction",
    "emergency",
    "third_party",
)  # night work holds by the customer's authorisation alone (SL07)
WHO_MAY_ASK = ("anybody", "purchases", "invited")
FIELD_KINDS = ("text", "textarea", "choice", "number", "datetime", "url", "checkbox", "checklist")
HOUR_KINDS = ("training", "consulting", "development")
PERIODS = ("month", "contract")
AUDIENCES = ("owner", "team", "supervisors", "account_manager", "admins", "agents", "requester")


@dataclass(frozen=True, slots=True)
class Channel:
    """A door.

    `opens`: "ticket"; "pointer" (no ticket, the sender is told `pointer`); "silence" (no ticket, no answer).
    """

    key: str
    name: Text
    opens: str = "ticket"
    sla: bool = True  # False: a ticket, but no clock (SL01)
    plans: tuple[str, ...] = ()  # empty: every plan
    address: str = ""  # what the customer uses: an e-mail address, a number, a URL
    pointer: Text = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class HolidaySource:
    """Holidays of the `holidays` library: ISO country, subdivision ("": the whole country), categories."""

    country: str
    subdivision: str = ""
    categories: tuple[str, ...] = ("public",)


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """Opening hours under a key that targets name. `weekly`: {"mon": (("08:00", "18:00"), ...), ...} (R2)."""

    key: str
    name: Text
    tz: str
    weekly: dict[str, tuple[tuple[str, str], ...]]
    holidays: tuple[HolidaySource, ...] = ()
    own_holidays: dict[date, str] = field(default_factory=dict)  # the tenant's own closed days, named
    overrides: dict[date, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # special openings
    breaks: dict[date, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    key: str
    name: Text
    meetings: bool = True  # a supervisor decides; False: single ones, by an accepted quote alone (SL09)
    developers: bool = False  # dedicated: they join its tickets without anybody's approval (SL08)
    any_number: bool = False  # its calls are taken on any number of ours (SL11)
    calls_to_manager: bool = False  # its calls go to the company's account manager (SL11)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """Hours that a plan includes (SL10). First match by plan and kind; what exceeds them is quoted.

    `kind`: of HOUR_KINDS; `per`: of PERIODS, a calendar month or the company's contract (without one: a calendar year).
    """

    key: str
    kind: str
    hours: timedelta
    per: str = "month"
    plans: tuple[str, ...] = ()  # empty: every plan
    note: str = ""


@dataclass(frozen=True, slots=True)
class Priority:
    """`key` "1" is the most urgent. The definition and examples are shown where it is chosen (ZM02, TD07)."""

    key: str
    name: Text
    definition: Text = field(default_factory=dict)
    examples: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """An extra field of a topic's form (CH05, TD15), with help on how to find its value.

    A "checklist" asks which of `choices` hold, such as what changed lately (CH02): ticking none is an answer too.
    """

    key: str
    label: Text
    kind: str = "text"
    required: bool = False
    help: Text = field(default_factory=dict)
    choices: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    key: str
    name: Text
    hint: Text = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    priority: str = ""  # the priority of a new ticket where nobody chose one; "" = the policy's default
    team: str = ""  # key of the team that gets it; "" = the policy's default team
    situation: str = ""  # a situation that choosing this topic states, e.g. "emergency"


@dataclass(frozen=True, slots=True)
class Condition:
    """All given lists must match; an empty list matches anything. `except_*` must not match.

    `words`: alternatives, any of which must occur in the text; see `decisions.text_has` for the notation.
    """

    channels: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    except_channels: tuple[str, ...] = ()
    except_plans: tuple[str, ...] = ()
    except_topics: tuple[str, ...] = ()
    except_situations: tuple[str, ...] = ()
    except_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Warning:
    """A warning ahead: `before` the deadline (elapsed), or when `share` percent of the target is used up."""

    before: timedelta | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A promise in time. Ordered list, first match per metric wins (S3).

    `duration` None: the clock runs and is measured but has no deadline. `situation`: the list beside the
    ordinary one (R18): matched only while that situation holds, on the elapsed clock. `calendar` "" with unit
    "elapsed" is 24/7.
    """

    key: str
    metric: str
    duration: timedelta | None
    unit: str = "business"
    calendar: str = ""
    days: int | None = None  # with unit "business_days"
    grace: timedelta = timedelta(0)
    warnings: tuple[Warning, ...] = ()
    situation: str = ""
    when: Condition = Condition()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """What starts, pauses and meets a metric (S1).

    starts: "receipt" | "adequate" (ZM05). pauses: of ("customer", "third_party"). met_by: "delivered_notice"
    | "human_reply" | "finished_investigation" | "resolved".
    """

    metric: str
    starts: str = "receipt"
    pauses: tuple[str, ...] = ()
    met_by: str = "human_reply"


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """First match decides the outcome and is quoted.

    `opens` False: no ticket; `answer` False: nor any answer (SL04).
    """

    key: str
    outcome: str
    sentence: Text
    when: Condition
    opens: bool = True
    answer: bool = True
    sla: bool = False
    team: str = ""
    contact: str = ""  # the door of another service (ZM07)


@dataclass(frozen=True, slots=True)
class ClosingRule:
    """The customer's silence (S14). First match wins; none: nothing closes by itself (CH01).

    `after`: silence until the close; `reminders`: how long after the start of the silence each reminder goes.
    `calendar` "": elapsed time. `gap`: the least time between the last reminder and the close (C6).
    """

    key: str
    after: timedelta
    calendar: str = ""
    reminders: tuple[timedelta, ...] = ()
    gap: timedelta = timedelta(hours=24)
    when: Condition = Condition()


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """What a breach (or a warning) changes, `after` so much elapsed time. All given actions are done."""

    key: str
    on: str = "breach"  # "warning" | "breach"
    metrics: tuple[str, ...] = ()  # empty: all
    after: timedelta = timedelta(0)
    notify: tuple[str, ...] = ("owner", "team", "supervisors")  # of AUDIENCES
    raise_priority: bool = False
    assign_team: str = ""
    add_teams: tuple[str, ...] = ()  # ("*",): all teams (TD08)
    when: Condition = Condition()

    @property
    def changes_the_ticket(self) -> bool:
        return self.raise_priority or bool(self.assign_team or self.add_teams)


@dataclass(frozen=True, slots=True)
class AttachmentRule:
    """Limits of what may be attached. First match by topic. Sizes in bytes; empty `kinds`: any."""

    key: str
    kinds: tuple[str, ...] = ()  # MIME types or "image/*"
    max_bytes: int = 20_000_000
    per_message: int = 10
    videos_per_message: int | None = None
    video_seconds: int | None = None
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Emergency:
    """One condition that makes a request an emergency (SL06): a line of the checklist that customers tick.

    `words`: where nobody can tick, a message with any of them is one; notation as in `Condition`. Empty: none is.
    """

    key: str
    name: Text
    help: Text = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    key: str
    name: Text
    language: str  # the original's language, e.g. "pt-br"
    tz: str  # the zone in which the policy's dates and examples are meant
    summary: Text = field(default_factory=dict)
    languages: tuple[str, ...] = ("pt-br", "en")
    effective_on: date | None = None  # SL12
    default_priority: str = ""
    default_team: str = ""
    customer_sets_priority: bool = False
    queue_order: str = "urgency"  # "urgency" | "opening" (CH08)
    solution_required: bool = True
    customer_may_close: bool = True
    masks_secrets: bool = True  # keys, passwords and card numbers are masked before they are kept (TD17)
    shows_duplicates: bool = False  # open tickets that look alike are shown before a new one is made (TD16)
    merged_counts_from_earlier: bool = (
        True  # a merged ticket's clocks count from the earlier start of the two (S10)
    )
    # After it, a customer's message opens a linked ticket instead; None: it always reopens.
    reopen_within: timedelta | None = timedelta(days=14)
    asks_rating: bool = False  # a resolved ticket's customer is asked how satisfied they are (ZM06, TD12)
    closes_resolved_after: timedelta | None = (
        None  # None: a resolved ticket waits for somebody to close it (TD12)
    )
    who_may_ask: str = "anybody"  # of WHO_MAY_ASK (ZP04, CH04)
    stranger_pointer: Text = field(default_factory=dict)  # what others are told; {}: the product's own words
    refused_mailboxes: tuple[str, ...] = ()  # local parts that get no account (CH04)
    # Outside this calendar's hours an emergency alerts everybody on duty (SL06); "": at any hour (TD02).
    emergency_calendar: str = ""
    emergency_team: str = ""  # whose duty it is; "": the ticket's own team
    emergency_again_after: timedelta | None = timedelta(
        minutes=10
    )  # while nobody takes it; None: nobody is alerted
    emergency_is_free: bool = False  # said to the customer
    modules: tuple[Text, ...] = ()
    # Rates are per hour, in hundredths of `currency` (ISO 4217). No night rate: work out of hours is not sold (SL07).
    night_rate: int = 0
    work_rate: int = 0  # of consulting, training and development, where a quote names no other
    currency: str = ""
    quote_valid: timedelta = timedelta(hours=72)  # of a quote whose writer says nothing else
    meeting_lead: timedelta | None = None  # least time ahead (SL09); None: meetings are not asked for here
    meeting_topic: str = ""  # asking under it is asking for a meeting
    training_topic: str = ""  # ... for a training (SL10)
    monthly_report: bool = False  # companies' managers are sent last month's report
    teams: dict[str, Text] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    calendars: tuple[CalendarSpec, ...] = ()
    plans: tuple[Plan, ...] = ()
    budgets: tuple[Budget, ...] = ()
    priorities: tuple[Priority, ...] = ()
    topics: tuple[Topic, ...] = ()
    clock_rules: tuple[ClockRule, ...] = ()
    targets: tuple[Target, ...] = ()
    scope_rules: tuple[ScopeRule, ...] = ()
    closing_rules: tuple[ClosingRule, ...] = ()
    escalation: tuple[EscalationStep, ...] = ()
    attachments: tuple[AttachmentRule, ...] = ()
    emergencies: tuple[Emergency, ...] = ()  # the checklist
    note: str = ""

    @property
    def knows_emergencies(self) -> bool:
        return bool(self.emergencies) or any(t.situation == "emergency" for t in self.topics)

    def priority(self, key: str) -> Priority | None:
        return next((p for p in self.priorities if p.key == key), None)

    def topic(self, key: str) -> Topic | None:
        return next((t for t in self.topics if t.key == key), None)

    def plan(self, key: str) -> Plan | None:
        return next((p for p in self.plans if p.key == key), None)

    def channel(self, key: str) -> Channel | None:
        return next((c for c in self.channels if c.key == key), None)

    def clock_rule(self, metric: str) -> ClockRule:
        """The rule of `metric`, or its default by S1."""
        return next((r for r in self.clock_rules if r.metric == metric), DEFAULT_CLOCK_RULES[metric])


DEFAULT_CLOCK_RULES = {
    "acknowledgement": ClockRule("acknowledgement", met_by="delivered_notice"),
    "first_response": ClockRule("first_response"),
    "next_response": ClockRule("next_response"),
    "periodic_update": ClockRule("periodic_update", pauses=("customer",)),
    "resolution": ClockRule("resolution", pauses=("customer",), met_by="resolved"),
}


def say(text: Text, language: str) -> str:
    """`text` in `language`, else in its base language, else in English, else the original; "" for no text."""
    for tag in (language.lower(), language.lower().split("-")[0], "en"):
        if text.get(tag):
            return text[tag]
    return next(iter(text.values()), "")
