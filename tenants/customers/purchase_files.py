"""A file of purchases as spreadsheets write it: its encoding, its separator, its headings and its rows. Without database.

`read` gives every row, those with faults too: whoever imports sees each line and what is wrong with it. Only a file
that cannot be read as a table at all is refused whole (`Unreadable`).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

MOST_ROWS, MOST_BYTES = 10_000, 5_000_000
LONGEST = {"number": 80, "email": 254, "product": 200, "plan": 60}
HEADINGS = {
    "number": "number numero n no licenca licence license numero_da_licenca licence_number license_number pedido order "
    "numero_do_pedido order_number codigo code chave",
    "email": "email e_mail mail email_da_compra e_mail_da_compra endereco_de_e_mail endereco_de_email purchase_email",
    "product": "product produto",
    "plan": "plan plano",
    "valid_until": "valid_until valido_ate valida_ate validade vencimento vence_em expira_em expires expires_on expiry",
    "is_active": "active is_active ativo ativa status situacao",
}
NEEDED = ("number", "email")
YES = frozenset(["sim", "s", "yes", "y", "true", "verdadeiro", "1", "x", "ativo", "ativa", "active"])
NO = frozenset(
    [
        "nao",
        "n",
        "no",
        "false",
        "falso",
        "0",
        "inativo",
        "inativa",
        "inactive",
        "cancelado",
        "cancelada",
        "cancelled",
        "canceled",
    ]
)
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@")


class Unreadable(ValueError):
    """This is no table of purchases; the words say why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `given` holds only the columns that the file has; `wrong` what keeps the line out."""

    line: int
    given: dict[str, Any]
    wrong: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        return str(self.given.get("number", ""))


def read(content: bytes) -> list[Row]:
    """The rows of a CSV file in UTF-8, UTF-16 or Windows-1252, separated by ; , or tabs. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 5 MB. Please split it."))
    text = decoded(content)
    first, _rest, after = text.lstrip("\r\n").partition("\n")
    if re.fullmatch(
        r'"?sep=.?"?', first.strip(), re.IGNORECASE
    ):  # a line that only tells Excel the separator
        text = after
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=False)
    try:
        return list(_rows(lines))
    except csv.Error as error:
        message = _("The file cannot be read from line %(line)s on: %(why)s.")
        raise Unreadable(message % {"line": lines.line_num, "why": error}) from None


def decoded(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Unreadable(_("This is not a CSV file. In the spreadsheet, choose Save as, CSV."))
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(_("The file’s letters cannot be read. Save it as CSV in UTF-8."))


def separator(text: str) -> str:
    """The one that stands most often in the heading line, outside quotation marks."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", heading)
    return max(";,\t", key=bare.count)


def _rows(lines: Iterator[list[str]]) -> Iterator[Row]:
    columns: list[str] | None = None
    count = 0
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _columns(cells)
            continue
        count += 1
        if count > MOST_ROWS:
            raise Unreadable(_("The file has more than 10,000 rows. Please split it."))
        yield _row(lines.line_num, columns, cells)  # type: ignore[attr-defined]
    if columns is None:
        raise Unreadable(_("The file is empty."))
    if not count:
        raise Unreadable(_("The file has headings, and no rows."))


def _columns(cells: list[str]) -> list[str]:
    found = [_column(cell) for cell in cells]
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise Unreadable(
            _("A column is missing: %(missing)s. The first line must name the columns; it says: %(found)s.")
            % {"missing": ", ".join(missing), "found": ", ".join(cell.strip()[:40] for cell in cells[:12])}
        )
    twice = [name for name in HEADINGS if found.count(name) > 1]
    if twice:
        raise Unreadable(_("Two columns are called alike: %(names)s.") % {"names": ", ".join(twice)})
    return found


def _column(heading: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", plainly(heading)).strip("_")
    return next((name for name, known in HEADINGS.items() if plain in known.split()), "")


def plainly(text: str) -> str:
    """Without case and accents: "Válido até" -> "valido ate"."""
    apart = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _row(line: int, columns: list[str], cells: list[str]) -> Row:
    given: dict[str, Any] = {}
    wrong: list[str] = []
    if any(cell.strip() for cell in cells[len(columns) :]):
        wrong.append(_("There are more cells than headings: is a separator inside a text?"))
    for name, cell in zip(columns, [*cells, *[""] * len(columns)], strict=False):
        if not name:
            continue
        try:
            given[name] = _value(name, cell.strip())
        except ValueError as fault:
            given[name] = cell.strip()[:80] if name in LONGEST else None
            wrong.append(str(fault))
    return Row(line, given, tuple(wrong))


def _value(name: str, cell: str) -> Any:
    if name == "valid_until":
        return _day(cell)
    if name == "is_active":
        return _truth(cell)
    if cell.startswith(RUN_BY_SPREADSHEETS):
        raise ValueError(_("“%(cell)s” would be run as a formula by a spreadsheet.") % {"cell": cell[:40]})
    if any(unicodedata.category(sign) == "Cc" for sign in cell):
        raise ValueError(_("There is a line break or another control character inside a cell."))
    if len(cell) > LONGEST[name]:
        raise ValueError(
            _("“%(cell)s…” is longer than %(most)s characters.") % {"cell": cell[:40], "most": LONGEST[name]}
        )
    if name == "number" and not cell:
        raise ValueError(_("The number is missing."))
    return _address(cell) if name == "email" else cell


def _address(cell: str) -> str:
    if not cell:
        raise ValueError(_("The e-mail is missing."))
    try:
        validate_email(cell)
    except ValidationError:
        raise ValueError(_("“%(cell)s” is no e-mail address.") % {"cell": cell[:80]}) from None
    return cell.lower()


def _day(cell: str) -> date | None:
    """2027-12-31, 31/12/2027, 31.12.2027; a time after it is left out."""
    if not cell:
        return None
    cell = re.split(r"[T ]", cell)[0]
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", cell):
        year, month, day = match.groups()
    elif match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", cell):
        day, month, year = match.groups()
    else:
        raise ValueError(_("“%(cell)s” is no date: write 2027-12-31 or 31/12/2027.") % {"cell": cell[:40]})
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(_("There is no such day: %(cell)s.") % {"cell": cell}) from None


def _truth(cell: str) -> bool:
    said = plainly(cell)
    if said in YES or not said:
        return True
    if said in NO:
        return False
    raise ValueError(_("“%(cell)s” is neither active nor inactive: write yes or no.") % {"cell": cell[:40]})
