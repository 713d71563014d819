"""Query sets that are compiled once: the ORM's words for what is asked, at about the price of a written statement.

    TICKET = Compiled(lambda: Ticket.objects.select_related("owner").filter(number=Given("number")))
    TICKET.all(number=42)

On a page of fifteen small reads, making the SQL anew costs Python more than the reads cost PostgreSQL. What is given stands
where a value stands (`pk=Given("pk")`), not in an `__in` and not in a prefetch; results are models, as of any query set, and
tuples where it ends in `values_list`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet, Value
from django.db.models.query import ModelIterable, get_related_populators

Row = TypeVar("Row", bound="Model | tuple[Any, ...]")


class Given(Value):
    """A value that is known only when a compiled query set is asked."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


class Compiled(Generic[Row]):
    """`build()` makes the query set, once, when it is first asked; threads may do so beside each other."""

    def __init__(self, build: Callable[[], QuerySet[Row]]) -> None:
        self.build = build
        self.plan: _Plan | None = None

    def all(self, **given: Any) -> list[Row]:
        plan = self.plan = self.plan or _Plan(self.build())
        params = [given[each.value] if isinstance(each, Given) else each for each in plan.params]
        with connection.preparing_cursor() as cursor:
            cursor.execute(plan.sql, params)
            return [plan.made_of(row) for row in plan.read(cursor.fetchall())]

    def first(self, **given: Any) -> Row | None:
        """The first of what is found: the query set says how many are asked for."""
        return next(iter(self.all(**given)), None)


class _Plan:
    """The statement, and how its rows become models: what django.db.models.query.ModelIterable finds out for every query."""

    def __init__(self, rows: QuerySet) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, self.params = compiler.as_sql()
        chosen, tree = compiler.select, compiler.klass_info
        self.converters = compiler.get_converters([each[0] for each in chosen]).items()
        self.model = tree["model"] if issubclass(rows._iterable_class, ModelIterable) else None
        if self.model is None:
            return
        columns = tree["select_fields"]
        self.own = slice(columns[0], columns[-1] + 1)
        self.names = [each[0].target.attname for each in chosen[self.own]]
        self.related = get_related_populators(tree, chosen, connection.alias)
        self.annotations = compiler.annotation_col_map

    def read(self, rows: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        if not self.converters:
            yield from rows
            return
        for row in map(list, rows):
            for position, (converters, expression) in self.converters:
                for converter in converters:
                    row[position] = converter(row[position], expression, connection)
            yield row

    def made_of(self, row: tuple[Any, ...]) -> Any:
        if self.model is None:
            return tuple(row)
        made = self.model.from_db(connection.alias, self.names, row[self.own])
        for each in self.related:
            each.populate(row, made)
        for name, position in self.annotations.items():
            setattr(made, name, row[position])
        return made
