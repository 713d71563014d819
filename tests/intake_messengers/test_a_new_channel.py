"""To add a channel is a file and a line each way: here the file is this test, and the lines are its two `setitem`."""

import json

from django.http import HttpResponse

from notifications import channels
from notifications.channels.messenger import Messenger
from notifications.channels.short import short_text
from tickets import lifecycle
from tickets.intake import conversing, doors, storing
from tickets.intake.kind import DoorKind
from tickets.intake.models import Door
from tickets.models import Ticket

PIGEONS = []


class PigeonChannel(Messenger):
    def hand_over(self, account, notice, stationery):
        PIGEONS.append((account.address, notice.address, short_text(notice, stationery)))
        return f"pigeon-{len(PIGEONS)}"


def hear(request, door, at):
    told = json.loads(request.body)
    storing.receive(door, external_id=told["ring"], raw=request.body, at=at)
    return HttpResponse(status=200)


def handle(inbound, raw, at):
    told = json.loads(raw)
    return conversing.hear(inbound, conversing.Said(sender=told["from"], text=told["note"]), at)


KIND = DoorKind("Carrier pigeon", handle, hear, channels=("other",), address="phone")


def test_a_new_channel_is_a_file_and_a_line_each_way(tenant_a, client_for, person, work, clock, monkeypatch):
    monkeypatch.setitem(doors.KINDS, "pigeon", KIND)
    monkeypatch.setitem(channels.MESSENGERS, "pigeon", PigeonChannel)
    PIGEONS.clear()
    door = Door(kind="pigeon", name="Loft", address="+5538999507998", channel="portal")
    key = door.new_hook_key()
    door.save()
    told = {"ring": "BR-1", "from": "+5511987654321", "note": "My printer is on fire"}
    client = client_for(tenant_a)
    assert (
        client.post(f"/hooks/pigeon/{key}/", json.dumps(told), content_type="application/json").status_code
        == 200
    )
    work()
    ticket = Ticket.objects.get()
    assert ticket.summary == "My printer is on fire"
    lifecycle.reply(ticket, author=person("bob"), body="Pour water on it.", at=clock())
    work()
    assert [(ours, theirs) for ours, theirs, _ in PIGEONS] == [("+5538999507998", "+5511987654321")] * 2
    assert "Pour water on it." in PIGEONS[-1][2]
    assert ticket.messages.latest("pk").delivered_at is not None
    # The admin finds it among the kinds of doors, with a form of its own.
    dora = client_for(tenant_a, person("dora"))
    assert "Carrier pigeon" in dora.get("/admin/intake/door/add/").content.decode()
    assert dora.get("/admin/intake/door/add/?kind=pigeon").status_code == 200
