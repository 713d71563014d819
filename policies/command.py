"""`manage.py policy explain` and `policy lint`, without Django: which options there are, what they mean, what is printed.

The management command (`management/commands/policy.py`) adds what needs a database: `tenant:SLUG`, load,
export, publish. A `UsageError` is one sentence for whoever typed the command; exit status 2.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from policies.calendars import hours_of, years_around
from policies.codec import DocumentError, load
from policies.document import CHANNELS, SITUATIONS, Policy
from policies.explanation import as_text, explain
from policies.facts import Facts
from policies.lint import errors, lint
from policies.packs import load_pack, pack_names

SOURCE_HELP = "pack:NAME (or only NAME), tenant:SLUG, or a file ending in .toml"


class UsageError(Exception):
    """What was asked for cannot be answered, in one sentence."""


# --- explain ------------------------------------------------------------------------------------------------


def add_explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help=SOURCE_HELP)
    parser.add_argument("--plan", default="", help="key of the customer's plan; default: the policy's first")
    parser.add_argument(
        "--priority", default="", help="key of the priority; default: the topic's or the policy's"
    )
    parser.add_argument(
        "--channel", default="", help="key of the channel; default: the first that opens tickets"
    )
    parser.add_argument("--topic", default="", help="key of the help topic")
    parser.add_argument("--text", default="", help="what the customer writes")
    parser.add_argument(
        "--situation", action="append", default=[], help=f"of {', '.join(SITUATIONS)}; repeatable"
    )
    parser.add_argument(
        "--at", default="", help="ISO 8601 moment of the request; without offset: in the policy's zone"
    )
    parser.add_argument("--language", default="en", help="language of the sentences; default: en")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def explain_source(options: dict[str, Any]) -> dict[str, Any]:
    """The answer for a pack or a file. UsageError for keys that the policy does not have."""
    policy = read_source(options["source"])
    at = moment_from(options["at"], policy)
    return explain(
        policy, facts_from(options, policy), at, hours_of(policy, years_around(at)), options["language"]
    )


def printed(explained: dict[str, Any], options: dict[str, Any]) -> str:
    if options["json"]:
        return json.dumps(explained, ensure_ascii=False, indent=2)
    return as_text(explained, options["language"])


def facts_from(options: dict[str, Any], policy: Policy) -> Facts:
    """The request that `options` describe. An undeclared channel is a fact, not a mistake: it opens no ticket."""
    _refuse_unknown("plan", [options["plan"]], [p.key for p in policy.plans])
    _refuse_unknown("priority", [options["priority"]], [p.key for p in policy.priorities])
    _refuse_unknown("channel", [options["channel"]], _channels(policy))
    _refuse_unknown("topic", [options["topic"]], [t.key for t in policy.topics])
    _refuse_unknown("situation", options["situation"], SITUATIONS)
    return Facts(
        channel=options["channel"],
        plan=options["plan"],
        priority=options["priority"],
        topic=options["topic"],
        text=options["text"],
        situations=frozenset(options["situation"]),
    )


def moment_from(written: str, policy: Policy) -> datetime:
    """The moment that `--at` says; now where it says nothing. Without offset it is read in the policy's zone."""
    if not written:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise UsageError(
            f"--at {written!r} is no moment: write it like 2026-11-23T08:00:00-03:00 (ISO 8601)."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(policy.tz))


# --- lint ---------------------------------------------------------------------------------------------------


def lint_report(policy: Policy, language: str = "en") -> tuple[list[str], bool]:
    """One line per problem, and whether the policy can be published."""
    problems = lint(policy)
    lines = [f"{p.severity}: {p.path}: {p.say(language)}" for p in problems]
    return lines, not errors(problems)


# --- sources ------------------------------------------------------------------------------------------------


def is_tenant(source: str) -> bool:
    return source.startswith("tenant:")


def read_source(source: str) -> Policy:
    """The policy of `pack:NAME`, a bare pack name, or a TOML file. UsageError, naming the packs, for anything else."""
    name = source.removeprefix("pack:")
    if name in pack_names():
        return load_pack(name)
    if source.startswith("pack:") or not source.endswith(".toml"):
        raise UsageError(f"There is no pack {name!r}; there are: {', '.join(pack_names())}.")
    return read_file(Path(source))


def read_file(path: Path) -> Policy:
    try:
        return load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8.") from None
    except DocumentError as error:
        raise UsageError(f"{path} is no policy: {error}.") from None


def _channels(policy: Policy) -> list[str]:
    return list(dict.fromkeys([*(c.key for c in policy.channels), *CHANNELS]))


def _refuse_unknown(option: str, keys: Iterable[str], legal: Iterable[str]) -> None:
    legal = list(legal)
    for key in keys:
        if key and key not in legal:
            listed = ", ".join(legal) or "none at all"
            raise UsageError(f"There is no {option} {key!r} here; there are: {listed}.")
