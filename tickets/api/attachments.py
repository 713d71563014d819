"""Files of a ticket: listed, and each fetched after a right check. They come in with the message that brings them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tickets.access import visible_to
from tickets.api import base
from tickets.api.fields import Moment, Paged
from tickets.api.pages import paged
from tickets.api.serializers import AttachmentShown
from tickets.api.tickets import ticket_of
from tickets.models import Attachment, Message
from tickets.portal.files import SHOWN_INLINE, served


class FileShown(AttachmentShown):
    message = serializers.IntegerField(source="message_id")
    at = Moment(source="message.at")


class Attachments(base.ApiView):
    area = "tickets"
    allowed = {"GET": base.anybody}

    @extend_schema(operation_id="attachments_list", parameters=[Paged], responses=paged(FileShown))
    def get(self, request: Request, number: int) -> Response:
        """The files of a ticket, oldest first. Files of notes are for agents."""
        asked = base.query(request, Paged)
        ticket = ticket_of(request, number)
        found = files_of(request).filter(message__ticket=ticket).select_related("message")
        return base.page(request, found, asked, show, newest_first=False)


class OneAttachment(base.ApiView):
    area = "tickets"
    allowed = {"GET": base.anybody}

    @extend_schema(
        operation_id="attachments_download",
        responses={
            (200, kind): OpenApiTypes.BINARY for kind in ("application/octet-stream", *sorted(SHOWN_INLINE))
        },
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """The file itself. Pictures come as what they are, anything else as bytes to be saved."""
        file = files_of(request).filter(pk=pk, message__ticket__in=visible_to(request.user)).first()
        if file is None:
            raise Http404("There is no such file.")
        return served(file)


def files_of(request: Request) -> QuerySet[Attachment]:
    found = Attachment.objects.all()
    return found if request.user.is_agent else found.exclude(message__kind=Message.Kind.NOTE)


def show(files: list[Attachment]) -> list[dict[str, Any]]:
    return FileShown(files, many=True).data
