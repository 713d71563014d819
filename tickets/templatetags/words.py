"""Words on pages: policy texts in the reader's language, moments in their zone, states in words and shapes.

{{ text|say }}  {{ body|markdown }}  {{ length|lasting }}  {{ person|initials }}
{% moment at %}  {% moment at tz=clock.tz %}  {% due clock.due_at %}  {% icon "clip" %}  {% state ticket %}
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput
from django.forms.widgets import CheckboxSelectMultiple, RadioSelect
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from policies import document
from tenants import moment as clock
from tickets import markdown as markup
from tickets import moments
from tickets.models import Attachment, Message

register = template.Library()

STATES = {  # the state's name for customers; agents read the same words, seen from their side, in the desk
    "new": lambda: pgettext("state", "Received"),
    "open": lambda: pgettext("state", "In progress"),
    "pending": lambda: pgettext("state", "Waiting for your answer"),
    "on_hold": lambda: pgettext("state", "Waiting for a third party"),
    "resolved": lambda: pgettext("state", "Solved"),
    "closed": lambda: pgettext("state", "Closed"),
}
DESK_STATES = {
    "new": lambda: pgettext("desk state", "New"),
    "open": lambda: pgettext("desk state", "Open"),
    "pending": lambda: pgettext("desk state", "Waiting for customer"),
    "on_hold": lambda: pgettext("desk state", "Waiting for third party"),
    "resolved": lambda: pgettext("desk state", "Resolved"),
    "closed": lambda: pgettext("desk state", "Closed"),
}


@register.filter
def say(text: document.Text | None) -> str:
    """A policy text in the active language (`policies.document.say`)."""
    return document.say(text or {}, get_language() or "en")


@register.filter
def markdown(text: str | None) -> SafeString:
    return markup.as_html(text or "")


@register.filter
def said(message: Message, files: Iterable[tuple[Attachment, str]] = ()) -> SafeString:
    """A message as it was formatted (sanitised when it came in), else its text. `files`: where this reader finds them."""
    if not message.html:
        return markup.as_html(message.body)
    shown = message.html
    for file, address in files:
        shown = shown.replace(f'src="/files/{file.pk}/"', f'src="{address}"')
    return mark_safe(shown)


@register.filter
def lasting(length: timedelta | None) -> str:
    return "" if length is None else moments.lasting(length)


@register.filter
def initials(name: object) -> str:
    words = str(name or "?").split("@")[0].split()
    return (
        "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper() or "?"
    )


@register.filter
def file_size(size: int) -> str:
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    rounded = f"{size / 1_000_000:.1f}".rstrip("0").rstrip(".")
    return f"{number_format(rounded)} MB"


@register.simple_tag(takes_context=True)
def server_now(context: template.Context) -> str:
    """The product's moment for the browser's countdowns: `at` of the view, else the demo's clock."""
    at = context.get("at")
    return (at if isinstance(at, datetime) else _now(context)).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.simple_tag(takes_context=True)
def moment(context: template.Context, at: datetime | None, tz: str = "") -> str:
    """A moment near enough to read, the calendar's zone named where it differs, the exact moment on hover."""
    return "" if at is None else time_tag(at, _now(context), tz)


def time_tag(at: datetime, now: datetime, tz: str = "") -> SafeString:
    there = moments.elsewhere(at, tz)
    said = moments.near(at, now) + (f" ({there})" if there else "")
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), moments.exact(at), said)


@register.simple_tag(takes_context=True)
def due(context: template.Context, at: datetime | None) -> str:
    """A live countdown: "in 23 minutes", "4 minutes ago"."""
    return "" if at is None else countdown(at, _now(context))


def countdown(at: datetime, now: datetime) -> SafeString:
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = moments.relative(at, now)
    return format_html(
        '<time data-due="{0}" datetime="{0}" title="{1}">{2}</time>', stamp, moments.exact(at), said
    )


def _now(context: template.Context) -> datetime:
    """`at` of the view; without it the clock is asked once a page. Error pages come here without a database."""
    at = context.get("at")
    if isinstance(at, datetime):
        return at
    if settings.TIME_TRAVEL and isinstance(context, RequestContext) and context.request is not None:
        if not hasattr(context.request, "moment_of_page"):
            context.request.moment_of_page = clock.now()
        return context.request.moment_of_page
    return timezone.now()


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name: str, classes: str = "icon", title: str = "") -> str:
    """A symbol of img/icons.svg. Beside words it is silent; alone it needs a `title`."""
    href = f"{static('img/icons.svg')}#{name}"
    if title:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><title>{}</title><use href="{}"/></svg>',
            classes,
            title,
            title,
            href,
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, href)


@register.simple_tag
def state(ticket_or_status: Any, classes: str = "", side: str = "customer") -> str:
    """The state in words, shape and colour: `{% state ticket %}`, `{% state ticket "pill" "desk" %}`."""
    status = str(getattr(ticket_or_status, "status", ticket_or_status))
    words = (DESK_STATES if side == "desk" else STATES)[status]()
    return format_html(
        '<span class="state {}" data-state="{}">{}{}</span>', classes, status, icon(status), words
    )


@register.simple_tag
@lru_cache(maxsize=100)  # addresses of files stay as they are while the process lives
def stylesheets(names: str) -> str:
    """One <link> a file of static/css, in order: `{% stylesheets "tokens base" %}`."""
    return format_html_join(
        "\n  ", '<link rel="stylesheet" href="{}">', ((static(f"css/{name}.css"),) for name in names.split())
    )


@register.simple_tag(takes_context=True)
def desk_languages(context: template.Context) -> list[tuple[str, str]]:
    """The desk's languages with their own names; on a host without a desk none."""
    desk = context.get("desk")
    names = dict(settings.LANGUAGES)
    return [(tag, str(names[tag])) for tag in (getattr(desk, "languages", None) or []) if tag in names]


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget with the design's class and its error named for screen readers."""
    attrs = {"class": f"control {field.field.widget.attrs.get('class', '')}".strip()}
    if isinstance(field.field.widget, CheckboxInput):
        attrs = {}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.auto_id}_error"}
    return field.as_widget(attrs=attrs)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choices(field: BoundField) -> bool:
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


@register.filter
def metric_name(metric: str) -> str:
    """A clock's name for customers."""
    return {
        "acknowledgement": _("Confirmation"),
        "first_response": _("First answer"),
        "next_response": _("Next answer"),
        "periodic_update": _("Next update"),
        "resolution": _("Solution"),
    }.get(metric, metric)
