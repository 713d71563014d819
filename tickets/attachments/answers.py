"""A form that a script sends with its progress learns where to go next: a redirect would be followed unseen, fragment and all."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


class AnswersToScripts:
    """`X-Sent-By: script` turns a redirect into 204 with `X-Go-To`. Other answers, and other requests, stay as they are."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("X-Sent-By") != "script" or response.status_code not in (301, 302, 303):
            return response
        answer = HttpResponse(status=204)
        answer["X-Go-To"] = response["Location"]
        answer.cookies = response.cookies
        return answer
