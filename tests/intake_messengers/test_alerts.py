"""An alert of an emergency by SMS: to who is on duty and has a number, with the link of the button (SL06)."""

from datetime import date

import pytest

from tenants.customers.models import Team
from tenants.people.models import User
from tickets import lifecycle
from tickets.duty.models import Alert, Rota
from tickets.models import Ticket

WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture
def desk(desk_of, gateway, open_door, clock, person):
    tenant = desk_of("suporte-leiloes")
    open_door(tenant, gateway, kind="sms", channel="other")
    rota = Rota.objects.create(
        team=Team.objects.get(key="support"),
        name="Plantão",
        weekly=WEEK,
        first_on=date(2026, 11, 2),
        at_once=2,
    )
    for position, name in enumerate(("bob", "grace")):
        rota.places.create(person=person(name), position=position)
    User.objects.filter(email="bob@example.com").update(phone="(38) 99999-1234")
    return tenant


def test_sl06_who_has_a_number_is_alerted_by_sms_too(desk, gateway, work, clock, person, client_for):
    clock.at = clock.at.replace(hour=2)  # Sunday 23:00 in Sao Paulo
    lifecycle.open_ticket(
        requester=person("alice"),
        summary="ERP fora do ar",
        body="Tudo parou.",
        emergencies=["server-down"],
        at=clock(),
    )
    work()
    [text] = gateway.texts_to("+5538999991234")
    assert "EMERGENCY" in text or "ERP fora do ar" in text
    assert "/duty/" in text
    alerts = Alert.objects.order_by("person__email")
    assert [alert.person.email for alert in alerts] == ["bob@example.com", "grace@example.com"]
    assert len(gateway.sent) == 1, "Grace has no number; her mail is on its way all the same"
    assert Ticket.objects.get().messages.count() == 1
