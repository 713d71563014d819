"""PURE. A `Policy` as a plain dict, as canonical JSON and as canonical TOML, both ways, losslessly.

Guarantees: `load(dump(policy)) == policy` and `from_dict(to_dict(policy)) == policy` for every policy; equal
policies give equal text, equal JSON and equal fingerprints, whatever order their texts, days and teams were
kept in. What a reader could get wrong (an unknown key, a wrong type, a duration that is none) is refused with
the place where it stands.

A field that has its default is not written, with one exception that keeps meaning visible: where "none" is
something said (a target without a deadline, a ticket that may always be reopened) it is written as "none".
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from policies.document import SCHEMA_VERSION, Policy

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NONE = "none"


class DocumentError(ValueError):
    """It cannot be read. `path` is where, e.g. "targets[2].duration"; `message` is what, in one sentence."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


# --- whole policies -----------------------------------------------------------------------------------------


def dump(policy: Policy) -> str:
    """`policy` as canonical TOML."""
    return _toml(to_dict(policy))


def load(text: str) -> Policy:
    """The policy that TOML `text` says; DocumentError where it says none."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DocumentError("", f"this is not TOML: {error}") from None
    return from_dict(data)


def dump_json(policy: Policy) -> str:
    """`policy` as canonical JSON: sorted keys, no spaces. What `fingerprint` is taken of."""
    return json.dumps(to_dict(policy), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load_json(text: str) -> Policy:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise DocumentError("", f"this is not JSON: {error}") from None
    return from_dict(data)


def fingerprint(policy: Policy) -> str:
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits: the same content, the same fingerprint."""
    return hashlib.sha256(dump_json(policy).encode("utf-8")).hexdigest()


def to_dict(policy: Policy) -> dict[str, Any]:
    """`policy` as a plain dict in canonical order, with its `schema_version`: JSON-safe, TOML-safe."""
    languages = tuple(dict.fromkeys((policy.language, *policy.languages)))
    return {"schema_version": SCHEMA_VERSION, **encode(policy, languages)}


def from_dict(data: Mapping[str, Any]) -> Policy:
    """The policy of a plain dict of this schema version or an older one; DocumentError otherwise."""
    if not isinstance(data, Mapping):
        raise DocumentError("", f"a policy is a table, not {_kind(data)}")
    policy: Policy = decode(Policy, {k: v for k, v in upgrade(data).items() if k != "schema_version"}, "")
    return policy


# --- older schema versions ----------------------------------------------------------------------------------

UPGRADERS: list[Callable[[dict[str, Any]], dict[str, Any]]] = []
"""`UPGRADERS[n - 1]` lifts a dict of schema version n to n + 1."""


def upgrade(data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` in the current schema version. What is stored is never rewritten: it is lifted when it is read."""
    version = data.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DocumentError(
            "schema_version", f"say which version this is written in, for example {SCHEMA_VERSION}"
        )
    newest = len(UPGRADERS) + 1
    if version > newest:
        raise DocumentError("schema_version", f"{version} is newer than this program understands ({newest})")
    lifted = dict(data)
    for step in UPGRADERS[version - 1 :]:
        lifted = step(lifted)
    return lifted


# --- parts: dataclass <-> dict, by their type hints ---------------------------------------------------------


def encode(part: Any, languages: tuple[str, ...] = ()) -> dict[str, Any]:
    """One part (any dataclass of the document) as a plain dict. Texts have `languages` first, in order."""
    encoded = {}
    for each in fields(part):
        value = getattr(part, each.name)
        if value != _default(each):
            encoded[each.name] = _encode_value(value, languages)
    return encoded


def decode(kind: type, data: Any, path: str = "") -> Any:
    """The part of dataclass `kind` that `data` says. DocumentError names `path` and what is wrong there."""
    if not isinstance(data, Mapping):
        raise DocumentError(path, f"expected a table, not {_kind(data)}")
    hints = _hints(kind)
    for key in data:
        if key not in hints:
            raise DocumentError(_join(path, str(key)), _unknown(str(key), hints))
    values = {}
    for each in fields(kind):
        where = _join(path, each.name)
        if each.name in data:
            values[each.name] = _decode_value(hints[each.name], data[each.name], where)
        elif _default(each) is MISSING:
            raise DocumentError(where, "is missing")
    return kind(**values)


def _encode_value(value: Any, languages: tuple[str, ...]) -> Any:
    if value is None:
        return NONE
    if isinstance(value, timedelta):
        return write_duration(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return encode(value, languages)
    if isinstance(value, tuple | list):
        return [_encode_value(item, languages) for item in value]
    if isinstance(value, Mapping):
        named = [(k.isoformat() if isinstance(k, date) else k, v) for k, v in value.items()]
        ordered = sorted(named, key=lambda pair: _rank(pair[0], languages))
        return {key: _encode_value(item, languages) for key, item in ordered}
    return value


def _decode_value(hint: Any, value: Any, path: str) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType or origin is typing.Union:
        if value is None or (value == NONE and str not in args):
            return None
        return _decode_value(next(arg for arg in args if arg is not type(None)), value, path)
    if origin is tuple:
        return _decode_tuple(args, value, path)
    if origin is dict:
        if not isinstance(value, Mapping):
            raise DocumentError(path, f"expected a table, not {_kind(value)}")
        return {
            _decode_value(args[0], key, where): _decode_value(args[1], item, where)
            for key, item in value.items()
            for where in (_join(path, str(key)),)
        }
    if is_dataclass(hint):
        return decode(typing.cast(type, hint), value, path)
    if hint is timedelta:
        return read_duration(value, path)
    if hint is date:
        return _read_date(value, path)
    if type(value) is not hint:
        raise DocumentError(path, f"expected {_NAMES[hint]}, not {_kind(value)}")
    return value


def _decode_tuple(args: tuple[Any, ...], value: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise DocumentError(path, f"expected a list, not {_kind(value)}")
    if args[-1] is Ellipsis:
        return tuple(_decode_value(args[0], item, f"{path}[{n}]") for n, item in enumerate(value))
    if len(value) != len(args):
        raise DocumentError(path, f"expected {len(args)} values, not {len(value)}")
    return tuple(
        _decode_value(arg, item, f"{path}[{n}]")
        for n, (arg, item) in enumerate(zip(args, value, strict=True))
    )


def _rank(key: str, languages: tuple[str, ...]) -> tuple[int, str]:
    for order in (languages, WEEKDAYS):
        if key in order:
            return order.index(key), key
    return len(languages) + len(WEEKDAYS), key


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _default(each: Field[Any]) -> Any:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return each.default


_NAMES = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    return f"{_NAMES.get(type(value), type(value).__name__)} ({value!r})"


def _unknown(key: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(sorted(known))}"
    return f"unknown key {key!r}; {hint}"


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


# --- durations and dates ------------------------------------------------------------------------------------

_DURATION = re.compile(r"(-?)(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def write_duration(duration: timedelta) -> str:
    """Whole hours ("24h"), else minutes ("90m"), else seconds. Days are no unit of a clock (R20)."""
    seconds = int(duration.total_seconds())
    for size, unit in ((3600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def read_duration(value: Any, path: str = "") -> timedelta:
    """A duration as written by `write_duration`; also "1h30m", and "2d" for twice 24 hours."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise DocumentError(path, f'expected a duration such as "24h", "30m" or "90s", not {_kind(value)}')
    sign, days, hours, minutes, seconds = match.groups(default="0")
    try:
        length = timedelta(days=int(days), hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    except OverflowError:
        raise DocumentError(path, f"{value} is longer than any calendar") from None
    return -length if sign == "-" else length


def _read_date(value: Any, path: str) -> date:
    if type(value) is date:  # a bare TOML date
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise DocumentError(path, f'expected a date such as "2026-12-25", not {_kind(value)}')


# --- TOML: written for reading ------------------------------------------------------------------------------
#
# Things that have a key are tables of their own ([[targets]]); everything below them is a line with a dotted
# name (name.pt-br = "..."), so that a text is one line per language and a difference between two files shows
# one promise.


def _toml(data: Mapping[str, Any]) -> str:
    lines: list[str] = []
    _write_table(data, "", lines)
    return "\n".join(lines) + "\n"


def _write_table(data: Mapping[str, Any], name: str, lines: list[str]) -> None:
    tables = {key: value for key, value in data.items() if _is_list_of_keyed(value)}
    for key, value in data.items():
        if key not in tables:
            _write_line(_toml_key(key), value, lines)
    for key, items in tables.items():
        full = f"{name}.{_toml_key(key)}" if name else _toml_key(key)
        for item in items:
            lines += ["", f"[[{full}]]"]
            _write_table(item, full, lines)


def _write_line(name: str, value: Any, lines: list[str]) -> None:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            _write_line(f"{name}.{_toml_key(key)}", item, lines)
    elif isinstance(value, str) and "\n" in value:
        lines.append(f'{name} = """\n{_escape(value, keep_newlines=True)}"""')
    else:
        line = f"{name} = {_inline(value)}"
        if isinstance(value, list) and value and (len(line) > 110 or isinstance(value[0], Mapping)):
            line = "\n".join([f"{name} = [", *(f"  {_inline(item)}," for item in value), "]"])
        lines.append(line)


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return f'"{_escape(value)}"'
    if isinstance(value, list):
        return f"[{', '.join(_inline(item) for item in value)}]"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_toml_key(key)} = {_inline(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _is_list_of_keyed(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) and _has_key(v) for v in value)
    )


def _has_key(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("key"), str) or isinstance(item.get("metric"), str)


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{_escape(key)}"'


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def _escape(text: str, *, keep_newlines: bool = False) -> str:
    return "".join(
        char
        if keep_newlines and char == "\n"
        else _ESCAPES.get(char) or (f"\\u{ord(char):04X}" if ord(char) < 32 or ord(char) == 127 else char)
        for char in text
    )
