"""Web hooks of mail providers, in the shapes that their documentation shows: verified, stored once, then understood."""

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

import httpx
import pytest

from tests.intake_email.letters import AT, PNG, letter, with_files
from tickets.intake import working
from tickets.intake.email import unpacking
from tickets.intake.email.bounds import Unreadable
from tickets.intake.models import Inbound
from tickets.models import Message, Ticket

KEY = "signing-key-of-mailgun"
MAIL = with_files("It does not print.", ("scan.png", "image/png", PNG), Received_SPF="pass")
HEADERS = [["Received", "by mx"], ["From", "Alice <alice@example.com>"], ["To", "support@desk.example"],
           ["Subject", "Printer"], ["Message-Id", "<m1@mail.example>"], ["Date", "Mon, 23 Nov 2026 09:58:00 -0300"]]  # fmt: skip


def form(fields, files=()):
    """multipart/form-data, each field as the provider sends it: (body, content type)."""
    body = b""
    for name, value in fields.items():
        value = value if isinstance(value, bytes) else value.encode()
        body += f'--form\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"
    for name, file_name, kind, content in files:
        head = f'--form\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type: {kind}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + b"--form--\r\n", "multipart/form-data; boundary=form"


def signed(token="t1", key=KEY):
    signature = hmac.new(key.encode(), f"1795438680{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": "1795438680", "token": token, "signature": signature}


def mailgun_raw():
    return form(
        {"sender": "alice@example.com", "recipient": "support@desk.example", "body-mime": MAIL, **signed()}
    )


def mailgun_parsed():
    return form(
        {"sender": "alice@example.com", "recipient": "support@desk.example", "message-headers": json.dumps(HEADERS),
         "body-plain": "It does not print.", "attachment-count": "1", **signed()},
        [("attachment-1", "scan.png", "image/png", PNG)],
    )  # fmt: skip


def as_json(told):
    return json.dumps(told).encode(), "application/json"


def postmark_raw():
    headers = [{"Name": "Return-Path", "Value": "<alice@example.com>"}] + [
        {"Name": n, "Value": v} for n, v in HEADERS
    ]
    return as_json(
        {
            "OriginalRecipient": "support@desk.example",
            "MessageID": "guid",
            "Headers": headers,
            "RawEmail": MAIL.decode(),
        }
    )


def postmark_parsed():
    file = {
        "Name": "scan.png",
        "Content": base64.b64encode(PNG).decode(),
        "ContentType": "image/png",
        "ContentLength": len(PNG),
    }
    return as_json(
        {"FromFull": {"Email": "alice@example.com", "Name": "Alice"}, "ToFull": [{"Email": "support@desk.example", "Name": ""}],
         "CcFull": [], "BccFull": [], "Subject": "Printer", "MessageID": "guid", "Date": "Mon, 23 Nov 2026 09:58:00 -0300",
         "OriginalRecipient": "support@desk.example", "TextBody": "It does not print.", "HtmlBody": "",
         "Headers": [{"Name": "Message-ID", "Value": "<m1@mail.example>"}], "Attachments": [file]}
    )  # fmt: skip


def ses(encoding="BASE64", **receipt):
    content = base64.b64encode(MAIL).decode() if encoding == "BASE64" else MAIL.decode()
    verdicts = {f"{name}Verdict": {"status": "PASS"} for name in ("spam", "virus", "spf", "dkim", "dmarc")}
    told = {
        "notificationType": "Received",
        "mail": {
            "source": "alice@example.com",
            "messageId": "ses1",
            "headers": [{"name": n, "value": v} for n, v in HEADERS],
        },
        "receipt": {
            "recipients": ["support@desk.example"],
            "action": {"type": "SNS", "encoding": encoding},
            **verdicts,
            **receipt,
        },
        "content": content,
    }
    return as_json(
        {
            "Type": "Notification",
            "MessageId": "sns1",
            "TopicArn": "arn:aws:sns:eu-west-1:1:t",
            "Message": json.dumps(told),
        }
    )


def sendgrid_raw():
    return form(
        {
            "email": MAIL,
            "envelope": '{"to":["support@desk.example"],"from":"alice@example.com"}',
            "spam_score": "0.1",
        }
    )


def sendgrid_parsed():
    head = "".join(f"{name}: {value}\n" for name, value in HEADERS)
    return form(
        {"headers": head, "text": "It does not print.", "charsets": '{"text":"UTF-8"}', "attachments": "1",
         "attachment-info": '{"attachment1":{"filename":"scan.png","type":"image/png"}}',
         "envelope": '{"to":["support@desk.example"],"from":"alice@example.com"}', "SPF": "pass",
         "dkim": "{@example.com : pass}"},
        [("attachment1", "scan.png", "image/png", PNG)],
    )  # fmt: skip


def brevo():
    file = {
        "Name": "scan.png",
        "ContentType": "image/png",
        "ContentLength": len(PNG),
        "ContentID": None,
        "DownloadToken": "tok==",
    }
    return as_json(
        {"items": [{"Uuid": ["u1"], "MessageId": "<m1@mail.example>", "RawTextBody": "It does not print.", "RawHtmlBody": "",
                    "Headers": dict(HEADERS), "SpamScore": 0.5, "Attachments": [file]}]}
    )  # fmt: skip


REQUESTS = {
    "mailgun raw": ("mailgun", mailgun_raw),
    "mailgun parsed": ("mailgun", mailgun_parsed),
    "postmark raw": ("postmark", postmark_raw),
    "postmark parsed": ("postmark", postmark_parsed),
    "ses base64": ("amazon_ses", ses),
    "ses text": ("amazon_ses", lambda: ses("UTF8")),
    "sendgrid raw": ("sendgrid", sendgrid_raw),
    "sendgrid parsed": ("sendgrid", sendgrid_parsed),
    "brevo": ("brevo", brevo),
    "own server": ("mime", lambda: (MAIL, "message/rfc822")),
}


@pytest.fixture
def hook(mailbox, client_for):
    """hook(tenant, provider, **secrets): a door; post(body, content type, **headers) brings a request to it."""

    def opened(tenant, provider, **secrets):
        door = mailbox(kind="email_webhook", provider=provider)
        key = door.new_hook_key()
        door.keep_secrets({"signing_key": KEY} | secrets)
        door.save()
        client = client_for(tenant)

        def post(body, content_type, **headers):
            if b'"TopicArn"' in body:
                told = json.loads(body)
                headers |= {"x-amz-sns-message-type": told["Type"], "x-amz-sns-message-id": told["MessageId"]}
            return client.post(
                f"/hooks/email_webhook/{key}/", body, content_type=content_type, headers=headers
            )

        post.door = door
        return post

    return opened


@pytest.fixture
def providers_files(monkeypatch):
    """Brevo's API, which hands over attachments."""
    asked = []

    def get(url, **how):
        asked.append((url, how))
        assert how["timeout"]
        return httpx.Response(200, content=PNG, request=httpx.Request("GET", url))

    monkeypatch.setattr(unpacking.httpx, "get", get)
    return asked


@pytest.mark.parametrize("name", REQUESTS)
def test_every_providers_request_becomes_the_same_ticket_once(desk_of, hook, providers_files, name):
    tenant = desk_of("zoom")
    provider, request = REQUESTS[name]
    post = hook(tenant, provider, api_key="k")
    for _ in range(2):  # providers repeat what they think was not heard
        response = post(*request())
        assert response.status_code == 200, response.content
    row = Inbound.objects.get()
    assert row.state == "waiting", "nothing is parsed before the provider hears 200"
    working.work_off(AT.replace(year=2099), 5)
    row.refresh_from_db()
    assert row.state == "done", row.reason
    message = Message.objects.get(kind="public")
    assert (message.body, message.author.email) == ("It does not print.", "alice@example.com")
    assert message.ticket.summary == "Printer"
    assert [(file.name, file.size) for file in message.attachments.all()] == [("scan.png", len(PNG))]


def test_a_copy_that_the_provider_sends_after_the_ticket_exists_adds_nothing(desk_of, hook):
    tenant = desk_of("zoom")
    post = hook(tenant, "mailgun")
    for _ in range(2):
        post(*mailgun_raw())
        working.work_off(AT.replace(year=2099), 5)
    assert (Ticket.objects.count(), Message.objects.filter(kind="public").count()) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        (signed(key="another"), 403),
        ({"timestamp": "1795438680", "token": "t1"}, 403),
        ({}, 403),
    ],
)
def test_a_wrongly_signed_request_is_refused_and_stores_nothing(desk_of, hook, fields, status):
    tenant = desk_of("zoom")
    response = hook(tenant, "mailgun")(*form({"body-mime": MAIL, **fields}))
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert not Inbound.objects.exists()


def test_a_door_without_its_signing_key_takes_nothing(desk_of, hook):
    tenant = desk_of("zoom")
    assert hook(tenant, "mailgun", signing_key="")(*mailgun_raw()).status_code == 403


def test_user_and_password_are_asked_for_where_the_door_has_them(desk_of, hook):
    tenant = desk_of("zoom")
    for provider, request in (("postmark", postmark_raw), ("mime", lambda: (MAIL, "message/rfc822"))):
        Inbound.objects.all().delete()
        post = hook(tenant, provider, password="hook:secret")
        refused = post(*request())
        assert refused.status_code == 401
        assert "Basic" in refused["WWW-Authenticate"]
        assert post(
            *request(), Authorization="Basic " + base64.b64encode(b"hook:wrong").decode()
        ).status_code in (401, 403)
        assert not Inbound.objects.exists()
        assert (
            post(*request(), Authorization="Basic " + base64.b64encode(b"hook:secret").decode()).status_code
            == 200
        )


@pytest.mark.parametrize(
    ("provider", "body", "kind"),
    [
        ("postmark", b"{", "application/json"),
        ("postmark", b"[" * 100_000, "application/json"),
        ("postmark", b"[1]", "application/json"),
        ("brevo", b'{"event":"delivered"}', "application/json"),
        ("brevo", b'{"items":[3]}', "application/json"),
        ("amazon_ses", b"null", "application/json"),
        ("sendgrid", b"x", "multipart/form-data"),
        ("sendgrid", b"x", "text/plain"),
        ("mailgun", b"\xff\x00", "multipart/form-data; boundary=form"),
    ],
)
def test_what_is_no_request_of_the_provider_is_refused_clearly(desk_of, hook, provider, body, kind):
    tenant = desk_of("zoom")
    response = hook(tenant, provider)(body, kind)
    assert response.status_code in (400, 403)
    assert response["Content-Type"] == "application/problem+json"
    assert not Inbound.objects.exists()


def test_a_mail_of_20_megabytes_is_taken_and_a_request_beyond_the_bound_is_not(desk_of, hook, client_for):
    tenant = desk_of("zoom")
    post = hook(tenant, "mailgun")
    large = letter("x" * 20_000_000)
    assert post(*form({"body-mime": large, **signed()})).status_code == 200
    assert Inbound.objects.get().size > 20_000_000
    refused = post(b"x", "multipart/form-data; boundary=form", **{"Content-Length": "70000000"})
    assert refused.status_code in (400, 403, 413)


def test_the_key_of_another_door_or_tenant_opens_nothing(desk_of, hook, client_for):
    tenant = desk_of("zoom")
    post = hook(tenant, "mailgun")
    key = post.door.new_hook_key()
    assert (
        client_for(tenant).post(f"/hooks/email_webhook/{key}/", b"x", content_type="text/plain").status_code
        == 404
    )
    assert (
        client_for(tenant).post(f"/hooks/whatsapp/{key}/", b"x", content_type="text/plain").status_code == 404
    )


def test_what_ses_calls_spam_or_forged_is_treated_so(desk_of, hook):
    tenant = desk_of("zoom")
    post = hook(tenant, "amazon_ses")
    post(*ses(spamVerdict={"status": "FAIL"}))
    working.work_off(AT.replace(year=2099), 5)
    assert Inbound.objects.get().state == "spam"
    Inbound.objects.all().delete()
    post(*ses(dmarcVerdict={"status": "FAIL"}))
    working.work_off(AT.replace(year=2099), 5)
    assert Inbound.objects.get().state == "held"


@pytest.mark.parametrize(
    "keys", [{}, {"aws_access_key_id": "AK"}, {"aws_secret_access_key": "s"}], ids=["none", "id", "secret"]
)
def test_a_door_without_both_keys_reads_nothing_in_s3_by_the_machines_own(desk_of, hook, monkeypatch, keys):
    tenant = desk_of("zoom")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the machine's")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the machine's")
    asked = []
    monkeypatch.setattr(
        unpacking.AmazonSESInboundWebhookView, "fetch_s3_chunks", lambda *place: asked.append(place) or [MAIL]
    )
    stored = {"type": "S3", "bucketName": "of-another", "objectKey": "k"}
    post = hook(tenant, "amazon_ses", **keys)
    assert post(*ses(action=stored)).status_code == 200
    working.work_off(AT.replace(year=2099), 5)
    row = Inbound.objects.get()
    assert "no AWS keys of its own" in row.reason
    assert asked == []
    post.door.keep_secrets({"aws_access_key_id": "AK", "aws_secret_access_key": "s"})
    post.door.save()
    working.work_off(AT.replace(year=2100), 5)
    assert len(asked) == 1
    assert Ticket.objects.get().summary == "Printer"


def test_a_subscription_is_confirmed_at_amazon_and_nowhere_else(desk_of, hook, providers_files):
    tenant = desk_of("zoom")
    post = hook(tenant, "amazon_ses")
    told = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "s1",
        "TopicArn": "arn:aws:sns:eu-west-1:1:t",
        "Token": "x",
    }
    good = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
    assert post(*as_json(told | {"SubscribeURL": good})).status_code == 200
    working.work_off(AT.replace(year=2099), 5)
    assert [url for url, _ in providers_files] == [good]
    assert Inbound.objects.get().state == "ignored"
    for evil in ("http://sns.eu-west-1.amazonaws.com/", "https://evil.example/", "https://sns.eu-west-1.amazonaws.com.evil.example/",
                 "https://127.0.0.1/", "https://sns.eu-west-1.amazonaws.com:8443/"):  # fmt: skip
        with pytest.raises(Unreadable):
            unpacking.confirm_subscription(evil)
    assert len(providers_files) == 1


def test_a_file_that_brevo_does_not_hand_over_is_asked_for_again(desk_of, hook, monkeypatch):
    tenant = desk_of("zoom")
    post = hook(tenant, "brevo", api_key="k")
    post(*brevo())
    monkeypatch.setattr(
        unpacking.httpx, "get", lambda url, **how: httpx.Response(503, request=httpx.Request("GET", url))
    )
    working.work_off(AT.replace(year=2099), 5)
    row = Inbound.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert "Brevo" in row.reason


def test_several_mails_of_one_request_are_stored_each(desk_of, hook):
    tenant = desk_of("zoom")
    told = json.loads(brevo()[0])
    item = told["items"][0] | {"Attachments": []}
    other = item | {"Headers": item["Headers"] | {"Message-Id": "<m2@mail.example>", "Subject": "Scanner"}}
    assert hook(tenant, "brevo", api_key="k")(*as_json({"items": [item, other]})).status_code == 200
    working.work_off(AT.replace(year=2099), 5)
    assert sorted(Ticket.objects.values_list("summary", flat=True)) == ["Printer", "Scanner"]


def test_a_urlencoded_form_is_read_too(desk_of, hook):
    tenant = desk_of("zoom")
    body = urlencode({"body-mime": MAIL.decode(), "sender": "alice@example.com", **signed()}).encode()
    assert hook(tenant, "mailgun")(body, "application/x-www-form-urlencoded").status_code == 200
