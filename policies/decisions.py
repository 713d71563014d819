"""PURE. What follows from a policy for one request: is it accepted, who gets it, which clocks run, and why.

`decide` asks in this order, and each answer is quoted in `because`:

1. the channel - undeclared, for other plans, or one that only points elsewhere: no ticket (ZP01, SL01, SL03,
   SL04);
2. who asks - only customers in the register of purchases, or only invited people (ZP04, CH04);
3. the scope rules, first match wins (ZP09, ZM07, TD08); an agent's overruling skips them;
4. plan, priority and team, said or by default;
5. the targets, first match per metric (S3), and beside them those of the situations that hold (R18).

Knows no clock: a `Promise` says how long, `policies.explanation` and `sla` say until when.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from policies.document import (
    METRICS,
    AttachmentRule,
    Channel,
    ClosingRule,
    Condition,
    EscalationStep,
    Policy,
    ScopeRule,
    Target,
    Text,
    Warning,
    say,
)
from policies.facts import AlarmFacts, Facts
from policies.sentences import (
    METRIC_NAMES,
    OUTCOME_NAMES,
    SENTENCES,
    SITUATION_NAMES,
    STRANGER_POINTERS,
    STRANGER_REASONS,
    duration_text,
    everywhere,
    said,
    spoken_by,
)


@dataclass(frozen=True, slots=True)
class Promise:
    """One clock that this request gets. `duration` None: measured, no deadline. `situation` "": the ordinary one."""

    target_key: str
    metric: str
    duration: timedelta | None
    unit: str
    calendar: str  # "": elapsed time
    days: int | None
    grace: timedelta
    warnings: tuple[Warning, ...]
    situation: str
    because: Text


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy says to a request. `accepted` is false exactly when no ticket is made."""

    accepted: bool
    outcome: str  # one of document.OUTCOMES, or "not_a_customer"
    answer: bool  # False: not even a pointer goes back
    plan: str
    priority: str
    team: str
    sla: bool
    sentence: Text  # what the sender is told about the outcome; {} where there is nothing to say
    contact: str
    pointer: Text  # where to go instead; {} when accepted
    rule: str  # key of the channel or scope rule that decided; "" when none had to
    promises: tuple[Promise, ...]
    situational: tuple[Promise, ...]
    closing: ClosingRule | None
    because: tuple[Text, ...]

    @property
    def told(self) -> Text:
        """`sentence`, and behind it where to go with another service (ZM07): what stands on the ticket and in its notice."""
        if not self.contact:
            return self.sentence
        return {language: f"{text} {self.contact}" for language, text in self.sentence.items()}


# --- the decision -------------------------------------------------------------------------------------------


def decide(policy: Policy, facts: Facts) -> Decision:
    """What `policy` says to a request with `facts`. Total: keys unknown to the policy match no rule."""
    known = completed(policy, facts)
    channel = policy.channel(known.channel)
    if channel is None or channel.opens != "ticket" or not _serves(channel, known.plan):
        return _turned_away_by_channel(policy, known, channel)
    if is_wrong_number(policy, known):
        return _turned_away_by_number(policy, known, channel)
    if known.stranger and policy.who_may_ask != "anybody":
        return _turned_away_as_stranger(policy, known)
    rule = None if known.overruled else _first_scope_rule(policy, known)
    if rule is not None and not rule.opens:
        return _turned_away_by_rule(policy, known, rule)
    return _accepted(policy, known, channel, rule)


def promises_for(policy: Policy, facts: Facts) -> tuple[Promise, ...]:
    """All that `facts` are promised: the ordinary ones, one per metric, then those of situations that hold.

    What a ticket is retargeted to when its facts have changed (S12, R18).
    """
    decision = decide(policy, facts)
    return decision.promises + decision.situational


def closing_for(policy: Policy, facts: Facts) -> ClosingRule | None:
    """The rule by which the customer's silence closes it (S14); None: nothing closes by itself (CH01)."""
    known = completed(policy, facts)
    return next((rule for rule in policy.closing_rules if matches(rule.when, known)), None)


def on_alarm(policy: Policy, alarm: AlarmFacts) -> tuple[EscalationStep, ...]:
    """The steps that a warning or a breach asks for and that were not yet taken, in order.

    A step's `after` is elapsed time since the alarm; the caller takes it then, and asks again, for the reason
    may be gone.
    """
    known = completed(policy, alarm.facts)
    return tuple(
        step
        for step in policy.escalation
        if step.on == alarm.kind
        and (not step.metrics or alarm.metric in step.metrics)
        and step.key not in alarm.steps_done
        and matches(step.when, known)
    )


def attachment_rule(policy: Policy, topic: str) -> AttachmentRule | None:
    """What may be attached under `topic`; None: the policy says nothing about attachments."""
    return next((rule for rule in policy.attachments if not rule.topics or topic in rule.topics), None)


def completed(policy: Policy, facts: Facts) -> Facts:
    """`facts` with what the policy puts where nothing was said; a topic may state a situation (SL06)."""
    topic = policy.topic(facts.topic)
    stated = {topic.situation} if topic and topic.situation else set()
    return replace(
        facts,
        channel=facts.channel or primary_channel(policy),
        plan=facts.plan or (policy.plans[0].key if policy.plans else ""),
        priority=facts.priority or (topic.priority if topic else "") or default_priority(policy),
        situations=facts.situations | stated,
    )


def primary_channel(policy: Policy) -> str:
    """Key of the first channel that opens tickets, "" where none does."""
    return next((channel.key for channel in policy.channels if channel.opens == "ticket"), "")


def default_priority(policy: Policy) -> str:
    """The policy's default priority, else its least urgent one: what is not called urgent is not."""
    return policy.default_priority or (policy.priorities[-1].key if policy.priorities else "")


# --- its branches -------------------------------------------------------------------------------------------


def _turned_away_by_channel(policy: Policy, facts: Facts, channel: Channel | None) -> Decision:
    languages = spoken_by(policy)
    silent = channel is not None and channel.opens == "silence"
    if channel is None:
        reason = said(languages, "unknown_channel", facts.channel)
    elif channel.opens != "ticket":
        reason = said(languages, "channel_opens_nothing", channel.name)
    else:
        reason = said(languages, "channel_of_other_plans", channel.name, _plan(policy, facts.plan))
    pointer = {} if silent else ((channel.pointer if channel else {}) or _pointer_to_primary(policy))
    return _no_ticket(
        policy,
        facts,
        outcome="ignored" if silent else "wrong_channel",
        answer=not silent,
        sentence={} if silent else pointer,
        pointer=pointer,
        rule=channel.key if channel else "",
        because=(reason,),
    )


def is_wrong_number(policy: Policy, facts: Facts) -> bool:
    """A call on another number of ours than the telephone channel's, of a plan that is not taken on any (SL11)."""
    channel, plan = policy.channel("phone"), policy.plan(facts.plan)
    if facts.channel != "phone" or channel is None or not channel.address or not facts.received_on:
        return False
    return digits(facts.received_on) != digits(channel.address) and not (plan and plan.any_number)


def digits(number: str) -> str:
    """A number without its punctuation, its country and a leading zero: what two ways of writing it have in common."""
    return "".join(sign for sign in number if sign.isdigit())[-10:]


def _turned_away_by_number(policy: Policy, facts: Facts, channel: Channel) -> Decision:
    languages = spoken_by(policy)
    pointer = channel.pointer or said(languages, "one_number", channel.address)
    reason = said(languages, "another_number", _plan(policy, facts.plan))
    return _no_ticket(policy, facts, outcome="wrong_channel", answer=True, sentence=pointer, pointer=pointer,
                      rule=channel.key, because=(reason,))  # fmt: skip


def _turned_away_as_stranger(policy: Policy, facts: Facts) -> Decision:
    own = policy.stranger_pointer if facts.stranger == "unregistered" else {}
    pointer = own or STRANGER_POINTERS[facts.stranger]
    return _no_ticket(
        policy, facts, outcome="not_a_customer", answer=True, sentence=pointer, pointer=pointer,
        rule="who_may_ask", because=(STRANGER_REASONS[facts.stranger],),
    )  # fmt: skip


def _turned_away_by_rule(policy: Policy, facts: Facts, rule: ScopeRule) -> Decision:
    return _no_ticket(
        policy,
        facts,
        outcome=rule.outcome,
        answer=rule.answer,
        sentence=rule.sentence if rule.answer else {},
        pointer=rule.sentence if rule.answer else {},
        rule=rule.key,
        because=(_because_of_scope(policy, rule),),
        contact=rule.contact,
    )


def _no_ticket(
    policy: Policy,
    facts: Facts,
    *,
    outcome: str,
    answer: bool,
    sentence: Text,
    pointer: Text,
    rule: str,
    because: tuple[Text, ...],
    contact: str = "",
) -> Decision:
    return Decision(
        accepted=False,
        outcome=outcome,
        answer=answer,
        plan=facts.plan,
        priority=facts.priority,
        team="",
        sla=False,
        sentence=sentence,
        contact=contact,
        pointer=pointer,
        rule=rule,
        promises=(),
        situational=(),
        closing=None,
        because=because,
    )


def _accepted(policy: Policy, facts: Facts, channel: Channel, rule: ScopeRule | None) -> Decision:
    sla = channel.sla and (rule is None or rule.sla)
    outcome = rule.outcome if rule else "in_scope"
    topic = policy.topic(facts.topic)
    return Decision(
        accepted=True,
        outcome="no_sla" if outcome == "in_scope" and not sla else outcome,
        answer=rule is None or rule.answer,
        plan=facts.plan,
        priority=facts.priority,
        team=(rule.team if rule else "") or (topic.team if topic else "") or policy.default_team,
        sla=sla,
        sentence=rule.sentence if rule else (channel.pointer if not channel.sla else {}),
        contact=rule.contact if rule else "",
        pointer={},
        rule=rule.key if rule else ("" if channel.sla else channel.key),
        promises=_ordinary(policy, facts) if sla else (),
        situational=_situational(policy, facts) if sla else (),
        closing=closing_for(policy, facts),
        because=_reasons(policy, facts, channel, rule),
    )


def _first_scope_rule(policy: Policy, facts: Facts) -> ScopeRule | None:
    return next((rule for rule in policy.scope_rules if matches(rule.when, facts)), None)


def _serves(channel: Channel, plan: str) -> bool:
    return not channel.plans or plan in channel.plans


# --- targets ------------------------------------------------------------------------------------------------


def _ordinary(policy: Policy, facts: Facts) -> tuple[Promise, ...]:
    """First match per metric. A situation changes nothing here (R18): it has promises of its own."""
    calm = replace(facts, situations=frozenset())
    found: dict[str, Target] = {}
    for target in policy.targets:
        if not target.situation and target.metric not in found and matches(target.when, calm):
            found[target.metric] = target
    return tuple(_promise(policy, found[metric]) for metric in METRICS if metric in found)


def _situational(policy: Policy, facts: Facts) -> tuple[Promise, ...]:
    found: dict[tuple[str, str], Target] = {}
    for target in policy.targets:
        place = (target.metric, target.situation)
        if target.situation in facts.situations and place not in found and matches(target.when, facts):
            found[place] = target
    return tuple(_promise(policy, target) for target in found.values())


def _promise(policy: Policy, target: Target) -> Promise:
    return Promise(
        target_key=target.key,
        metric=target.metric,
        duration=target.duration,
        unit=target.unit,
        calendar="" if target.unit == "elapsed" else target.calendar,
        days=target.days,
        grace=target.grace,
        warnings=target.warnings,
        situation=target.situation,
        because=_because_of_target(policy, target),
    )


# --- conditions ---------------------------------------------------------------------------------------------


def matches(condition: Condition, facts: Facts) -> bool:
    """Every given list matches, none of the `except_` lists does."""
    for wanted, unwanted, value in (
        (condition.channels, condition.except_channels, facts.channel),
        (condition.plans, condition.except_plans, facts.plan),
        (condition.priorities, (), facts.priority),
        (condition.topics, condition.except_topics, facts.topic),
    ):
        if (wanted and value not in wanted) or value in unwanted:
            return False
    if condition.situations and facts.situations.isdisjoint(condition.situations):
        return False
    if not facts.situations.isdisjoint(condition.except_situations):
        return False
    if condition.words and not text_has(condition.words, facts.text):
        return False
    return not (condition.except_words and text_has(condition.except_words, facts.text))


def emergencies_in(policy: Policy, text: str) -> tuple[str, ...]:
    """Keys of the conditions whose words occur in `text`: an emergency told where there is no checklist (SL06)."""
    return tuple(each.key for each in policy.emergencies if each.words and text_has(each.words, text))


def text_has(words: tuple[str, ...], text: str) -> bool:
    """Does any of `words` occur in `text`? Case and accents do not matter.

    Each entry is a list of terms that must all occur in one sentence, in any order, as whole words: "vps",
    "cri* fluxo* chatbot*". `*` ends a stem, `a|b` is either, `_` joins the words of a phrase ("fora_do_ar"),
    and a term after `!` must not occur in that sentence: "servidor* !whatsapp".
    """
    whole, sentences = _read(text)
    for entry in words:
        terms = _compiled(entry)
        # Asked of the whole text first: most words occur nowhere, and logs have thousands of lines.
        if terms and all(term.is_in(whole) for term in terms if term.wanted):
            if any(all(term.is_in(said) is term.wanted for term in terms) for said in sentences):
                return True
    return False


class _Said:
    """A text, or one sentence of it, ready to be asked for words."""

    __slots__ = ("ordered", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = frozenset(re.findall(r"\w+", text))
        self.ordered = sorted(self.words)

    def has_stem(self, stem: str) -> bool:
        place = bisect_left(self.ordered, stem)
        return place < len(self.ordered) and self.ordered[place].startswith(stem)


@dataclass(frozen=True, slots=True)
class _Term:
    """One term of an entry: any of some whole words, stems, or (by a pattern) words with other signs in them."""

    wanted: bool
    words: frozenset[str]
    stems: tuple[str, ...]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]  # with the beginning that must be there

    def is_in(self, said: _Said) -> bool:
        return (
            not self.words.isdisjoint(said.words)
            or any(said.has_stem(stem) for stem in self.stems)
            or any(said.has_stem(begins) and pattern.search(said.text) for begins, pattern in self.patterns)
        )


@lru_cache(maxsize=4096)
def _compiled(entry: str) -> tuple[_Term, ...]:
    return tuple(_term(term) for term in folded(entry).split() if re.search(r"[^\W_]", term))


def _term(written: str) -> _Term:
    words, stems, patterns = set(), [], []
    for word in written.removeprefix("!").split("|"):
        if re.fullmatch(r"[^\W_]+", word):
            words.add(word)
        elif re.fullmatch(r"[^\W_]+\*", word):
            stems.append(word[:-1])
        elif begins := re.search(r"[^\W_]+", word):
            spelled = re.escape(word).replace(r"\*", r"\w*").replace("_", r"\s+")
            patterns.append((begins.group(), re.compile(rf"(?<!\w){spelled}(?!\w)")))
    return _Term(not written.startswith("!"), frozenset(words), tuple(stems), tuple(patterns))


@lru_cache(maxsize=16)
def _read(text: str) -> tuple[_Said, tuple[_Said, ...]]:
    whole = folded(text)
    # A full stop inside an address or a version number ends no sentence.
    parts = dict.fromkeys(part for part in re.split(r"[.!?;:]+(?:\s|$)|\n", whole) if part.strip())
    return _Said(whole), tuple(_Said(part) for part in parts)


def folded(text: str) -> str:
    """`text` without case and accents, as words are compared: "Não É" -> "nao e"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return decomposed if decomposed.isascii() else _ACCENTS.sub("", decomposed)


_ACCENTS = re.compile("[\u0300-\u036f]+")


# --- reasons ------------------------------------------------------------------------------------------------


def _reasons(policy: Policy, facts: Facts, channel: Channel, rule: ScopeRule | None) -> tuple[Text, ...]:
    languages = spoken_by(policy)
    reasons = [said(languages, "channel_opens", channel.name)]
    if not channel.sla:
        reasons.append(said(languages, "channel_without_deadlines", channel.name))
    if facts.overruled:
        reasons.append(said(languages, "overruled"))
    elif rule is not None:
        reasons.append(_because_of_scope(policy, rule))
    else:
        reasons.append(said(languages, "nothing_excludes"))
    if facts.plan:
        reasons.append(said(languages, "plan", _plan(policy, facts.plan)))
    if priority := policy.priority(facts.priority):
        reasons.append(said(languages, "priority", priority.name))
    for situation in sorted(facts.situations):
        reasons.append(said(languages, "situation", SITUATION_NAMES.get(situation, situation)))
    return tuple(reasons)


def _because_of_scope(policy: Policy, rule: ScopeRule) -> Text:
    reason = said(spoken_by(policy), "rule", rule.key, OUTCOME_NAMES.get(rule.outcome, rule.outcome))
    if not rule.sentence:
        return reason
    return {language: f"{text} {say(rule.sentence, language)}" for language, text in reason.items()}


def _because_of_target(policy: Policy, target: Target) -> Text:
    languages = spoken_by(policy)
    length = duration_text(target.duration, target.unit, target.days)
    metric = METRIC_NAMES.get(target.metric, everywhere(target.metric))
    calendar = next((c.name for c in policy.calendars if c.key == target.calendar), None)
    hours = calendar if calendar and target.unit != "elapsed" else SENTENCES["round_the_clock"]
    when = {language: _conditions(policy, target, language) for language in languages}
    return said(languages, "target", target.key, metric, length, hours, when)


def _conditions(policy: Policy, target: Target, language: str) -> str:
    when = target.when
    parts = [say(plan.name, language) if (plan := policy.plan(key)) else key for key in when.plans]
    parts += [say(p.name, language) for p in policy.priorities if p.key in when.priorities]
    parts += [say(c.name, language) for c in policy.channels if c.key in when.channels]
    parts += [say(t.name, language) for t in policy.topics if t.key in when.topics]
    if target.situation:
        parts.append(say(SITUATION_NAMES.get(target.situation, {"en": target.situation}), language))
    return f" – {', '.join(parts)}" if parts else ""


def _pointer_to_primary(policy: Policy) -> Text:
    primary = policy.channel(primary_channel(policy))
    return said(spoken_by(policy), "use_the_door", primary.name) if primary else {}


def _plan(policy: Policy, key: str) -> Text | str:
    plan = policy.plan(key)
    return plan.name if plan else key
