"""Arbitrary policies for property tests: anything that the document's types allow, with unique keys."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from policies import document
from policies.codec import WEEKDAYS

words = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12
) | st.just("a long line that no column may cut " * 20)
keys = st.text("abcdefghij-_0123456789", min_size=1, max_size=12)
texts = st.dictionaries(st.sampled_from(["pt-br", "en", "de", "es"]), words, max_size=3)
durations = st.timedeltas(timedelta(0), timedelta(days=90)).map(
    lambda d: timedelta(seconds=int(d.total_seconds()))
)
dates = st.dates(date(2000, 1, 1), date(2060, 1, 1))
times = st.sampled_from(["00:00", "08:00", "12:30", "18:00", "24:00"])
intervals = st.lists(st.tuples(times, times), max_size=2).map(tuple)
some_keys = st.lists(keys, max_size=2).map(tuple)
conditions = st.builds(
    document.Condition,
    **dict.fromkeys(document.Condition.__dataclass_fields__, st.lists(keys | words, max_size=2).map(tuple)),
)


def several(part, key="key"):
    return st.lists(part, max_size=3, unique_by=lambda each: getattr(each, key)).map(tuple)


channels = st.builds(
    document.Channel,
    key=keys,
    name=texts,
    opens=st.sampled_from(["ticket", "pointer", "silence"]),
    sla=st.booleans(),
    plans=some_keys,
    address=keys,
    pointer=texts,
    note=words,
)
sources = st.builds(
    document.HolidaySource,
    country=st.sampled_from(["BR", "DE"]),
    subdivision=st.sampled_from(["", "SP"]),
    categories=st.lists(st.sampled_from(["public", "optional"]), max_size=2).map(tuple),
)
calendars = st.builds(
    document.CalendarSpec,
    key=keys,
    name=texts,
    tz=st.sampled_from(["America/Sao_Paulo", "UTC"]),
    weekly=st.dictionaries(st.sampled_from(WEEKDAYS), intervals),
    holidays=st.lists(sources, max_size=2).map(tuple),
    own_holidays=st.dictionaries(dates, keys, max_size=2),
    overrides=st.dictionaries(dates, intervals, max_size=2),
    breaks=st.dictionaries(dates, intervals, max_size=2),
    note=words,
)
fields = st.builds(
    document.Field,
    key=keys,
    label=texts,
    kind=st.sampled_from(document.FIELD_KINDS),
    required=st.booleans(),
    help=texts,
    choices=st.lists(texts, max_size=2).map(tuple),
)
topics = st.builds(
    document.Topic,
    key=keys,
    name=texts,
    hint=texts,
    fields=several(fields),
    priority=keys,
    team=keys,
    situation=keys,
)
warnings = st.builds(
    document.Warning, before=st.none() | durations, share=st.none() | st.integers(min_value=0, max_value=100)
)
targets = st.builds(
    document.Target,
    key=keys,
    metric=st.sampled_from(document.METRICS),
    duration=st.none() | durations,
    unit=st.sampled_from(document.UNITS),
    calendar=st.just("") | keys,
    days=st.none() | st.integers(min_value=0, max_value=30),
    grace=durations,
    warnings=st.lists(warnings, max_size=2).map(tuple),
    situation=st.just("") | keys,
    when=conditions,
    note=words,
)
clock_rules = st.builds(
    document.ClockRule,
    metric=st.sampled_from(document.METRICS),
    starts=st.sampled_from(["receipt", "adequate"]),
    pauses=st.sampled_from([(), ("customer",), ("customer", "third_party")]),
    met_by=st.sampled_from(["human_reply", "resolved"]),
)
scope_rules = st.builds(
    document.ScopeRule,
    key=keys,
    outcome=st.sampled_from(document.OUTCOMES),
    sentence=texts,
    when=conditions,
    opens=st.booleans(),
    answer=st.booleans(),
    sla=st.booleans(),
    team=keys,
    contact=keys,
)
closing_rules = st.builds(
    document.ClosingRule,
    key=keys,
    after=durations,
    calendar=st.just("") | keys,
    reminders=st.lists(durations, max_size=2).map(tuple),
    gap=durations,
    when=conditions,
)
steps = st.builds(
    document.EscalationStep,
    key=keys,
    on=st.sampled_from(["warning", "breach"]),
    metrics=st.lists(st.sampled_from(document.METRICS), max_size=2).map(tuple),
    after=durations,
    notify=st.lists(st.sampled_from(document.AUDIENCES), max_size=2).map(tuple),
    raise_priority=st.booleans(),
    assign_team=st.just("") | keys,
    add_teams=some_keys,
    when=conditions,
)
attachments = st.builds(
    document.AttachmentRule,
    key=keys,
    kinds=some_keys,
    max_bytes=st.integers(min_value=0, max_value=10**12),
    per_message=st.integers(min_value=0, max_value=99),
    videos_per_message=st.none() | st.integers(min_value=0, max_value=9),
    video_seconds=st.none() | st.integers(min_value=0, max_value=999),
    topics=some_keys,
)
emergencies = st.builds(document.Emergency, key=keys, name=texts, help=texts, words=some_keys)
policies = st.builds(
    document.Policy,
    key=keys,
    name=texts,
    language=st.sampled_from(["pt-br", "en"]),
    tz=st.sampled_from(["America/Sao_Paulo", "UTC"]),
    summary=texts,
    languages=st.sampled_from([("pt-br", "en"), ("en",), ()]),
    effective_on=st.none() | dates,
    default_priority=st.just("") | keys,
    default_team=st.just("") | keys,
    customer_sets_priority=st.booleans(),
    queue_order=st.sampled_from(["urgency", "opening"]),
    solution_required=st.booleans(),
    customer_may_close=st.booleans(),
    masks_secrets=st.booleans(),
    shows_duplicates=st.booleans(),
    merged_counts_from_earlier=st.booleans(),
    reopen_within=st.none() | durations,
    asks_rating=st.booleans(),
    closes_resolved_after=st.none() | durations,
    who_may_ask=st.sampled_from(document.WHO_MAY_ASK),
    stranger_pointer=texts,
    refused_mailboxes=some_keys,
    emergency_calendar=st.just("") | keys,
    emergency_team=st.just("") | keys,
    emergency_again_after=st.none() | durations,
    emergency_is_free=st.booleans(),
    modules=st.lists(texts, max_size=2).map(tuple),
    teams=st.dictionaries(keys, texts, max_size=2),
    channels=several(channels),
    calendars=several(calendars),
    night_rate=st.integers(0, 10**9),
    work_rate=st.integers(0, 10**9),
    currency=st.sampled_from(["", "BRL"]),
    quote_valid=durations,
    meeting_lead=st.none() | durations,
    meeting_topic=st.just("") | keys,
    training_topic=st.just("") | keys,
    monthly_report=st.booleans(),
    plans=several(
        st.builds(
            document.Plan,
            key=keys,
            name=texts,
            meetings=st.booleans(),
            developers=st.booleans(),
            any_number=st.booleans(),
            calls_to_manager=st.booleans(),
            note=words,
        )
    ),
    budgets=several(
        st.builds(
            document.Budget,
            key=keys,
            kind=st.sampled_from(document.HOUR_KINDS),
            hours=durations,
            per=st.sampled_from(document.PERIODS),
            plans=some_keys,
            note=words,
        )
    ),
    priorities=several(
        st.builds(
            document.Priority,
            key=keys,
            name=texts,
            definition=texts,
            examples=st.lists(texts, max_size=2).map(tuple),
        )
    ),
    topics=several(topics),
    clock_rules=several(clock_rules, "metric"),
    targets=several(targets),
    scope_rules=several(scope_rules),
    closing_rules=several(closing_rules),
    escalation=several(steps),
    attachments=several(attachments),
    emergencies=several(emergencies),
    note=words,
)
