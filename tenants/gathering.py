"""Many rows of one table in one statement: writes that wait until the end of a block, and reads that are made once in it.

Outside a block everything is written and read at once. Inside, nothing may read what the block itself has written, except
through the objects it holds; the block belongs inside one transaction, and writes nothing when it raises.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

T = TypeVar("T")


@dataclass
class _Block:
    inserts: dict[tuple[type[Model], bool], list[Any]] = field(default_factory=dict)
    updates: dict[type[Model], dict[Any, Any]] = field(default_factory=dict)
    fields: dict[type[Model], set[str]] = field(default_factory=dict)
    read: dict[Hashable, Any] = field(default_factory=dict)


_block: ContextVar[_Block | None] = ContextVar("gathered writes", default=None)


@contextmanager
def gathered() -> Iterator[None]:
    """Write at the end of the block what is written in it."""
    block = _Block()
    token = _block.set(block)
    try:
        yield
    finally:
        _block.reset(token)
    for model, rows in block.updates.items():
        rewrite(model, rows.values(), block.fields[model])
    for (model, ignore_conflicts), rows in block.inserts.items():
        add(model, rows, ignore_conflicts=ignore_conflicts)


def is_gathering() -> bool:
    return _block.get() is not None


def insert(rows: Iterable[Model], *, ignore_conflicts: bool = False) -> None:
    """New rows of one model. `ignore_conflicts`: one that is there already stays as it is."""
    rows = list(rows)
    if not rows:
        return
    block, model = _block.get(), type(rows[0])
    if block is None:
        model._default_manager.bulk_create(rows, ignore_conflicts=ignore_conflicts)
    else:
        block.inserts.setdefault((model, ignore_conflicts), []).extend(rows)


def update(row: Model, fields: Iterable[str]) -> None:
    """These fields of a row that exists."""
    block = _block.get()
    if block is None:
        row.save(update_fields=list(fields))
    else:
        block.updates.setdefault(type(row), {})[row.pk] = row
        block.fields.setdefault(type(row), set()).update(fields)


def know(key: Hashable, value: Any) -> None:
    """What `once` will answer for this key in the block: read for many keys together."""
    block = _block.get()
    if block is not None:
        block.read[key] = value


def once(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` returns; inside a block it is asked once for each key."""
    block = _block.get()
    if block is None:
        return read()
    if key not in block.read:
        block.read[key] = read()
    return block.read[key]


# --- one statement for many rows --------------------------------------------------------------------------------------
# The rows travel as one JSON text: an array a column, which is what bulk_create sends, takes Python three times as long.


def add(model: type[Model], rows: Iterable[Model], *, ignore_conflicts: bool) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    _execute(
        f"INSERT INTO {model._meta.db_table} ({names}) SELECT {names} FROM {_ROWS.format(model._meta.db_table)}"
        + (" ON CONFLICT DO NOTHING" if ignore_conflicts else ""),
        rows,
        fields,
    )


def rewrite(model: type[Model], rows: Iterable[Model], names: Iterable[str]) -> None:
    """These fields of rows that exist."""
    fields = [model._meta.get_field(name) for name in sorted(names)]
    table, key = model._meta.db_table, model._meta.pk
    changes = ", ".join(f'"{field.column}" = given."{field.column}"' for field in fields)
    _execute(
        f"UPDATE {table} SET {changes} FROM {_ROWS.format(table)} WHERE {table}.{key.column} = given.{key.column}",
        rows,
        [key, *fields],
    )


_ROWS = "jsonb_populate_recordset(NULL::{0}, %s::jsonb) AS given"


def _execute(sql: str, rows: Iterable[Model], fields: list[Any]) -> None:
    columns = [(field.column, field.attname) for field in fields]
    given = [{column: getattr(row, name) for column, name in columns} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(given, default=_as_text, ensure_ascii=False)])


def _as_text(value: Any) -> str:
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.6f} seconds"
    return value.isoformat() if isinstance(value, date) else str(value)
