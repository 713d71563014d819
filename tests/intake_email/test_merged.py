"""Mail about a ticket that was merged: an answer to any of our mails lands in the ticket that it is a part of now (S10)."""

from datetime import timedelta

import pytest

from notifications.models import Notification
from tenants import links
from tenants.customers.models import Desk
from tests.intake_email.letters import AT, letter
from tickets import lifecycle
from tickets.models import Ticket


@pytest.fixture
def merged(desk_of, person):
    """Alice's ticket became a part of Erin's, on a desk that takes mail."""
    desk_of("360dialog")
    Desk.objects.update(reply_address="support@desk.example")
    source, target = (
        lifecycle.open_ticket(requester=person(who), summary="Old value", body="In the hub.", at=at).ticket
        for who, at in (("alice", AT - timedelta(hours=2)), ("erin", AT - timedelta(hours=1)))
    )
    lifecycle.merge(source, into=target, by=person("bob"), at=AT - timedelta(minutes=30), across=True)
    return source, target


def test_td16_an_answer_to_a_mail_about_the_source_lands_in_the_target(merged, person, bring):
    source, target = merged
    ours = f"<0123456789abcdef.{links.reply_token(source.pk)}@localhost>"
    row = bring(letter("It is still old.", subject="Re: Old value", In_Reply_To=ours))
    assert (row.state, row.ticket) == ("done", target)
    assert (row.message.body, row.message.author) == ("It is still old.", person("alice"))
    assert Ticket.objects.count() == 2
    assert Ticket.objects.get(pk=source.pk).status == "closed"


def test_td16_an_answer_to_the_notice_of_the_merge_lands_there_too(merged, bring):
    _source, target = merged
    notice = Notification.objects.get(kind="ticket_merged", address="alice@example.com")
    assert bring(letter("Fine.", subject="Re: yes", In_Reply_To=notice.message_id)).ticket == target


def test_td14_from_another_address_it_is_a_new_ticket_all_the_same(merged, bring):
    source, _target = merged
    ours = f"<0123456789abcdef.{links.reply_token(source.pk)}@localhost>"
    row = bring(letter("Me too.", sender="frank@example.com", In_Reply_To=ours))
    assert row.ticket.number == 3
