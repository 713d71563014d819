"""Attachments: a right check on every request, and nothing that a browser would run."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from tenants.people.access import signed_in
from tickets.access import visible_to
from tickets.models import PICTURES, Attachment, Message

SHOWN_INLINE = set(PICTURES)


@signed_in
@require_GET
def attachment(request: HttpRequest, key: int) -> HttpResponse:
    """A file of a ticket that the person may see; files of internal notes are for agents."""
    files = Attachment.objects.filter(message__ticket__in=visible_to(request.user))
    if not request.user.is_agent:
        files = files.exclude(message__kind=Message.Kind.NOTE)
    return served(get_object_or_404(files, pk=key))


def served(file: Attachment) -> HttpResponse:
    """Pictures may show themselves; everything else is saved. Sandboxed, never sniffed, never cached by others."""
    inline = file.kind in SHOWN_INLINE
    if file.redacted_at is not None:
        raise Http404("The file was removed.")
    try:
        content = file.file.open()
    except FileNotFoundError as error:
        raise Http404("The file is gone.") from error
    response = FileResponse(
        content,
        as_attachment=not inline,
        filename=file.name,
        content_type=file.kind if inline else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
