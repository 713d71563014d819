"""What is said in a ticket: the thread, replies, and notes for agents."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.moment import now
from tickets import lifecycle
from tickets.api import base, requests, serializers
from tickets.api.fields import Paged
from tickets.api.pages import paged
from tickets.api.tickets import idempotency_key, refuse_other_use, ticket_of, ticket_state
from tickets.api.uploads import Form
from tickets.masking import masked
from tickets.models import Message


class Messages(base.ApiView):
    area = "tickets"
    state = ticket_state
    parser_classes = [base.Json, Form]
    allowed = {"GET": base.anybody, "POST": base.anybody}

    @extend_schema(
        operation_id="messages_list", parameters=[Paged], responses=paged(serializers.MessageShown)
    )
    def get(self, request: Request, number: int) -> Response:
        """The thread, oldest first. Notes are for agents."""
        asked = base.query(request, Paged)
        found = serializers.messages_of(ticket_of(request, number), request.user)

        def show(messages: list[Message]) -> list[dict[str, Any]]:
            return serializers.shown_messages(messages, request.user)

        return base.page(request, found, asked, show, newest_first=False)

    @extend_schema(
        operation_id="messages_write",
        request={"application/json": requests.NewMessage, "multipart/form-data": requests.NewMessageForm},
        responses={201: serializers.MessageShown},
    )
    def post(self, request: Request, number: int) -> Response:
        """Reply, or write a note. As a form it brings files. A customer's reply to what is history opens a ticket that continues
        it: see `ticket`. Files beyond the policy's rule are refused with 422, each in a sentence."""
        ticket = ticket_of(request, number)
        given = base.body(request, requests.NewMessage)
        key = idempotency_key(request, f"write:{ticket.pk}")
        said = {"author": request.user, "body": given["body"], "at": now(), "key": key}
        said["files"] = given.get("files", ())
        if given["kind"] == "note":
            message = lifecycle.add_note(ticket, **said)
        else:
            message = lifecycle.reply(ticket, finding=given["finding"], wait=given["wait"], **said)
        same = message.body in (given["body"], masked(given["body"]).text) and (
            message.kind == Message.Kind.NOTE
        ) == (given["kind"] == "note")
        refuse_other_use(key, same)
        found = serializers.messages_of(message.ticket, request.user).get(pk=message.pk)
        return Response(serializers.shown_messages([found], request.user)[0], status=201)
