"""Many rows of one table in one statement: writes that wait until the end of a block, and reads that are made once in it.

Outside a block everything is written and read at once. Inside, nothing may read what the block itself has written, except
through the objects it holds; the block belongs inside one transaction, and writes nothing when it raises.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

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
        model._default_manager.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=sorted(block.fields[model]),
        )
    for (model, ignore_conflicts), rows in block.inserts.items():
        model._default_manager.bulk_create(rows, ignore_conflicts=ignore_conflicts)


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
