"""The page behind the mail's link: read and changed without signing in. A GET changes nothing: scanners click."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants.moment import now
from tenants.people import languages
from tickets.satisfaction import ratings
from tickets.satisfaction.forms import RatingForm
from tickets.satisfaction.models import Rating


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rating(request: HttpRequest, token: str) -> HttpResponse:
    at = now()
    found = ratings.opened_by(token, at)
    if found is None:
        response = render(request, "portal/link_expired.html", {"at": at}, status=410)
    else:
        person = found.ticket.requester
        with languages.reading(request, found.ticket.language, person.timezone):
            response = (
                _answered(request, found, at) if request.method == "POST" else _page(request, found, at)
            )
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answered(request: HttpRequest, rating: Rating, at: datetime) -> HttpResponse:
    form = RatingForm(request.POST)
    if form.is_valid():
        try:
            mask = ratings.rate(rating, at=at, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _("Thank you: your answer has arrived."))
            if mask.kinds:
                messages.warning(
                    request, _("Your comment held what looks like a password or a key: we masked it.")
                )
            return redirect(request.path)
    return _page(request, rating, at, form, status=422)


def _page(
    request: HttpRequest, rating: Rating, at: datetime, form: RatingForm | None = None, status: int = 200
) -> HttpResponse:
    if form is None:
        form = RatingForm(initial={"score": rating.score, "comment": rating.comment})
    context = {
        "at": at,
        "ticket": rating.ticket,
        "rating": rating,
        "form": form,
        "chosen": str(form["score"].value() or ""),
        "scale": [(str(score), words) for score, words in ratings.WORDS.items()],
        "is_open": rating.is_open(at),
    }
    return render(request, "portal/rating.html", context, status=status)
