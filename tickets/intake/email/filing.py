"""A mail's words and files as a ticket keeps them: refused files never lose the text, pictures stay where they stood."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from policies import publishing
from policies.document import Policy
from tickets import attachments
from tickets.intake.email.mail import Mail
from tickets.intake.email.parts import File
from tickets.models import Message, Ticket

MOST_FILES = 40  # looked at; what is beyond is refused by number
SUBJECT_MARKS = re.compile(
    r"^(?:\s*(?:re|res|fwd?|enc|aw|wg|rv|tr|sv|odp|antw|отв|на)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
CID = re.compile(r'src="cid:([^"]{1,500})"')


def policy_for(ticket: Ticket) -> Policy:
    return publishing.policy_of(ticket.policy_version)


def policy_in_force(at: datetime) -> Policy:
    return publishing.policy_of(publishing.version_in_force(at))


def sorted_out(
    files: Sequence[File], policy: Policy, topic: str
) -> tuple[list[SimpleUploadedFile], list[str]]:
    """(what the policy's rule takes, a sentence for each file that it refuses, with the file's name)."""
    kept: list[SimpleUploadedFile] = []
    refused: list[str] = []
    for file in files[:MOST_FILES]:
        upload = SimpleUploadedFile(file.name, file.content, file.kind)
        upload.name = file.name  # as it is called, not as a file system would
        reasons = attachments.check([*kept, upload], policy, topic)
        if reasons or not file.content:
            why = " ".join(reasons) or _("It is empty.")
            refused.append(why if file.name in why else f"{file.name}: {why}")
        else:
            kept.append(upload)
    if len(files) > MOST_FILES:
        refused.append(_("%(count)s further files.") % {"count": len(files) - MOST_FILES})
    return kept, refused


def summary_of(mail: Mail) -> str:
    """The subject without "Re:"; the first words where there is none."""
    subject = SUBJECT_MARKS.sub("", mail.subject).strip()
    first = next((line.strip() for line in mail.text.splitlines() if line.strip()), "")
    return " ".join((subject or first or _("(without subject)")).split())[:200]


def body_of(mail: Mail, kept: Sequence[Any]) -> str:
    """The text; a mail without any says at least what came with it."""
    if mail.text.strip():
        return mail.text
    if mail.quoted.strip():
        return mail.quoted
    if kept:
        return _("(No text. Attached: %(names)s)") % {"names": ", ".join(file.name for file in kept)}
    return _("(A mail without text.)")


def place_pictures(message: Message, mail: Mail) -> None:
    """`cid:` addresses in the message's HTML become those of its own files; what is not there any more, its name."""
    if "cid:" not in message.html:
        return
    keys = dict(message.attachments.order_by("id").values_list("name", "pk"))
    by_cid = {
        file.content_id: keys[file.name] for file in mail.files if file.content_id and file.name in keys
    }

    def address(found: re.Match[str]) -> str:
        key = by_cid.get(html.unescape(found[1]))
        return f'src="/files/{key}/" loading="lazy"' if key else ""

    message.html = CID.sub(address, message.html)
    message.save(update_fields=["html"])


def name_refused(message: Message, refused: Sequence[str], at: datetime) -> None:
    """A line of the system behind the message: its readers know that something is missing, and why."""
    if not refused:
        return
    said = _("These files of the e-mail were not kept:") + "\n\n" + "\n".join(f"- {line}" for line in refused)
    Message.objects.create(
        ticket_id=message.ticket_id, kind=Message.Kind.SYSTEM, author=None, by_customer=False, body=said, at=at,
        delivered_at=at, key=f"{message.key}:files",
    )  # fmt: skip
