"""A file of purchases against the register: what each row would do, and, once an admin confirms it, done.

Nothing of the file is in the register before `write`. What `write` does is judged anew inside its transaction, so that
it is right also when the register changed since the preview; it happens once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenants.customers import register
from tenants.customers.models import Licence, LicenceImport
from tenants.customers.purchase_files import Row, plainly, read
from tenants.people.models import User

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
FIELDS = ("email", "product", "plan", "valid_until", "is_active")


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a row. `what`: in words, what changes or why it is refused."""

    row: Row
    state: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Plans:
    """`keys`: how a plan may be called, without case and accents -> its key; `names`: its key -> how its reader calls it."""

    keys: Mapping[str, str]
    names: Mapping[str, str]

    def key_of(self, said: str) -> str | None:
        return self.keys.get(plainly(said))

    def named(self, key: str) -> str:
        return self.names.get(key) or key


def judge(rows: Sequence[Row], plans: Plans) -> list[Judged]:
    """Each row by what is in the register."""
    known = Licence.objects.in_bulk([row.number for row in rows], field_name="number")
    accounts = register.accounts_among({licence.email for licence in known.values()})
    first: dict[str, int] = {}
    judged = []
    for row in rows:
        judged.append(_judge_one(row, known.get(row.number), accounts, plans, first.get(row.number)))
        first.setdefault(row.number, row.line)
    return judged


def _judge_one(
    row: Row, known: Licence | None, accounts: set[str], plans: Plans, earlier: int | None
) -> Judged:
    wrong = list(row.wrong)
    if earlier is not None and row.number:
        wrong.append(_("Line %(line)s has this number already.") % {"line": earlier})
    plan = row.given.get("plan", "")
    key = plans.key_of(plan)
    if plan and key is None:
        there = dict.fromkeys(plans.named(each) for each in plans.keys.values())
        wrong.append(
            _("There is no plan “%(plan)s”; there are: %(plans)s.")
            % {"plan": plan, "plans": ", ".join(there)}
        )
    elif plan:
        row = replace(row, given=row.given | {"plan": key})
    if known is not None and known.email in accounts and row.given.get("email") not in (known.email, ""):
        wrong.append(register.other_holder(known.number, known.email))
    if wrong:
        return Judged(row, REFUSED, " ".join(wrong))
    if known is None:
        said = [(name, row.given.get(name)) for name in FIELDS if name != "is_active"]
        words = [_said(name, value, plans) for name, value in said if value]
        if row.given.get("is_active") is False:
            words.append(f"{labels()['is_active']}: {_said('is_active', False, plans)}")
        return Judged(row, NEW, ", ".join(words))
    changes = [
        f"{label}: {_said(name, getattr(known, name), plans)} → {_said(name, row.given[name], plans)}"
        for name, label in labels().items()
        if name in row.given and getattr(known, name) != row.given[name]
    ]
    return Judged(row, CHANGED, "; ".join(changes)) if changes else Judged(row, SAME)


def labels() -> dict[str, Any]:
    return {name: Licence._meta.get_field(name).verbose_name for name in FIELDS}


def _said(name: str, value: Any, plans: Plans) -> str:
    if name == "plan" and value:
        return plans.named(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value == "":
        return "–"
    return str(value) if isinstance(value, str) else date_format(value, "SHORT_DATE_FORMAT")


def upload(name: str, content: bytes, *, by: User, at: datetime) -> LicenceImport:
    """Keep a readable file to be looked at; the uploader's earlier ones that nobody confirmed are set aside."""
    read(content)
    with transaction.atomic():
        LicenceImport.objects.filter(by=by, written_at=None).delete()
        return LicenceImport.objects.create(name=name[:200], content=content, by=by, at=at)


def preview(kept: LicenceImport, plans: Plans) -> list[Judged]:
    return judge(read(bytes(kept.content)), plans)


@transaction.atomic
def write(kept: LicenceImport, plans: Plans, *, by: User, at: datetime) -> LicenceImport:
    """What is new and changed goes into the register, once; the report of every row stays."""
    kept = LicenceImport.objects.select_for_update().get(pk=kept.pk)
    if kept.written_at is not None:
        return kept
    judged = preview(kept, plans)
    known = Licence.objects.in_bulk([one.row.number for one in judged], field_name="number")
    rows = []
    for one in judged:
        if one.state in (NEW, CHANGED):
            licence = known.get(one.row.number) or Licence()
            for name, value in one.row.given.items():
                setattr(licence, name, value)
            licence.pk = None
            rows.append(licence)
    Licence.objects.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=["number"],
        update_fields=[*FIELDS, "changed_at"],
    )  # fmt: skip
    kept.report = [[one.row.line, one.state, one.row.number, one.what] for one in judged]
    kept.content, kept.written_at, kept.by = b"", at, by
    kept.save(update_fields=["report", "content", "written_at", "by"])
    return kept
