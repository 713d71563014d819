"""Files after the words of one notice: a receipt for the words, or one refused file, says nothing of the others."""

import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from notifications.delivery import standing_of
from notifications.models import Notification
from tests.fakes.cloud_api import CloudApi
from tickets import lifecycle
from tickets.intake.models import Sent
from tickets.models import Ticket

ALICE = "5511987654321"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + b"\0" * 64


class Choosy(CloudApi):
    """`wrong` answers the next files so: type -> error code, once each where it is the busy one."""

    def __init__(self, **more):
        super().__init__(**more)
        self.wrong = []

    def refusal_of(self, message):
        if message["type"] in ("image", "document") and self.wrong:
            return self.wrong.pop(0)
        return super().refusal_of(message)


@pytest.fixture
def cloud(outward, clock):
    with Choosy(clock=clock) as api:
        outward.append(api.port)
        yield api


@pytest.fixture
def desk(desk_of, cloud, open_door):
    tenant = desk_of("suporte-leiloes")
    tenant.door = open_door(tenant, cloud)
    return tenant


@pytest.fixture
def replied(desk, cloud, work, clock, person):
    """replied(*names): Alice has written, and Bob answers with these pictures; nothing is sent yet."""

    def reply(*names):
        cloud.says(ALICE, "Não abre")
        work()
        cloud.sent.clear()
        files = [ContentFile(PNG, name) for name in names]
        return lifecycle.reply(
            Ticket.objects.get(), author=person("bob"), body="Veja.", at=clock(), files=files
        )

    return reply


def kinds(cloud):
    return [message["type"] for message in cloud.sent]


def test_a_receipt_for_the_words_does_not_end_a_notice_whose_file_is_still_to_be_sent(
    replied, cloud, work, clock
):
    message = replied("tela.png")
    cloud.wrong = [130429]  # the file: busy
    work()
    notice = Notification.objects.get(kind="ticket_replied", channel="whatsapp")
    assert (kinds(cloud), notice.state) == (["text"], "pending")
    cloud.reports(cloud.sent[0]["id"], "delivered")
    work()
    notice.refresh_from_db()
    assert notice.state == "pending"
    [standing] = standing_of(message.ticket_id)[message.pk]
    assert standing.what == "waiting"
    clock.at += timedelta(seconds=11)
    work()
    notice.refresh_from_db()
    assert (kinds(cloud), notice.state) == (["text", "image"], "sent")


def test_words_whose_answer_was_lost_are_not_repeated_and_their_file_follows(replied, cloud, work, clock):
    replied("tela.png")
    cloud.silent = 1
    work()
    wamid = cloud.sent[0]["id"]
    cloud.reports(wamid, "sent")
    work()
    notice = Notification.objects.get(kind="ticket_replied", channel="whatsapp")
    assert (notice.state, notice.provider_id) == ("pending", wamid)
    assert Sent.objects.get(notice=notice).part == 0
    clock.at += timedelta(seconds=11)
    work()
    notice.refresh_from_db()
    assert (kinds(cloud), notice.state, notice.provider_id) == (["text", "image"], "sent", wamid)


def test_a_refused_file_is_named_and_the_others_are_sent(replied, cloud, work, person):
    replied("um.png", "dois.png")
    cloud.wrong = [131026, 0]  # the first is refused in words that would blame the recipient
    work()
    assert kinds(cloud) == ["text", "image"], "the second"
    notice = Notification.objects.get(kind="ticket_replied", channel="whatsapp")
    assert notice.state == "parked"
    assert notice.error.startswith("The words were sent; the file “um.png” was refused. WhatsApp: ")
    assert "dois.png" not in notice.error
    assert [report.what for report in notice.deliveries.all()] == ["rejected"]
    told = Notification.objects.get(kind="reply_bounced", person=person("bob"))
    assert "um.png" in json.dumps(told.words)
