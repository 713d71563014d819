"""A door for mail, and what becomes of a mail that comes through it."""

import pytest

from tests.intake_email.letters import AT


@pytest.fixture
def mailbox():
    """mailbox(address=..., kind="imap", channel="email"): an open door of the current tenant."""
    from tickets.intake.models import Door

    def opened(address="support@desk.example", kind="imap", channel="email", **config):
        return Door.objects.create(kind=kind, name=address, address=address, channel=channel, config=config)

    return opened


@pytest.fixture
def bring(mailbox):
    """bring(raw, at=..., door=...): the mail comes in and is worked off; its row."""
    from tickets.intake import storing, working
    from tickets.intake.email.copies import header_text, known_by
    from tickets.intake.models import Door, Inbound

    def brought(raw, at=AT, door=None):
        door = door or Door.objects.first() or mailbox()
        raw = raw if isinstance(raw, bytes) else raw.encode()
        row = storing.receive(door, external_id=known_by(header_text(raw)), raw=raw, at=at)
        working.work_off(at, 10)
        return (
            None
            if row is None
            else Inbound.objects.select_related("ticket", "message", "contact").get(pk=row.pk)
        )

    return brought
