"""A company's report as a PDF, in a font that writes Latin and Cyrillic (DejaVu Sans, cut to these; fonts/LICENSE.txt)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from tickets.agreements.reports import Report
from tickets.agreements.telling import hours

FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu"


def pdf_of(report: Report, desk: str) -> bytes:
    """In the active language and zone."""
    page = FPDF(format="A4")
    page.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
    page.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
    page.set_title(f"{report.company.name} {report.first:%Y-%m}")
    page.set_margin(18)
    page.add_page()
    _line(page, desk, 10)
    _line(page, report.company.name, 20, "B")
    _line(page, _("Service report, %(month)s") % {"month": report.month}, 12)
    page.ln(4)
    _table(page, [
        (_("Requests opened"), str(report.opened)),
        (_("Requests solved"), str(report.resolved)),
        (_("Opened without a promised time"), str(report.unpromised)),
    ])  # fmt: skip
    _title(page, _("Promises"))
    _table(page, [(_("Promise"), pgettext("promises", "met"), pgettext("promises", "missed"), "%"), *(
        (line.name, str(line.met), str(line.missed), line.share) for line in report.lines
    )], head=True) if report.lines else _line(page, _("Nothing was due in this month."), 10)  # fmt: skip
    if report.missed:
        _title(page, _("Missed"))
        _table(page, [(_("Ticket"), _("Promise"), _("When")), *(
            (f"#{each.number} {each.summary}", each.name, date_format(localtime(each.due_at), "SHORT_DATETIME_FORMAT"))
            for each in report.missed
        )], head=True)  # fmt: skip
    if report.hours:
        _title(page, _("Hours of your plan"))
        _table(page, [(_("Kind of work"), _("used"), _("left")), *(
            (each.name, hours(each.used), hours(each.left)) for each in report.hours
        )], head=True)  # fmt: skip
    return bytes(page.output())


def _title(page: FPDF, text: str) -> None:
    page.ln(5)
    _line(page, text, 13, "B")


def _line(page: FPDF, text: str, size: int, style: str = "") -> None:
    page.set_font(FONT, style, size)
    page.multi_cell(0, size * 0.55, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _table(page: FPDF, rows: Sequence[Sequence[str]], *, head: bool = False) -> None:
    page.set_font(FONT, "", 9.5)
    widths = (3,) + (1,) * (len(rows[0]) - 1)
    with page.table(col_widths=widths, first_row_as_headings=head, borders_layout="HORIZONTAL_LINES",
                    text_align=("LEFT",) + ("RIGHT",) * (len(rows[0]) - 1)) as table:  # fmt: skip
        for row in rows:
            table.row(row)
