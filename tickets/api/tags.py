"""ETag, If-None-Match, If-Match (RFC 9110, 8.8 and 13.1): whether a resource is still what the reader saw.

The tag is a digest of the representation, and so strong: it differs between roles and languages, as what they read does.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response


class Stale(APIException):
    status_code = 412
    default_detail = "It is no longer what you read: read it again, and decide again."


class NothingToCompare(APIException):
    status_code = 412
    default_detail = "What this address does has no state of before: leave If-Match out."


TAGS = r'^(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$'
LONGEST = 1000


def sent_tags(request: Request, header: str) -> list[str]:
    """The tags of If-Match or If-None-Match; [] where it was not sent. ValidationError for what is no list of tags."""
    sent = request.headers.get(header)
    if sent is None:
        return []
    if len(sent) > LONGEST or not re.match(TAGS, sent):
        raise ValidationError({header: ["Send tags as they came, in their quotes, or *."]})
    return parse_etags(sent)


def tag_of(representation: Any) -> str:
    digest = hashlib.sha256(JSONRenderer().render(representation)).hexdigest()
    return f'"{digest[:32]}"'


def tagged(request: Request, representation: Any, **said: Any) -> Response:
    """The representation with its tag; 304 where the reader has it already."""
    tag = tag_of(representation)
    known = sent_tags(request, "If-None-Match") if request.method in ("GET", "HEAD") else []
    if "*" in known or tag in {each.removeprefix("W/") for each in known}:
        response = Response(status=304)
    else:
        response = Response(representation, **said)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
    return response


def refuse_stale(wanted: list[str], representation: Any) -> None:
    """`wanted` is If-Match: one of its tags must be the present one. Weak tags never match."""
    if "*" not in wanted and tag_of(representation) not in wanted:
        raise Stale()
