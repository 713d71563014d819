"""What providers report to /hooks/mail-events/<key>/: signed as each of them signs, stored once, refused precisely."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection, transaction

from notifications import accounts
from notifications.models import Delivery, MailAccount, Notification, Suppression
from notifications.outbox import Recipient, deliver, tell
from sla.models import Clock
from tickets import lifecycle, tasks

AT = datetime(2026, 11, 23, 11, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 11, 5, tzinfo=UTC)
SIGNING = "key-0123456789"


@pytest.fixture(autouse=True)
def it_is_later(monkeypatch):
    monkeypatch.setattr("tenants.moment.now", lambda: LATER)
    monkeypatch.setattr(tasks, "now", lambda: LATER)


@pytest.fixture
def account(tenant_a):
    """account("mailgun", hook_secret=...): this tenant's way; its `.path` is where reports go."""

    def made(way, **secrets):
        account = MailAccount(way=way, username="AKIA", options={"region": "sa-east-1"})
        accounts.keep_secrets(account, {"api_key": "secret"} | secrets)
        account.path = f"/hooks/mail-events/{accounts.new_hook_key(account)}/"
        account.save()
        return account

    return made


@pytest.fixture
def post(tenant_a, client_for):
    client = client_for(tenant_a)
    client.raise_request_exception = False

    def posted(path, body, **headers):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(path, raw, content_type="application/json", headers=headers)

    return posted


@pytest.fixture
def notice(tenant_a):
    with transaction.atomic():
        words = {"number": "1", "summary": "s"}
        tell([Recipient("ana@customer.example", "en")], kind="ticket_closed", key="k", words=words, at=AT)
    Notification.objects.update(state="sent", sent_at=AT, settled_at=AT, provider_id="provider-1")
    return Notification.objects.get()


def mailgun_report(notice, event="failed", token="a" * 50, key=SIGNING, **more):
    stamp = "1795431900"
    mac = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    data = {
        "event": event,
        "timestamp": LATER.timestamp(),
        "recipient": "ana@customer.example",
        "severity": "permanent",
        "delivery-status": {"code": 550, "message": "5.1.1 The mailbox does not exist"},
        "message": {"headers": {"message-id": "somewhere@mailgun"}},
        "user-variables": {"notice": notice.message_id},
    }
    return {"signature": {"timestamp": stamp, "token": token, "signature": mac}, "event-data": data | more}


def test_mailgun_signs_and_a_bounce_is_stored_once_however_often_it_is_reported(account, post, notice):
    path = account("mailgun", hook_secret=SIGNING).path
    for _ in range(3):
        response = post(path, mailgun_report(notice))
        assert (response.status_code, response.json()) == (200, {"recorded": 1})
    report = Delivery.objects.get()
    assert (report.what, report.notification, report.at) == ("bounced", notice, LATER)
    assert "does not exist" in report.detail
    assert Suppression.objects.get().address == "ana@customer.example"


def test_a_wrong_signature_is_refused_with_a_reason_and_stores_nothing(account, post, notice):
    path = account("mailgun", hook_secret=SIGNING).path
    response = post(path, mailgun_report(notice, key="another"))
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert not Delivery.objects.exists()


def test_without_a_stored_signing_key_mailguns_word_is_not_taken(account, post, notice):
    response = post(account("mailgun").path, mailgun_report(notice, key="secret"))
    assert response.status_code == 403 and "signing key" in response.json()["detail"]


def test_sendgrid_signs_with_a_key_pair_and_reports_many_at_a_time(account, post, notice):
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    path = account("sendgrid", hook_secret=base64.b64encode(public).decode()).path
    common = {
        "email": "ana@customer.example",
        "timestamp": int(LATER.timestamp()),
        "notice": notice.message_id,
    }
    body = json.dumps(
        [
            common | {"event": "deferred", "sg_event_id": "1", "response": "451 later"},
            common | {"event": "delivered", "sg_event_id": "2", "response": "250 OK"},
            common | {"event": "open", "sg_event_id": "3"},
            {"event": "delivered", "sg_event_id": "4", "email": "x@y.example", "timestamp": 1795431900},
        ]
    ).encode()
    mac = base64.b64encode(private.sign(b"1795431900" + body, ec.ECDSA(hashes.SHA256()))).decode()
    signed = {
        "X-Twilio-Email-Event-Webhook-Signature": mac,
        "X-Twilio-Email-Event-Webhook-Timestamp": "1795431900",
    }
    assert post(path, body, **signed).json() == {"recorded": 2}
    assert sorted(Delivery.objects.values_list("what", flat=True)) == ["deferred", "delivered"]
    assert post(path, body + b" ", **signed).status_code == 403


def test_postmark_reports_by_its_own_name_for_the_mail_and_asks_for_the_password(account, post, notice):
    path = account("postmark", hook_secret="us:er").path
    report = {
        "RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "MessageID": "provider-1", "Email": notice.address,
        "BouncedAt": "2026-11-23T11:05:00Z", "Details": "smtp;550 5.1.1 no such user",
    }  # fmt: skip
    assert post(path, report).status_code == 403
    basic = "Basic " + base64.b64encode(b"us:er").decode()
    assert post(path, report, Authorization=basic).status_code == 200
    assert Delivery.objects.get().what == "bounced"


def test_brevos_soft_bounce_is_no_reason_to_write_no_more(account, post, notice):
    report = {
        "event": "soft_bounce", "email": notice.address, "message-id": notice.message_id,
        "ts_epoch": int(LATER.timestamp() * 1000), "reason": "mailbox busy",
    }  # fmt: skip
    assert post(account("brevo").path, report).json() == {"recorded": 1}
    assert Delivery.objects.get().what == "bounced"
    assert not Suppression.objects.exists()


def test_amazons_complaint_comes_in_an_envelope_of_sns(account, post, notice):
    event = {
        "eventType": "Complaint",
        "mail": {"messageId": "provider-1", "destination": [notice.address]},
        "complaint": {
            "complainedRecipients": [{"emailAddress": notice.address}],
            "complaintFeedbackType": "abuse",
        },
    }
    envelope = {
        "Type": "Notification", "MessageId": "m-1", "Timestamp": "2026-11-23T11:05:00.000Z",
        "TopicArn": "arn:aws:sns:sa-east-1:1:t", "Message": json.dumps(event),
    }  # fmt: skip
    headers = {"x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": "m-1"}
    assert post(account("amazon_ses").path, envelope, **headers).json() == {"recorded": 1}
    assert (Delivery.objects.get().what, Suppression.objects.get().reason) == ("complained", "complaint")


@pytest.mark.parametrize("way", ["mailgun", "sendgrid", "postmark", "brevo", "amazon_ses"])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"42", b'{"a":' * 5000 + b"1" + b"}" * 5000, b"\xff\xfe", b'{"event": {}}', b'[[1]]'],
    ids=["empty", "cut", "list", "null", "number", "deep", "bytes", "odd", "nested"],
)  # fmt: skip
def test_what_is_no_report_is_refused_or_says_nothing_and_never_fails(account, post, notice, way, body):
    response = post(account(way, hook_secret="" if way in ("postmark", "brevo") else SIGNING).path, body)
    assert response.status_code in (200, 400, 403), response.content
    assert not Delivery.objects.exists()


def test_a_report_that_is_too_large_is_refused(account, post, notice):
    path = account("postmark").path
    assert post(path, b" " * 2_000_001).status_code == 413


def test_an_unknown_key_another_method_and_another_tenants_key_find_nothing(
    account, post, notice, tenant_b, client_for, tenant_a
):
    connection.set_tenant(tenant_a)
    path = account("postmark").path
    assert post("/hooks/mail-events/nobody/", {}).status_code == 404
    assert client_for(tenant_a).get(path).status_code == 405
    connection.set_tenant(tenant_b)
    report = {"RecordType": "Delivery", "MessageID": "provider-1", "DeliveredAt": "2026-11-23T11:05:00Z"}
    body = json.dumps(report)
    assert client_for(tenant_b).post(path, body, content_type="application/json").status_code == 404


def test_a_link_that_an_inbound_hook_was_given_by_mistake_says_so(account, post, notice):
    response = post(account("postmark").path, {"FromFull": {}, "Subject": "a mail"})
    assert response.status_code == 400 and "not mail that comes in" in response.json()["detail"]


def test_zm05_a_bounce_reported_by_web_hook_withdraws_the_acknowledgement(desk_of, client_for, person):
    """The customer must have been notified that the ticket is registered: a confirmation that bounced notified nobody."""
    zoom = desk_of("zoom")
    account = MailAccount(way="mailgun")
    accounts.keep_secrets(account, {"api_key": "secret", "hook_secret": SIGNING})
    path = f"/hooks/mail-events/{accounts.new_hook_key(account)}/"
    account.save()
    ticket = lifecycle.open_ticket(requester=person("alice"), summary="No", body="It says 403.", at=AT).ticket
    MailAccount.objects.update(way="")  # sent by the installation's server, reported by the provider
    for notice in deliver(AT):
        lifecycle.delivered(notice)
    MailAccount.objects.update(way="mailgun")
    clock = Clock.objects.get(subject_id=ticket.pk, metric="acknowledgement")
    assert clock.status == "fulfilled"

    confirmation = Notification.objects.get(kind="ticket_opened", person=person("alice"))
    response = client_for(zoom).post(
        path, json.dumps(mailgun_report(confirmation)), content_type="application/json"
    )
    assert response.status_code == 200
    tasks.drain_reports()
    clock.refresh_from_db()
    assert clock.status == "running" and clock.fulfilled_at is None
