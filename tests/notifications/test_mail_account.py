"""A tenant's own mail server or provider: typed once, never shown again, refused at its field, tried by a button."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.smtp import AuthResult
from django.db import connection, transaction

from notifications import accounts
from notifications.models import Delivery, MailAccount, Notification, Suppression, Template
from notifications.outbox import Recipient, deliver, tell
from tests.notifications.sinks import running_sink

AT = datetime(2026, 11, 23, 11, tzinfo=UTC)
PAGE = "/admin/notifications/mailaccount/1/change/"


@pytest.fixture
def dora(tenant_a, client_for, person):
    return client_for(tenant_a, person("dora"))


@pytest.fixture
def inside(settings):
    """This machine's own addresses may be connected to."""
    settings.OUTSIDE_NETWORKS = ["127.0.0.0/8"]


def form(**typed):
    blank = dict.fromkeys(("host", "port", "username", "password", "api_key", "region", "hook_secret"), "")
    return blank | {"way": "", "security": "starttls", "connections": 5, "sender_domain": ""} | typed


def errors_of(response):
    return response.context["adminform"].form.errors


def told(address="ana@customer.example"):
    with transaction.atomic():
        words = {"number": "1", "summary": "s"}
        tell([Recipient(address, "en")], kind="ticket_closed", key="k", words=words, at=AT)


def test_what_a_way_needs_is_asked_for_at_its_field(dora):
    assert list(errors_of(dora.post(PAGE, form(way="smtp")))) == ["host"]
    assert list(errors_of(dora.post(PAGE, form(way="amazon_ses", api_key="k")))) == ["username", "region"]
    assert "Mailgun" in errors_of(dora.post(PAGE, form(way="mailgun")))["api_key"][0]
    assert list(errors_of(dora.post(PAGE, form(way="carrier_pigeon")))) == ["way"]
    assert not MailAccount.objects.exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "[::1]", "0x7f.1"])
def test_a_server_inside_our_network_is_refused_at_its_field(dora, settings, host):
    settings.OUTSIDE_NETWORKS = []
    assert list(errors_of(dora.post(PAGE, form(way="smtp", host=host)))) == ["host"]


def test_the_guard_stands_at_the_connection_too(tenant_a, settings):
    """What a name answered when it was typed says nothing of what it answers now (DNS rebinding)."""
    settings.OUTSIDE_NETWORKS = []
    MailAccount.objects.create(way="smtp", host="127.0.0.1", port=25, security="none")
    told()
    assert list(deliver(AT)) == []
    assert "Refused" in Notification.objects.get().error


def test_a_password_is_stored_sealed_and_never_shown_and_kept_when_left_empty(
    dora, tenant_b, tenant_a, inside
):
    connection.set_tenant(tenant_a)
    typed = form(way="smtp", host="127.0.0.1", port=2525, username="desk", password="tell-nobody")
    assert dora.post(PAGE, typed).status_code == 302
    account = MailAccount.objects.get()
    assert "tell-nobody" not in account.secrets
    assert accounts.secrets_of(account) == {"password": "tell-nobody"}
    assert b"tell-nobody" not in dora.get(PAGE).content
    assert dora.post(PAGE, form(way="smtp", host="127.0.0.1", username="other")).status_code == 302
    assert accounts.secrets_of(MailAccount.objects.get()) == {"password": "tell-nobody"}
    connection.set_tenant(tenant_b)
    with pytest.raises(accounts.sealing.InvalidToken):
        accounts.secrets_of(account)


def test_another_way_does_not_inherit_the_secrets_of_the_one_before(dora, inside):
    dora.post(PAGE, form(way="mailgun", api_key="of-mailgun"))
    assert list(errors_of(dora.post(PAGE, form(way="postmark")))) == ["api_key"]
    assert dora.post(PAGE, form(way="postmark", api_key="of-postmark")).status_code == 302
    assert accounts.secrets_of(MailAccount.objects.get()) == {"api_key": "of-postmark"}


def test_mail_leaves_by_the_tenants_own_server_with_its_password(tenant_a, inside):
    seen = []

    def authenticate(server, session, envelope, mechanism, credentials):
        seen.append((credentials.login, credentials.password))
        return AuthResult(success=credentials.password == b"tell-nobody")

    with running_sink(authenticator=authenticate, auth_require_tls=False) as sink:
        account = MailAccount(way="smtp", host="127.0.0.1", port=sink.port, security="none", username="desk")
        accounts.keep_secrets(account, {"password": "tell-nobody"})
        account.save()
        told()
        assert len(list(deliver(AT))) == 1
    assert seen == [(b"desk", b"tell-nobody")]
    assert len(sink.mails) == 1


def test_the_test_button_shows_the_servers_own_answer(dora, inside, mailoutbox):
    with running_sink() as sink:
        MailAccount.objects.create(way="smtp", host="127.0.0.1", port=sink.port, security="none")
        sink.answer = "250 2.0.0 queued as 4711"
        page = dora.post("/admin/notifications/mailaccount/test/", follow=True).content.decode()
        assert "queued as 4711" in page and sink.mails[0][0] == ["dora@example.com"]
        sink.answer = "554 5.7.1 we do not like you"
        page = dora.post("/admin/notifications/mailaccount/test/", follow=True).content.decode()
        assert "we do not like you" in page
    page = dora.post("/admin/notifications/mailaccount/test/", follow=True).content.decode()
    assert "It was not taken" in page  # nobody listens any more
    assert "It was not taken" in MailAccount.objects.get().checked_said


def test_the_address_of_reports_is_shown_once_and_a_new_one_ends_the_old(dora, inside):
    MailAccount.objects.create(way="postmark")
    page = dora.post("/admin/notifications/mailaccount/reports/", follow=True).content.decode()
    first = page.split("/hooks/mail-events/")[1].split("/")[0]
    assert first not in dora.get(PAGE).content.decode()
    assert dora.head(f"/hooks/mail-events/{first}/").status_code == 200
    dora.post("/admin/notifications/mailaccount/reports/")
    assert dora.head(f"/hooks/mail-events/{first}/").status_code == 404


# --- a provider -------------------------------------------------------------------------------------------------------


@pytest.fixture
def provider(monkeypatch):
    """Postmark's API, as its documentation describes it; `provider.answer` is (status, JSON)."""

    class Api(BaseHTTPRequestHandler):
        requests: list = []
        answer = (200, {"ErrorCode": 0, "Message": "OK", "MessageID": "pm-77", "To": "ana@customer.example"})

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            Api.requests.append((self.path, self.headers["X-Postmark-Server-Token"], body))
            status, told = Api.answer
            raw = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(
        "django.conf.settings.ANYMAIL", {"POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/"}
    )
    yield Api
    server.shutdown()
    server.server_close()


def by_postmark():
    account = MailAccount(way="postmark")
    accounts.keep_secrets(account, {"api_key": "our-token"})
    account.save()


def test_a_provider_takes_the_mail_and_its_name_for_it_is_kept(tenant_a, provider):
    by_postmark()
    told()
    assert len(list(deliver(AT))) == 1
    notice = Notification.objects.get()
    assert notice.provider_id == "pm-77"
    [(path, token, body)] = provider.requests
    assert (path, token, body["Metadata"]) == ("/email", "our-token", {"notice": notice.message_id})
    headers = {header["Name"]: header["Value"] for header in body["Headers"]}
    assert headers["Message-ID"] == notice.message_id
    assert body["TextBody"] and body["HtmlBody"]


def test_a_provider_that_knows_the_address_as_dead_refuses_for_good(tenant_a, provider):
    by_postmark()
    provider.answer = (
        422,
        {"ErrorCode": 406, "Message": "You tried to send to recipient(s) that have been marked as inactive. "
         "Found inactive addresses: ana@customer.example. Inactive recipients are ones that hard bounced."},
    )  # fmt: skip
    told()
    assert list(deliver(AT)) == []
    assert Notification.objects.get().state == "parked"
    assert Delivery.objects.get().what in ("bounced", "rejected")


def test_a_provider_that_is_out_of_order_is_asked_again(tenant_a, provider):
    by_postmark()
    provider.answer = (503, {"Message": "come back"})
    told()
    assert list(deliver(AT)) == []
    assert (Notification.objects.get().state, Notification.objects.get().attempts) == ("pending", 1)


# --- the list, and the texts ------------------------------------------------------------------------------------------


def test_an_admin_enters_an_address_by_hand_and_allows_it_again(dora, tenant_a, person):
    dora.post("/admin/notifications/suppression/add/", {"address": "Ana@Customer.example"})
    row = Suppression.objects.get()
    assert (row.address, row.reason) == ("ana@customer.example", "manual")
    page = dora.get("/admin/notifications/suppression/").content.decode()
    assert "ana@customer.example" in page
    told()
    list(deliver(AT))
    assert Notification.objects.get().state == "dropped"
    data = {"action": "allow_again", "_selected_action": [row.pk]}
    dora.post("/admin/notifications/suppression/", data)
    assert not Suppression.objects.exists()


def test_a_test_mail_of_any_text_goes_to_the_admin_built_in_or_own(dora, tenant_a, mailoutbox):
    from tenants import moment

    dora.post("/admin/notifications/template/test/ticket_replied/pt-br/")
    Template.objects.create(kind="ticket_replied", language="en", subject="Ours {number}", body="Hi {name}")
    dora.post("/admin/notifications/template/test/ticket_replied/en/")
    list(deliver(moment.now()))
    assert [m.to for m in mailoutbox] == [["dora@example.com"]] * 2
    assert mailoutbox[0].subject.startswith("Resposta ao seu chamado nº 1042")
    assert mailoutbox[1].subject == "Ours 1042"
    assert dora.post("/admin/notifications/template/test/no_such/en/").status_code == 404


def test_a_notices_own_page_shows_what_became_of_it(dora, tenant_a):
    from notifications import delivery

    told()
    list(deliver(AT))
    notice = Notification.objects.get()
    delivery.record(message_id=notice.message_id, what="bounced", at=AT, detail="550 5.1.1 unknown")
    page = dora.get(f"/admin/notifications/notification/{notice.pk}/change/").content.decode()
    assert "550 5.1.1 unknown" in page
