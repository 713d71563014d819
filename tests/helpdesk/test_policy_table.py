"""docs/policies.md, the table of all promises: what it names is there. Pure: no database.

A line is "| row | promise | where an admin sets it | where it shows | what proves it |". Read from it: **Menu > Item** of
the admin's side bar, `/addresses/` of a tenant's host, `fields.of.the.policy`, and `tests/file.py`: `test_names`.
"""

import ast
import dataclasses
import functools
import re
import typing
from difflib import get_close_matches

import pytest
from django.urls import Resolver404, resolve

from helpdesk.bootstrap import ROOT
from policies.admin.navigation import GROUPS
from policies.document import Policy

TABLE = "docs/policies.md"
IDS = """
ZP01 ZP02 ZP03 ZP04 ZP05 ZP06 ZP07 ZP08 ZP09
ZM01 ZM02 ZM03 ZM04 ZM05 ZM06 ZM07
CH01 CH02 CH03 CH04 CH05 CH06 CH07 CH08 CH09 CH10
TD01 TD02 TD03 TD04 TD05 TD06 TD07 TD08 TD09 TD10 TD11 TD12 TD13 TD14 TD15 TD16 TD17 TD18 TD19
SL01 SL02 SL03 SL04 SL05 SL06 SL07 SL08 SL09 SL10 SL11 SL12
"""
ROWS = IDS.split()
COLUMNS = ("row", "promise", "set", "shown", "proved")


@functools.cache
def table():
    """{row id: {column: its text}}."""
    lines = [
        line for line in (ROOT / TABLE).read_text().splitlines() if re.match(r"\| *[A-Z]{2}\d\d *\|", line)
    ]
    found = [
        dict(zip(COLUMNS, (cell.strip() for cell in line.strip()[1:-1].split("|")), strict=True))
        for line in lines
    ]
    assert len({line["row"] for line in found}) == len(found), "a row stands twice"
    return {line["row"]: line for line in found}


def quoted(text):
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def proofs(row):
    """[(file, test)] of a row, as the table names them: a file, then its tests."""
    found, file = [], None
    for said in quoted(table()[row]["proved"]):
        if said.endswith(".py"):
            file = said
        else:
            found.append((file, said))
    return found


@functools.cache
def functions_of(file):
    """The names of a file's test functions; of a file that is gone, none."""
    path = ROOT / file
    tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


@functools.cache
def everywhere():
    """{test: the files that have it}, to say where a lost one has gone."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in functions_of(str(path.relative_to(ROOT))):
            found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    return found


@functools.cache
def policy_fields():
    """All names by which a policy's parts are written: "who_may_ask", "targets.duration", "scope_rules.when.words"."""
    return set(_fields(Policy, ""))


def _fields(part, before):
    hints = typing.get_type_hints(part)
    for field in dataclasses.fields(part):
        name, hint = f"{before}{field.name}", hints[field.name]
        yield name
        for inner in (hint, *typing.get_args(hint)):
            if dataclasses.is_dataclass(inner):
                yield from _fields(inner, f"{name}.")


def lost(row, file, name):
    """What to do about a test that the table names and the tests do not have."""
    if file is None:
        return f"{row}: name the file before {name}"
    if moved := everywhere().get(name):
        return f"{row}: {name} is not in {file} but in {', '.join(moved)}: say so in {TABLE}"
    alike = get_close_matches(name, everywhere(), n=2, cutoff=0.6)
    hint = f" (renamed to {' or '.join(alike)}?)" if alike else ""
    return f"{row}: {file} has no {name}{hint}: mend {TABLE}"


# --- the table


def test_every_row_of_the_five_policies_has_its_line():
    assert len(ROWS) == 57
    assert list(table()) == ROWS


def test_no_cell_is_empty():
    assert not [(row, column) for row, line in table().items() for column in COLUMNS if not line[column]]


def test_every_test_that_is_named_exists():
    gone = [
        lost(row, file, name)
        for row in table()
        for file, name in proofs(row)
        if file is None or name not in functions_of(file)
    ]
    assert not gone, "\n".join(["", *gone])


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_proved_by_a_test_that_bears_its_name(row):
    bearing = [name for _file, name in proofs(row) if row.lower() in name.split("_")]
    assert bearing, f"{TABLE}, {row}: name a test called test_{row.lower()}_..., beside {proofs(row)}"


def test_every_row_says_where_in_the_admin_it_is_set():
    assert not [row for row, line in table().items() if not re.search(r"\*\*.+?\*\* .*`/admin/", line["set"])]


def test_every_menu_that_is_named_is_in_the_side_bar():
    there = {f"{group} > {item}" for group, items in GROUPS for item, _icon, _url in items}
    named = [
        (row, menu) for row, line in table().items() for menu in re.findall(r"\*\*(.+?)\*\*", line["set"])
    ]
    assert not [(row, menu) for row, menu in named if menu not in there]


def test_every_address_leads_somewhere():
    """What takes any address - the last lines of the admin and of the API - has no name."""
    nowhere = []
    for row, line in table().items():
        for address in quoted(line["set"] + line["shown"]):
            if not address.startswith("/"):
                continue
            try:
                found = resolve(address.partition("?")[0], urlconf="helpdesk.urls")
            except Resolver404:
                found = None
            if found is None or not found.url_name:
                nowhere.append((row, address))
    assert not nowhere


def test_every_field_of_the_policy_that_is_named_exists():
    named = [
        (row, said)
        for row, line in table().items()
        for said in quoted(line["set"])
        if not said.startswith("/")
    ]
    assert not [(row, said) for row, said in named if said not in policy_fields()]
