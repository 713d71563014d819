"""Signing in and out, new passwords and invitations: alike for known and unknown, once, and in one tenant only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction

from notifications.models import Notification
from notifications.outbox import deliver
from notifications.people_pages import MAILS_PER_ACCOUNT, invite
from tenants import moment
from tenants.people import doors
from tenants.people.models import User

SIGN_IN, FORGOTTEN = "/account/sign-in/", "/account/forgotten/"
NEW = "a good long sentence"


def link_in(message):
    """The path of the first link of ours in a mail's text."""
    line = next(line for line in message.body.splitlines() if "/account/" in line)
    return line.partition(":8000")[2] or line.partition("localhost")[2]


@pytest.fixture
def mailed(tenant_a):
    """mailed(): hands over what waits, and gives the last mail."""

    def last():
        list(deliver(moment.now() + timedelta(seconds=2)))
        return mail.outbox[-1]

    return last


def test_a_person_signs_in_with_their_email_whatever_its_case_and_out_by_post(
    tenant_a, client_for, person, password
):
    client = client_for(tenant_a)
    before = client.session.session_key
    answer = client.post(SIGN_IN, {"username": "Alice@Example.com", "password": password})
    assert answer.status_code == 302
    assert client.session.session_key != before
    assert client.get("/account/profile/").status_code == 200
    assert client.get("/account/sign-out/").status_code == 405
    client.post("/account/sign-out/")
    assert client.get("/account/profile/").status_code == 302


def test_a_wrong_password_an_unknown_address_and_somebody_who_left_are_answered_alike(
    tenant_a, client_for, person, password
):
    User.objects.filter(email="erin@example.com").update(is_active=False)
    pages = []
    for email, word in (
        ("alice@example.com", "wrong"),
        ("nobody@example.com", "wrong"),
        ("erin@example.com", password),
    ):
        answer = client_for(tenant_a).post(SIGN_IN, {"username": email, "password": word})
        assert answer.status_code == 200
        pages.append(list(answer.context["form"].non_field_errors()))
    assert pages[0] == pages[1] == pages[2] != []


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_tries_are_throttled_per_account_and_source_alike_for_known_and_unknown(
    tenant_a, client_for, password, settings, email
):
    client = client_for(tenant_a)
    answers = [
        client.post(SIGN_IN, {"username": email, "password": "wrong"}).status_code
        for _ in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert answers[-1] == 429
    page = client.post(SIGN_IN, {"username": email.upper(), "password": password})
    assert page.status_code == 429 and "Too many tries" in page.content.decode()
    elsewhere = client.post(SIGN_IN, {"username": "bob@example.com", "password": password})
    assert elsewhere.status_code == 302


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(tenant_a, client_for, mailed, password):
    client = client_for(tenant_a)
    assert client.post(FORGOTTEN, {"email": "ALICE@example.com"}).status_code == 302
    path = link_in(mailed())
    assert client.get(path).status_code == 200 and client.get(path).status_code == 200  # scanners open links
    answer = client.post(path, {"new_password1": NEW, "new_password2": NEW})
    assert answer.status_code == 302
    assert client.get("/account/profile/").status_code == 200
    assert client_for(tenant_a).get(path).status_code == 410
    assert client_for(tenant_a).post(path, {"new_password1": NEW, "new_password2": NEW}).status_code == 410
    assert (
        client_for(tenant_a)
        .post(SIGN_IN, {"username": "alice@example.com", "password": password})
        .status_code
        == 200
    )
    assert (
        client_for(tenant_a).post(SIGN_IN, {"username": "alice@example.com", "password": NEW}).status_code
        == 302
    )


def test_an_unknown_address_is_answered_like_a_known_one_and_gets_no_mail(tenant_a, client_for):
    known = client_for(tenant_a).post(FORGOTTEN, {"email": "alice@example.com"})
    unknown = client_for(tenant_a).post(FORGOTTEN, {"email": "nobody@example.com"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert list(Notification.objects.values_list("address", flat=True)) == ["alice@example.com"]


def test_asking_again_and_again_mails_only_so_often(tenant_a, client_for):
    client = client_for(tenant_a)
    for _ in range(MAILS_PER_ACCOUNT + 3):
        assert client.post(FORGOTTEN, {"email": "alice@example.com"}).status_code == 302
    assert Notification.objects.count() <= MAILS_PER_ACCOUNT


def test_a_link_is_too_old_after_its_day(tenant_a, person):
    at = moment.now()
    token = doors.token(doors.PASSWORD_RESET, person("alice"), at)
    assert doors.person_at(token, at + timedelta(hours=23)) == person("alice")
    assert doors.person_at(token, at + timedelta(hours=25)) is None


def test_signing_in_ends_earlier_links(tenant_a, client_for, person, password):
    at = moment.now()
    token = doors.token(doors.PASSWORD_RESET, person("alice"), at)
    client_for(tenant_a).post(SIGN_IN, {"username": "alice@example.com", "password": password})
    assert doors.person_at(token, at) is None


def test_a_link_of_one_person_opens_nobody_else(tenant_a, person):
    at = moment.now()
    token = doors.token(doors.PASSWORD_RESET, person("alice"), at)
    other = f"{person('bob').pk}-{token.partition('-')[2]}"
    assert doors.person_at(other, at) is None
    assert doors.person_at("999999-" + token, at) is None and doors.person_at("", at) is None


def test_a_link_of_a_twin_tenant_opens_nothing_although_the_ids_are_equal(tenant_b, tenant_a, client_for):
    at = moment.now()
    ours = User.objects.get(email="alice@example.com")
    token = doors.token(doors.PASSWORD_RESET, ours, at)
    assert client_for(tenant_a).get(f"/account/new-password/{token}/").status_code == 200
    connection.set_tenant(tenant_b)
    twin = User.objects.get(email="alice@example.com")
    assert (twin.pk, twin.password) == (ours.pk, ours.password)
    assert client_for(tenant_b).get(f"/account/new-password/{token}/").status_code == 410
    connection.set_tenant(tenant_a)


def test_a_session_of_a_twin_tenant_is_worth_nothing(tenant_b, tenant_a, client_for, person):
    ours = client_for(tenant_a, person("alice"))
    theirs = client_for(tenant_b)
    theirs.cookies = ours.cookies
    assert theirs.get("/account/profile/").status_code == 302
    connection.set_tenant(tenant_a)


def test_somebody_invited_chooses_a_password_and_is_in(tenant_a, client_for, mailed, person):
    with transaction.atomic():
        new = User.objects.create(email="ines@example.com", name="", role="agent", language="en")
        new.set_unusable_password()
        new.save()
        invite(new, by=person("dora"), at=moment.now())
    message = mailed()
    assert message.to == ["ines@example.com"] and "Dora" in message.body
    path = link_in(message)
    client = client_for(tenant_a)
    assert "Welcome" in client.get(path).content.decode()
    refused = client.post(path, {"name": "Ines", "new_password1": "short", "new_password2": "short"})
    assert refused.status_code == 200 and refused.context["form"].errors["new_password2"]
    client.post(path, {"name": "Ines", "new_password1": NEW, "new_password2": NEW})
    new.refresh_from_db()
    assert new.name == "Ines" and new.check_password(NEW)
    assert client.get(path).status_code == 410


def test_somebody_deactivated_is_out_at_once(tenant_a, client_for, person):
    client = client_for(tenant_a, person("alice"))
    assert client.get("/account/profile/").status_code == 200
    User.objects.filter(email="alice@example.com").update(is_active=False)
    assert client.get("/account/profile/").status_code == 302


def test_a_sign_in_page_does_not_lead_to_another_host(tenant_a, client_for, password):
    data = {"username": "alice@example.com", "password": password, "next": "https://evil.example/"}
    assert client_for(tenant_a).post(SIGN_IN, data).url == "/"
