"""PURE. What is wrong with a policy: `lint(policy)`, a list of problems with their places.

An "error" keeps a policy from being published: it would be misread, or do what nobody wrote. A "warning" is
something that somebody should have looked at. Each check is one function from a policy to its problems: read
`CHECKS`, at the end.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision, is_currency

from policies import calendars
from policies.decisions import decide, folded, matches, primary_channel
from policies.document import (
    AUDIENCES,
    CHANNELS,
    FIELD_KINDS,
    HOUR_KINDS,
    METRICS,
    OUTCOMES,
    PERIODS,
    SITUATIONS,
    UNITS,
    WHO_MAY_ASK,
    Condition,
    Policy,
    Target,
    Text,
    say,
)
from policies.facts import Facts
from sla.business_time import CalendarError

Found = Iterator["Problem"]

YEARS = (2026, 2027)
"""Any two: enough to learn whether a calendar compiles and the holiday library knows its place."""

ZERO, MINUTE, DAY = timedelta(0), timedelta(minutes=1), timedelta(days=1)
NO_TICKET_OUTCOMES = ("wrong_channel", "ignored")
OPENS = ("ticket", "pointer", "silence")
STARTS = ("receipt", "adequate")
PAUSES = ("customer", "third_party")
MET_BY = ("delivered_notice", "human_reply", "finished_investigation", "resolved")
LISTS_WITH_KEYS = (
    "channels", "calendars", "plans", "budgets", "priorities", "topics", "targets", "scope_rules", "closing_rules",
    "escalation", "attachments", "emergencies",
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """`path` as in the document, e.g. "targets[2].duration"; `severity` "error" or "warning"."""

    path: str
    severity: str
    message: Text

    @property
    def level(self) -> str:
        return self.severity

    def say(self, language: str) -> str:
        return say(self.message, language)

    def __str__(self) -> str:
        return f"{self.path}: {self.say('en')}"


def lint(policy: Policy) -> list[Problem]:
    """All problems of `policy`: the errors first, each kind in the order of `CHECKS`."""
    found = [problem for check in CHECKS for problem in check(policy)]
    return sorted(found, key=lambda problem: problem.severity != "error")


def errors(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


def _error(path: str, pt_br: str, en: str) -> Problem:
    return Problem(path, "error", {"pt-br": pt_br, "en": en})


def _warning(path: str, pt_br: str, en: str) -> Problem:
    return Problem(path, "warning", {"pt-br": pt_br, "en": en})


# --- the whole ----------------------------------------------------------------------------------------------


def complete(policy: Policy) -> Found:
    """A policy without a door, a plan or a priority answers nobody."""
    if not primary_channel(policy):
        yield _error("channels", "Nenhum canal abre chamados.", "No channel opens tickets.")
    if not policy.plans:
        yield _error("plans", "É preciso ao menos um plano.", "At least one plan is needed.")
    if not policy.priorities:
        yield _error("priorities", "É preciso ao menos uma prioridade.", "At least one priority is needed.")
    if policy.language not in policy.languages:
        yield _error(
            "language", "Não está entre os idiomas da política.", "Is not among the policy's languages."
        )
    yield from _each("who_may_ask", (policy.who_may_ask,), WHO_MAY_ASK)
    if policy.queue_order not in ("urgency", "opening"):
        yield _unknown("queue_order", policy.queue_order, ("urgency", "opening"))
    if policy.reopen_within is not None and policy.reopen_within < ZERO:
        yield _negative("reopen_within")
    if policy.closes_resolved_after is not None and policy.closes_resolved_after < ZERO:
        yield _negative("closes_resolved_after")
    if not _zone_exists(policy.tz):
        yield _error("tz", f"Fuso horário desconhecido: {policy.tz}.", f"Unknown time zone: {policy.tz}.")


def keys(policy: Policy) -> Found:
    """Keys are what everything refers to: present, plain, and each once."""
    for name in LISTS_WITH_KEYS:
        yield from _keys_of(name, getattr(policy, name))
    for n, topic in enumerate(policy.topics):
        yield from _keys_of(f"topics[{n}].fields", topic.fields)
    seen: set[str] = set()
    for n, rule in enumerate(policy.clock_rules):
        if rule.metric in seen:
            yield _error(f"clock_rules[{n}].metric", "Aparece mais de uma vez.", "Is there more than once.")
        seen.add(rule.metric)


def _keys_of(name: str, parts: Sequence[Any]) -> Found:
    seen: set[str] = set()
    for n, part in enumerate(parts):
        if not re.fullmatch(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*", part.key):
            yield _error(
                f"{name}[{n}].key",
                f"“{part.key}” não é uma chave: use letras, números, “-” e “_”.",
                f"“{part.key}” is no key: use letters, digits, “-” and “_”.",
            )
        if part.key in seen:
            yield _error(
                f"{name}[{n}].key", f"“{part.key}” aparece mais de uma vez.", f"“{part.key}” is there twice."
            )
        seen.add(part.key)


# --- references ---------------------------------------------------------------------------------------------


def references(policy: Policy) -> Found:
    """Whatever names something by its key names something that exists."""
    plans, priorities, topics, _ = known = _known(policy)
    teams, calendar_keys = tuple(policy.teams), tuple(c.key for c in policy.calendars)
    if policy.default_priority:
        yield from _each("default_priority", (policy.default_priority,), priorities)
    yield from _team("default_team", policy.default_team, teams)
    yield from _team("emergency_team", policy.emergency_team, teams)
    if policy.emergency_calendar:
        yield from _each("emergency_calendar", (policy.emergency_calendar,), calendar_keys)
    for n, channel in enumerate(policy.channels):
        yield from _each(f"channels[{n}].key", (channel.key,), CHANNELS)
        yield from _each(f"channels[{n}].opens", (channel.opens,), OPENS)
        yield from _each(f"channels[{n}].plans", channel.plans, plans)
    for n, topic in enumerate(policy.topics):
        yield from _each(f"topics[{n}].priority", (topic.priority,) if topic.priority else (), priorities)
        yield from _each(f"topics[{n}].situation", (topic.situation,) if topic.situation else (), SITUATIONS)
        yield from _team(f"topics[{n}].team", topic.team, teams)
        for m, field in enumerate(topic.fields):
            yield from _each(f"topics[{n}].fields[{m}].kind", (field.kind,), FIELD_KINDS)
    for n, clock in enumerate(policy.clock_rules):
        yield from _each(f"clock_rules[{n}].metric", (clock.metric,), METRICS)
        yield from _each(f"clock_rules[{n}].starts", (clock.starts,), STARTS)
        yield from _each(f"clock_rules[{n}].pauses", clock.pauses, PAUSES)
        yield from _each(f"clock_rules[{n}].met_by", (clock.met_by,), MET_BY)
    for n, target in enumerate(policy.targets):
        yield from _each(f"targets[{n}].metric", (target.metric,), METRICS)
        yield from _each(f"targets[{n}].unit", (target.unit,), UNITS)
        yield from _each(
            f"targets[{n}].calendar", (target.calendar,) if target.calendar else (), calendar_keys
        )
        yield from _each(
            f"targets[{n}].situation", (target.situation,) if target.situation else (), SITUATIONS
        )
    for n, scope in enumerate(policy.scope_rules):
        yield from _each(f"scope_rules[{n}].outcome", (scope.outcome,), OUTCOMES)
        yield from _team(f"scope_rules[{n}].team", scope.team, teams)
    for n, closing in enumerate(policy.closing_rules):
        yield from _each(
            f"closing_rules[{n}].calendar", (closing.calendar,) if closing.calendar else (), calendar_keys
        )
    for n, step in enumerate(policy.escalation):
        yield from _each(f"escalation[{n}].on", (step.on,), ("warning", "breach"))
        yield from _each(f"escalation[{n}].metrics", step.metrics, METRICS)
        yield from _each(f"escalation[{n}].notify", step.notify, AUDIENCES)
        yield from _team(f"escalation[{n}].assign_team", step.assign_team, teams)
        yield from _each(f"escalation[{n}].add_teams", [t for t in step.add_teams if t != "*"], teams)
    for n, attachment in enumerate(policy.attachments):
        yield from _each(f"attachments[{n}].topics", attachment.topics, topics)
    for path, condition in _conditions(policy):
        yield from _condition_keys(path, condition, known)


def _known(policy: Policy) -> tuple[tuple[str, ...], ...]:
    parts = (policy.plans, policy.priorities, policy.topics, policy.channels)
    plans, priorities, topics, channels = (tuple(part.key for part in each) for each in parts)
    return plans, priorities, topics, channels


def _condition_keys(path: str, condition: Condition, known: tuple[tuple[str, ...], ...]) -> Found:
    plans, priorities, topics, channels = known
    for name, legal in (
        ("plans", plans),
        ("except_plans", plans),
        ("priorities", priorities),
        ("topics", topics),
        ("except_topics", topics),
        ("channels", channels),
        ("except_channels", channels),
        ("situations", SITUATIONS),
        ("except_situations", SITUATIONS),
    ):
        yield from _each(f"{path}.{name}", getattr(condition, name), legal)


def _each(path: str, used: Iterable[str], legal: Iterable[str]) -> Found:
    legal = tuple(legal)
    for key in used:
        if key not in legal:
            yield _unknown(path, key, legal)


def _team(path: str, key: str, teams: tuple[str, ...]) -> Found:
    return _each(path, (key,) if key else (), teams)


def _unknown(path: str, key: str, legal: Iterable[str]) -> Problem:
    listed = ", ".join(legal) or "–"
    return _error(path, f"“{key}” não existe; há: {listed}.", f"There is no “{key}”; there are: {listed}.")


# --- texts --------------------------------------------------------------------------------------------------


def names(policy: Policy) -> Found:
    """What people choose from has a name; what turns them away says why."""
    if not policy.name:
        yield _nameless("name")
    for name in ("channels", "calendars", "plans", "priorities", "topics", "emergencies"):
        for n, part in enumerate(getattr(policy, name)):
            if not any(part.name.values()):
                yield _nameless(f"{name}[{n}].name")
    for n, rule in enumerate(policy.scope_rules):
        if rule.answer and not any(rule.sentence.values()):
            yield _error(
                f"scope_rules[{n}].sentence",
                "Diga ao cliente, numa frase, por que o pedido é tratado assim.",
                "Tell the customer in one sentence why the request is treated so.",
            )


def translations(policy: Policy) -> Found:
    """Every text in every language of the policy: one warning per language, naming the first that lacks it."""
    for language in policy.languages:
        missing = [path for path, text in _texts(policy) if any(text.values()) and not text.get(language)]
        if missing:
            yield _warning(
                missing[0],
                f"{len(missing)} texto(s) sem versão em “{language}”; aparecem em inglês ou no original.",
                f"{len(missing)} text(s) have no “{language}” version; they show in English or the original.",
            )


def figures(policy: Policy) -> Found:
    """A figure in a text is a second truth beside the field that the engine reads. (Forms' fields and notes are free.)"""
    for path, text in _texts(policy):
        if path == "name" or ".fields[" in path:  # a proper name; help on a form's field promises nothing
            continue
        for language, said in text.items():
            if figure := figure_in(said):
                yield _error(
                    f"{path}.{language}",
                    f"O texto diz “{figure}”: números são ditos pelos campos que o sistema lê.",
                    f"The text says “{figure}”: figures are said by the fields that the system reads.",
                )


def figure_in(text: str) -> str:
    """The first figure in `text`, in digits or as a number word with a unit of time; "" where there is none.

    Digits inside a word are a name: "N8N", "360dialog", "P1".
    """
    plain = folded(text)
    for found in re.finditer(r"(?<!\w)\d[\d.,:/]*([^\W\d_]*)", plain):
        if len(found[1]) < 3 or _UNIT.fullmatch(found[1]):
            return found.group()
    spelled = _SPELLED.search(plain)
    return spelled.group() if spelled else ""


_UNIT = re.compile(
    r"h|hs|hrs?|horas?|hours?|m|mins?|minutos?|minutes?|s|seg|secs?|segundos?|seconds?|dias?|days?|semanas?|weeks?"
    r"|mes|meses|months?|anos?|years?|mb|gb|kb"
)
_NUMBER_WORDS = (
    "um|uma|dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|doze|quinze|vinte|trinta|quarenta|sessenta|setenta|oitenta"
    "|noventa|cem|meia|meio|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|forty-eight"
    "|sixty|seventy|seventy-two|ninety|hundred|half an|half a|an"
)
_TIME_WORDS = (
    "segundos?|minutos?|horas?|dias?|semanas?|mes|meses|seconds?|minutes?|hours?|days?|weeks?|months?"
)
_SPELLED = re.compile(
    rf"(?<!\w)(?:{_NUMBER_WORDS})(?:[ -](?:e )?(?:{_NUMBER_WORDS}))*(?: \w+)? (?:{_TIME_WORDS})(?!\w)"
)


def _texts(part: Any, path: str = "") -> Iterator[tuple[str, Text]]:
    """Every text that somebody outside can read, with its place."""
    for each in fields(part):
        value, where = getattr(part, each.name), f"{path}.{each.name}" if path else each.name
        if each.type == "Text":
            yield where, value
        elif each.type == "dict[str, Text]":
            yield from ((f"{where}.{key}", text) for key, text in value.items())
        elif each.type == "tuple[Text, ...]":
            yield from ((f"{where}[{n}]", text) for n, text in enumerate(value))
        elif isinstance(value, tuple):
            for n, item in enumerate(value):
                if is_dataclass(item):
                    yield from _texts(item, f"{where}[{n}]")


def _nameless(path: str) -> Problem:
    return _error(path, "Falta o nome.", "The name is missing.")


# --- emergencies --------------------------------------------------------------------------------------------


def emergency_alerts(policy: Policy) -> Found:
    """Whoever is on duty is woken by them: neither every second nor never."""
    again = policy.emergency_again_after
    if again is not None and not MINUTE <= again <= DAY:
        yield _error(
            "emergency_again_after",
            "O alerta se repete entre um minuto e um dia depois.",
            "The alert is repeated between a minute and a day later.",
        )
    if again is None and policy.knows_emergencies:
        yield _warning(
            "emergency_again_after",
            "Ninguém é alertado de uma emergência.",
            "Nobody is alerted of an emergency.",
        )


# --- channels -----------------------------------------------------------------------------------------------


def doors(policy: Policy) -> Found:
    for n, channel in enumerate(policy.channels):
        if channel.opens == "pointer" and not any(channel.pointer.values()):
            yield _warning(
                f"channels[{n}].pointer",
                "Sem indicação própria, o remetente lê apenas qual canal usar.",
                "Without a pointer of its own, the sender only reads which channel to use.",
            )


# --- calendars ----------------------------------------------------------------------------------------------


def possible_calendars(policy: Policy) -> Found:
    """R2, R11: what the engine refuses, with its own words."""
    for n, spec in enumerate(policy.calendars):
        try:
            calendars.hours_of_calendar(spec, YEARS)
        except CalendarError as error:
            where = f"calendars[{n}].{error.field}" if error.field else f"calendars[{n}]"
            yield _error(where, f"Calendário impossível: {error.message}", error.message)
        except ValueError as error:
            yield _error(f"calendars[{n}].holidays", f"Feriados desconhecidos: {error}", f"{error}")


# --- targets ------------------------------------------------------------------------------------------------


def target_figures(policy: Policy) -> Found:
    for n, target in enumerate(policy.targets):
        yield from _target_length(f"targets[{n}]", target)
        yield from _target_warnings(f"targets[{n}]", target)


def _target_length(path: str, target: Target) -> Found:
    if target.duration is not None and target.duration < ZERO:
        yield _negative(f"{path}.duration")
    if target.grace < ZERO:
        yield _negative(f"{path}.grace")
    if target.duration == ZERO and not target.grace:
        yield _error(
            f"{path}.grace",
            "“Imediato” precisa de uma tolerância, ou todo chamado nasce com o prazo quebrado.",
            "“At once” needs a grace, or every ticket breaks its deadline at birth.",
        )
    if target.unit in ("business", "business_days") and not target.calendar:
        yield _error(
            f"{path}.calendar",
            "Horas e dias úteis precisam de um calendário.",
            "Business time needs a calendar.",
        )
    if target.unit == "elapsed" and target.calendar:
        yield _warning(
            f"{path}.calendar",
            "Tempo corrido não usa calendário.",
            "Elapsed time uses no calendar: it is ignored.",
        )
    if target.unit == "business_days" and (
        target.days is None or target.days < 1 or target.duration is not None
    ):
        yield _error(
            f"{path}.days",
            "Dias úteis pedem um número de dias, e nenhuma duração.",
            "Business days want a number of days and no duration.",
        )
    if target.unit != "business_days" and target.days is not None:
        yield _error(
            f"{path}.days",
            "Dias só com a unidade “business_days”.",
            "Days go with the unit “business_days” only.",
        )
    if target.situation and target.unit != "elapsed":
        yield _error(
            f"{path}.unit",
            "A meta de uma situação corre no relógio (R18): use “elapsed”.",
            "A situation's target runs on the elapsed clock (R18): use “elapsed”.",
        )
    if not target.situation and (target.when.situations or target.when.except_situations):
        yield _error(
            f"{path}.when.situations",
            "Uma meta comum não depende de situações (R18): use o campo “situation”.",
            "An ordinary target does not depend on situations (R18): use the field “situation”.",
        )


def _target_warnings(path: str, target: Target) -> Found:
    for n, warning in enumerate(target.warnings):
        where = f"{path}.warnings[{n}]"
        if (warning.before is None) == (warning.share is None):
            yield _error(
                where, "Diga “before” ou “share”, um dos dois.", "Say “before” or “share”, one of them."
            )
        if warning.share is not None and not 0 < warning.share < 100:
            yield _error(f"{where}.share", "Vai de 1 a 99 por cento.", "Is between 1 and 99 percent.")
        if warning.before is not None and warning.before <= ZERO:
            yield _negative(f"{where}.before")
        elif warning.before and target.duration is not None and warning.before >= target.duration:
            yield _error(
                f"{where}.before",
                "O aviso viria antes do início.",
                "The warning would come before the start.",
            )
        if target.duration is None and target.days is None:
            yield _error(
                where, "Sem prazo não há o que avisar.", "Without a deadline there is nothing to warn of."
            )


def reachable_targets(policy: Policy) -> Found:
    """First match wins, so a target that others always precede promises nothing."""
    facts = list(_possible_facts(policy))
    for place in dict.fromkeys((target.metric, target.situation) for target in policy.targets):
        rivals = [(n, t) for n, t in enumerate(policy.targets) if (t.metric, t.situation) == place]
        for position, (n, target) in enumerate(rivals):
            earlier = [rival for _, rival in rivals[:position]]
            if never := _never(target.when):
                yield _error(f"targets[{n}].when", *never)
            elif cover := next((rival for rival in earlier if covers(rival.when, target.when)), None):
                yield _unreachable(f"targets[{n}]", cover.key, alike=covers(target.when, cover.when))
            elif not _has_a_turn(target, earlier, facts):
                yield _unreachable(f"targets[{n}]", "", alike=False)


def _has_a_turn(target: Target, earlier: list[Target], facts: list[Facts]) -> bool:
    if (
        target.when.words
        or target.when.except_words
        or target.when.situations
        or target.when.except_situations
    ):
        return True  # a text or a situation may always say so
    blocking = [rival.when for rival in earlier if not (rival.when.words or rival.when.situations)]
    return any(matches(target.when, f) and not any(matches(when, f) for when in blocking) for f in facts)


def _possible_facts(policy: Policy) -> Iterator[Facts]:
    """One request of every kind that targets tell apart: keys that they name, and one that they do not."""
    conditions = [target.when for target in policy.targets]
    doors = {c.key: c for c in policy.channels if c.opens == "ticket" and c.sla}
    for channel, plan, priority, topic in itertools.product(
        _telling(doors, conditions, "channels"),
        _telling((p.key for p in policy.plans), conditions, "plans"),
        _telling((p.key for p in policy.priorities), conditions, "priorities"),
        ("", *_telling((t.key for t in policy.topics), conditions, "topics")),
    ):
        if not doors[channel].plans or plan in doors[channel].plans:
            yield Facts(channel=channel, plan=plan, priority=priority, topic=topic)


def _telling(declared: Iterable[str], conditions: list[Condition], name: str) -> tuple[str, ...]:
    named = {key for c in conditions for key in (*getattr(c, name), *getattr(c, f"except_{name}", ()))}
    declared = tuple(declared)
    return (*(k for k in declared if k in named), *[k for k in declared if k not in named][:1])


def same_promise_everywhere(policy: Policy) -> Found:
    """Where some plans and priorities get a first deadline, those that get none were perhaps forgotten."""
    if not policy.plans or not policy.priorities or not primary_channel(policy):
        return
    promised = {
        (plan.key, priority.key): _first_deadline(policy, plan.key, priority.key)
        for plan in policy.plans
        for priority in policy.priorities
    }
    if not any(promised.values()):
        return
    for (plan_key, priority_key), has_one in promised.items():
        if not has_one:
            yield _warning(
                "targets",
                f"O plano “{plan_key}” com prioridade “{priority_key}” não tem prazo de resposta; outros têm.",
                f"Plan “{plan_key}” with priority “{priority_key}” has no response deadline; others have.",
            )


def _first_deadline(policy: Policy, plan: str, priority: str) -> bool:
    calm = Facts(channel=primary_channel(policy), plan=plan, priority=priority, overruled=True)
    return any(
        promise.metric in ("acknowledgement", "first_response")
        and (promise.duration is not None or promise.days)
        for promise in decide(policy, calm).promises
    )


# --- rules --------------------------------------------------------------------------------------------------


def reachable_rules(policy: Policy) -> Found:
    for name in ("scope_rules", "closing_rules"):
        rules = getattr(policy, name)
        for n, rule in enumerate(rules):
            if never := _never(rule.when):
                yield _error(f"{name}[{n}].when", *never)
            elif cover := next((earlier for earlier in rules[:n] if covers(earlier.when, rule.when)), None):
                yield _unreachable(f"{name}[{n}]", cover.key, alike=covers(rule.when, cover.when))
    for n, step in enumerate(policy.escalation):
        if never := _never(step.when):
            yield _error(f"escalation[{n}].when", *never)
    for n, attachment in enumerate(policy.attachments):
        if any(
            not a.topics or (attachment.topics and set(attachment.topics) <= set(a.topics))
            for a in policy.attachments[:n]
        ):
            yield _unreachable(f"attachments[{n}]", "", alike=False)


def consistent_scope(policy: Policy) -> Found:
    """An outcome and what is done about it say the same."""
    for n, rule in enumerate(policy.scope_rules):
        path = f"scope_rules[{n}]"
        if rule.outcome in NO_TICKET_OUTCOMES and rule.opens:
            yield _error(
                f"{path}.opens",
                f"“{rule.outcome}” não abre chamado.",
                f"“{rule.outcome}” opens no ticket: say so.",
            )
        if rule.outcome == "in_scope" and not rule.opens:
            yield _error(
                f"{path}.opens", "O que é do escopo abre chamado.", "What is in scope opens a ticket."
            )
        if rule.outcome == "in_scope" and not rule.sla:
            yield _warning(
                f"{path}.sla",
                "Está no escopo, mas sem prazos: é isso?",
                "In scope, but without deadlines: is that meant?",
            )
        if not rule.opens and rule.sla:
            yield _error(
                f"{path}.sla", "Sem chamado não há prazos.", "Without a ticket there are no deadlines."
            )
        if rule.opens and not rule.answer:
            yield _error(
                f"{path}.answer",
                "Um chamado sempre é confirmado.",
                "A ticket is always confirmed: it cannot stay silent.",
            )
        if rule.outcome == "ignored" and rule.answer:
            yield _error(f"{path}.answer", "“ignored” não responde.", "“ignored” answers nothing.")
    for path, condition in _conditions(policy):
        yield from _words(path, condition)


def _words(path: str, condition: Condition) -> Found:
    for name in ("words", "except_words"):
        for n, entry in enumerate(getattr(condition, name)):
            terms = entry.split()
            positive = [term for term in terms if not term.startswith("!") and re.search(r"[^\W_]", term)]
            if not positive:
                yield _error(
                    f"{path}.{name}[{n}]",
                    "Diga ao menos uma palavra que deva ocorrer.",
                    "Say at least one word that has to occur.",
                )


# --- silence and escalation ---------------------------------------------------------------------------------


def closing_moments(policy: Policy) -> Found:
    for n, rule in enumerate(policy.closing_rules):
        path = f"closing_rules[{n}]"
        if rule.after <= ZERO:
            yield _negative(f"{path}.after")
        if rule.gap < ZERO:
            yield _negative(f"{path}.gap")
        for m, reminder in enumerate(rule.reminders):
            if reminder <= ZERO:
                yield _negative(f"{path}.reminders[{m}]")
            if reminder >= rule.after:
                yield _error(
                    f"{path}.reminders[{m}]",
                    "O lembrete viria depois do fim.",
                    "The reminder would come after the close.",
                )
            if m and reminder <= rule.reminders[m - 1]:
                yield _error(
                    f"{path}.reminders[{m}]", "Em ordem crescente.", "Reminders stand in rising order."
                )
        if not rule.reminders:
            yield _warning(
                f"{path}.reminders", "O cliente não é avisado antes.", "The customer is not told before."
            )
        elif rule.gap > rule.after - max(rule.reminders):
            yield _warning(
                f"{path}.gap",
                "O último lembrete vem tão tarde que adia o encerramento.",
                "The last reminder comes so late that it puts off the close.",
            )


def escalation_steps(policy: Policy) -> Found:
    warned = {target.metric for target in policy.targets if target.warnings}
    timed = {target.metric for target in policy.targets if target.duration is not None or target.days}
    for n, step in enumerate(policy.escalation):
        path = f"escalation[{n}]"
        if step.after < ZERO:
            yield _negative(f"{path}.after")
        if not (step.notify or step.raise_priority or step.assign_team or step.add_teams):
            yield _error(path, "O passo não faz nada.", "The step does nothing.")
        rings = warned if step.on == "warning" else timed
        if not rings or (step.metrics and rings.isdisjoint(step.metrics)):
            yield _warning(path, "Nenhuma meta leva a este passo.", "No target leads to this step.")
    if timed and not any(step.on == "breach" for step in policy.escalation):
        yield _warning(
            "escalation", "Uma quebra de prazo não avisa ninguém.", "A broken deadline tells nobody."
        )


def attachment_limits(policy: Policy) -> Found:
    for n, rule in enumerate(policy.attachments):
        for name in ("max_bytes", "per_message", "videos_per_message", "video_seconds"):
            value = getattr(rule, name)
            if value is not None and value < 0:
                yield _negative(f"attachments[{n}].{name}")
        for m, kind in enumerate(rule.kinds):
            if not re.fullmatch(r"[\w.+-]+/(\*|[\w.+-]+)", kind):
                yield _error(
                    f"attachments[{n}].kinds[{m}]",
                    f"“{kind}” não é um tipo MIME.",
                    f"“{kind}” is no MIME type.",
                )


# --- agreements ---------------------------------------------------------------------------------------------


def agreements(policy: Policy) -> Found:
    """What is sold has a price in a currency; what is asked for has a topic; budgets have hours (SL07, SL09, SL10)."""
    for name in ("night_rate", "work_rate"):
        if getattr(policy, name) < 0:
            yield _negative(name)
    if (policy.night_rate or policy.work_rate) and not policy.currency:
        yield _error("currency", "Um preço precisa de uma moeda.", "A rate needs a currency.")
    if policy.currency and get_currency_precision(policy.currency) != 2:
        yield _error("currency", "Use uma moeda com centavos.", "Use a currency that has hundredths.")
    elif policy.currency and not is_currency(policy.currency):
        yield _error(
            "currency", f"Moeda desconhecida: {policy.currency}.", f"Unknown currency: {policy.currency}."
        )
    if policy.quote_valid <= ZERO:
        yield _negative("quote_valid")
    if policy.meeting_lead is not None and policy.meeting_lead < ZERO:
        yield _negative("meeting_lead")
    topics = tuple(topic.key for topic in policy.topics)
    for name in ("meeting_topic", "training_topic"):
        yield from _each(name, (getattr(policy, name),) if getattr(policy, name) else (), topics)
        if getattr(policy, name) and policy.meeting_lead is None:
            yield _error("meeting_lead", "Diga a antecedência mínima.", "Say how long ahead at least.")
    for n, budget in enumerate(policy.budgets):
        yield from _each(f"budgets[{n}].kind", (budget.kind,), HOUR_KINDS)
        yield from _each(f"budgets[{n}].per", (budget.per,), PERIODS)
        yield from _each(f"budgets[{n}].plans", budget.plans, (plan.key for plan in policy.plans))
        if budget.hours <= ZERO:
            yield _negative(f"budgets[{n}].hours")


# --- conditions ---------------------------------------------------------------------------------------------


def covers(first: Condition, second: Condition) -> bool:
    """Does `first` match everything that `second` matches? (True is certain; False may be caution.)"""
    for name in ("channels", "plans", "priorities", "topics", "situations", "words"):
        wide, narrow = getattr(first, name), getattr(second, name)
        if wide and not (narrow and set(narrow) <= set(wide)):
            return False
    for name in ("channels", "plans", "topics"):
        unwanted = set(getattr(first, f"except_{name}")) - set(getattr(second, f"except_{name}"))
        wanted = set(getattr(second, name))
        if unwanted and not (wanted and unwanted.isdisjoint(wanted)):
            return False
    return all(
        set(getattr(first, name)) <= set(getattr(second, name))
        for name in ("except_situations", "except_words")
    )


def _never(condition: Condition) -> tuple[str, str] | None:
    for name in ("channels", "plans", "topics", "situations", "words"):
        wanted, unwanted = set(getattr(condition, name)), set(getattr(condition, f"except_{name}"))
        if wanted and wanted <= unwanted:
            return (
                f"“{name}” e “except_{name}” se contradizem: nunca se aplica.",
                f"“{name}” and “except_{name}” contradict each other: it never applies.",
            )
    return None


def _conditions(policy: Policy) -> Iterator[tuple[str, Condition]]:
    for name in ("targets", "scope_rules", "closing_rules", "escalation"):
        for n, part in enumerate(getattr(policy, name)):
            yield f"{name}[{n}].when", part.when


def _unreachable(path: str, cover: str, *, alike: bool) -> Problem:
    if alike:
        return _error(
            path,
            f"Contradiz “{cover}”: as mesmas condições, e só a primeira vale.",
            f"Contradicts “{cover}”: the same conditions, and only the first counts.",
        )
    if cover:
        return _error(
            path,
            f"Nunca se aplica: “{cover}”, acima, já vale para tudo isto.",
            f"Never applies: “{cover}” above it already takes all of this.",
        )
    return _error(
        path,
        "Nunca se aplica: o que está acima, ou os canais e planos, não lhe deixam nada.",
        "Never applies: what stands above it, or the channels and plans, leave it nothing.",
    )


def _negative(path: str) -> Problem:
    return _error(path, "Deve ser maior que zero.", "Has to be greater than zero.")


def _zone_exists(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        return False


CHECKS: tuple[Callable[[Policy], Found], ...] = (
    complete,
    keys,
    references,
    names,
    figures,
    doors,
    possible_calendars,
    target_figures,
    reachable_targets,
    same_promise_everywhere,
    reachable_rules,
    consistent_scope,
    closing_moments,
    escalation_steps,
    attachment_limits,
    emergency_alerts,
    agreements,
    translations,
)
