"""SECRET_KEY has changed, so that a door's secrets can be read no longer: everybody is told what to do, and nothing is lost."""

import pytest

from tests.intake_messengers.test_doors_admin import SMS, WHATSAPP, add
from tickets.intake import polling
from tickets.intake.models import Door

SAID = "What was kept here can be read no longer"


@pytest.fixture
def dora(desk_of, client_for, person, settings):
    """Her browser; `lost()` changes the key, and signs her in anew."""
    tenant = desk_of("suporte-leiloes")
    made = client_for(tenant, person("dora"))

    def lost():
        Door.objects.update(secrets=sealed_by_another(settings))
        return client_for(tenant, person("dora"))

    made.lost, made.tenant = lost, tenant
    return made


def sealed_by_another(settings):
    """What this tenant's door has kept under the key of before."""
    now, settings.SECRET_KEY = settings.SECRET_KEY, "the key of before"
    door = Door()
    door.keep_secrets({"access_token": "old", "app_secret": "old", "password": "old"})
    settings.SECRET_KEY = now
    return door.secrets


def test_the_form_of_such_a_door_asks_for_its_secrets_again(dora):
    typed = WHATSAPP | {"address": "+55 38 99950-7998"}
    add(dora, typed)
    door = Door.objects.get()
    dora.lost()
    page = dora.get(f"/admin/intake/door/{door.pk}/change/")
    assert page.status_code == 200
    assert page.content.decode().count(SAID) == 3, "at each of its secrets"
    missing = dora.post(f"/admin/intake/door/{door.pk}/change/", typed | {"app_secret": ""})
    assert set(missing.context["adminform"].form.errors) == {"app_secret"}
    assert dora.post(f"/admin/intake/door/{door.pk}/change/", typed).status_code == 302
    door.refresh_from_db()
    assert door.read_secrets() == {
        "access_token": "EAAG-token",
        "app_secret": "s3cret",
        "verify_token": "my words",
    }
    assert SAID not in dora.get(f"/admin/intake/door/{door.pk}/change/").content.decode()


@pytest.mark.parametrize(
    "fields", [WHATSAPP | {"address": "+55 38 99950-7998"}, SMS], ids=["whatsapp", "sms"]
)
def test_its_web_hook_says_that_it_cannot_take_anything_now(dora, client_for, fields):
    """503: the provider tries again later."""
    add(dora, fields)
    door = Door.objects.get()
    key = door.new_hook_key()
    door.save()
    dora.lost()
    refused = client_for(dora.tenant).post(
        f"/hooks/{door.kind}/{key}/", b"{}", content_type="application/json"
    )
    assert (refused.status_code, refused["Content-Type"]) == (503, "application/problem+json")
    assert "entered again" in refused.json()["detail"]


def test_a_mailbox_is_passed_over_with_the_reason_and_the_next_one_is_looked_at(dora, monkeypatch):
    from tests.intake_messengers.conftest import MONDAY_8

    config = {"host": "127.0.0.1", "port": 1}
    unreadable = Door.objects.create(
        kind="imap", name="A", address="a@a.example", channel="email", config=config
    )
    dora.lost()
    readable = Door(kind="imap", name="B", address="b@a.example", channel="email", config=config)
    readable.keep_secrets({"password": "p"})
    readable.save()
    assert polling.poll_due(MONDAY_8) == 0
    unreadable.refresh_from_db()
    readable.refresh_from_db()
    assert "SECRET_KEY" in unreadable.last_error
    assert (readable.polled_at, bool(readable.last_error)) == (MONDAY_8, True)
    assert "SECRET_KEY" not in readable.last_error
    works, told = polling.tried(unreadable)
    assert (works, "SECRET_KEY" in told) == (False, True)
