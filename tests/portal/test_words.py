"""Moments, durations, weeks and messages as people read them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from sla.business_time import BusinessHours
from tickets import moments, weeks
from tickets.markdown import as_html
from tickets.templatetags.words import initials

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
HOURS, MINUTES, DAYS = (
    (lambda n: timedelta(hours=n)),
    (lambda n: timedelta(minutes=n)),
    (lambda n: timedelta(days=n)),
)


@pytest.fixture(autouse=True)
def _english_in_brazil():
    with translation.override("en"), timezone.override("America/Sao_Paulo"):
        yield


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "today 08:00"),
        (NOW + HOURS(17), "tomorrow 01:00"),
        (NOW - HOURS(9), "yesterday 23:00"),
        (NOW + DAYS(2), "Wed 25 Nov, 08:00"),
        (NOW + DAYS(60), "Fri 22 Jan 2027, 08:00"),
    ],
)
def test_a_moment_is_said_as_short_as_it_can_be(at, said):
    assert moments.near(at, NOW) == said


def test_the_calendars_zone_is_named_only_where_it_differs():
    assert moments.elsewhere(NOW, "America/Sao_Paulo") == ""
    assert moments.elsewhere(NOW, "Europe/Berlin") == "12:00 in Berlin"
    assert moments.elsewhere(NOW, "Asia/Tokyo") == "20:00 in Tokyo"
    assert moments.elsewhere(NOW + HOURS(6), "Asia/Tokyo") == "Tue 02:00 in Tokyo"
    assert moments.elsewhere(NOW, "") == ""


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (MINUTES(0), "0 minutes"),
        (timedelta(seconds=40), "40 seconds"),
        (MINUTES(1), "1 minute"),
        (MINUTES(90), "1 hour 30 minutes"),
        (HOURS(24), "24 hours"),
        (HOURS(72), "72 hours"),
        (DAYS(4), "4 days"),
        (DAYS(4) + HOURS(1), "4 days 1 hour"),
    ],
)
def test_durations(length, said):
    assert moments.lasting(length) == said


def test_targets_say_which_hours_count():
    assert moments.counted_time(HOURS(24), "business") == "24 business hours"
    assert moments.counted_time(MINUTES(30), "business") == "30 minutes in business hours"
    assert moments.counted_time(HOURS(24), "elapsed") == "24 hours"
    assert moments.counted_time(HOURS(0), "business_days", 1) == "1 business day"


@pytest.mark.parametrize(
    ("weekly", "said"),
    [
        ({d: [["08:00", "18:00"]] for d in ("mon", "tue", "wed", "thu", "fri")}, "Mon–Fri 8–18"),
        (
            {"mon": [["08:30", "12:00"], ["13:00", "18:00"]], "sat": [["09:00", "12:00"]]},
            "Mon 8:30–12, 13–18; Sat 9–12",
        ),
        (
            {d: [["00:00", "24:00"]] for d in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
            "round the clock, every day",
        ),
        ({"mon": [["08:00", "18:00"]], "wed": [["08:00", "18:00"]]}, "Mon 8–18; Wed 8–18"),
    ],
)
def test_weeks(weekly, said):
    assert weeks.in_words(BusinessHours.from_dict({"tz": "America/Sao_Paulo", "weekly": weekly})) == said


def test_the_sign_at_the_door():
    hours = BusinessHours.from_dict({"tz": "America/Sao_Paulo", "weekly": {"mon": [["08:00", "18:00"]]}})
    sign = weeks.sign_of(hours, NOW)
    assert (sign.is_open, sign.closes_at) == (True, NOW + HOURS(10))
    sign = weeks.sign_of(hours, NOW - MINUTES(1))
    assert (sign.is_open, sign.opens_at) == (False, NOW)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html,<script>)",
        "![a](https://tracker.example/pixel.png)",
        "<a href='https://x' onclick='y'>z</a>",
        'https://example.com/"onmouseover=alert(1)',
    ],
)
def test_messages_carry_no_script_and_no_picture(hostile):
    html = as_html(hostile)
    for tag in re.findall(r"<[^>]*>", html):
        assert re.fullmatch(r"</?(p|a|br)( href=\"https://[^\"]*\"| rel=\"[^\"]*\")*>", tag), tag


def test_messages_keep_lines_lists_and_addresses():
    assert as_html("one\ntwo") == "<p>one<br>\ntwo</p>\n"
    assert "<li>a</li>" in as_html("- a\n- b")
    link = as_html("See https://example.com/a_b?c=1&d=2.")
    assert 'href="https://example.com/a_b?c=1&amp;d=2"' in link
    assert link.rstrip().endswith("</a>.</p>")


def test_a_huge_nested_message_is_quick():
    assert as_html("> " * 50_000 + "x")
    assert as_html("<div>" * 100_000)


def test_initials():
    assert [initials(n) for n in ("Alice Moreira", "alice", "Ana Maria Braga", "", None)] == [
        "AM",
        "A",
        "AB",
        "?",
        "?",
    ]
