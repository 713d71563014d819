"""One ticket: read, answer, close, open again; the guest's link; files; who may see what."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import delivery
from policies import draft, publishing
from policies.models import Calendar, Holiday
from tenants import links
from tickets import lifecycle
from tickets.models import Attachment, Message, Ticket

MONDAY_8 = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ask(person):
    def opened(who="alice", at=MONDAY_8, **more):
        given = {"summary": "Where is the report?", "body": "I cannot find it."} | more
        return lifecycle.open_ticket(requester=person(who), at=at, **given).ticket

    return opened


def text(response):
    return response.content.decode()


def test_the_thread_tells_who_and_what_happens_next(tenant_a, client_for, person, at, ask):
    ticket = ask()
    lifecycle.reply(
        ticket, author=person("bob"), body="Look under **Reports**.", at=MONDAY_8 + HOUR, wait=True
    )
    lifecycle.add_note(ticket, author=person("bob"), body="secret-note", at=MONDAY_8 + HOUR)
    at(MONDAY_8 + 2 * HOUR)
    page = text(client_for(tenant_a, person("alice")).get(f"/tickets/{ticket.number}/"))
    assert "<strong>Reports</strong>" in page
    assert "It is your turn" in page
    assert "secret-note" not in page


def test_a_reply_lands_in_the_thread(tenant_a, client_for, person, at, ask):
    ticket = ask()
    client = client_for(tenant_a, person("alice"))
    answer = client.post(f"/tickets/{ticket.number}/reply/", {"body": "One more thing."}, follow=True)
    assert "One more thing." in text(answer)
    assert "Your message has been sent." in text(answer)


def test_an_empty_reply_is_refused_at_its_field(tenant_a, client_for, person, at, ask):
    ticket = ask()
    answer = client_for(tenant_a, person("alice")).post(f"/tickets/{ticket.number}/reply/", {"body": " "})
    assert answer.status_code == 422
    assert "Write your message first." in text(answer)


def test_solved_close_it_and_open_again(tenant_a, client_for, person, at, ask):
    ticket = ask()
    client = client_for(tenant_a, person("alice"))
    client.post(f"/tickets/{ticket.number}/closing/")
    assert Ticket.objects.get().status == "closed"
    assert "Not solved: open it again" in text(client.get(f"/tickets/{ticket.number}/"))
    client.post(f"/tickets/{ticket.number}/reopening/")
    assert Ticket.objects.get().is_unresolved


def test_ch09_history_continues_in_a_linked_ticket(desk_of, client_for, person, at, ask):
    tenant = desk_of("erp-chamados")
    ticket = ask()
    lifecycle.resolve(ticket, by=person("bob"), at=MONDAY_8 + HOUR, solution="Done.")
    ticket.refresh_from_db()
    lifecycle.close(ticket, by=person("bob"), at=MONDAY_8 + HOUR)
    at(MONDAY_8 + 30 * 24 * HOUR)
    client = client_for(tenant, person("alice"))
    assert "Continue in a new ticket" in text(client.get(f"/tickets/{ticket.number}/"))
    answer = client.post(f"/tickets/{ticket.number}/reply/", {"body": "It is back."}, follow=True)
    assert Ticket.objects.get(follows=ticket).number == ticket.number + 1
    assert "Continues ticket" in text(answer)


def test_ch09_what_began_a_linked_ticket_is_no_draft_any_more(desk_of, client_for, person, at, ask):
    """The page after it names the key under which the browser kept what was typed: signed in, and by the mail's link."""
    tenant = desk_of("erp-chamados")
    ticket = ask()
    lifecycle.resolve(ticket, by=person("bob"), at=MONDAY_8 + HOUR, solution="Done.")
    lifecycle.close(ticket, by=person("bob"), at=MONDAY_8 + HOUR)
    at(MONDAY_8 + 30 * 24 * HOUR)
    guest = f"/t/{links.sign('guest', ticket.pk, MONDAY_8 + 30 * 24 * HOUR)}/"
    for client, page, key in (
        (client_for(tenant, person("alice")), f"/tickets/{ticket.number}/", "1a" * 16),
        (client_for(tenant), guest, "2b" * 16),
    ):
        answer = client.post(f"{page}reply/", {"body": f"It is back, {key}.", "key": key}, follow=True)
        assert f'data-sent-key="{key}"' in text(answer)
        assert Message.objects.get(key=key).ticket.follows == ticket


def test_zp07_a_link_that_has_been_answered_leads_to_the_ticket(tenant_a, client_for, person, at, ask):
    ticket = ask()
    lifecycle.reply(ticket, author=person("bob"), body="Which one?", at=MONDAY_8 + HOUR, wait=True)
    at(MONDAY_8 + 2 * HOUR)
    guest = f"/t/{links.sign('guest', ticket.pk, MONDAY_8 + 2 * HOUR)}/"
    client = client_for(tenant_a)
    for question, button in (("still-needed", "Yes, I still need help"), ("solved", "Yes, it is solved")):
        assert button in text(client.get(f"{guest}{question}/"))
        client.post(f"{guest}{question}/")
        assert client.get(f"{guest}{question}/").url == guest


def test_ch06_who_gets_no_mail_is_not_told_that_one_is_on_its_way(tenant_a, client_for, person, at, ask):
    ticket = ask()
    page = f"/tickets/{ticket.number}/received/"
    client = client_for(tenant_a, person("alice"))
    assert "is on its way to alice@example.com" in text(client.get(page))
    delivery.suppress("Alice@example.com", "hard_bounce", MONDAY_8)
    shown = text(client.get(page))
    assert "is on its way" not in shown
    assert "alice@example.com takes none of ours" in shown


def test_zp02_the_reason_of_a_deadline_names_the_days_with_other_hours(desk_of, client_for, person, at, ask):
    """24 business hours from Monday 08:00: Monday 10, Tuesday 6 (10:00-16:00), Wednesday 8 -> Wednesday 16:00."""
    tenant = desk_of("z-pro")
    calendar = Calendar.objects.get(key="business")
    day = date(2026, 11, 24)
    Holiday.objects.create(
        calendar=calendar, kind="changed", day=day, intervals=[["10:00", "16:00"]], position=99
    )
    revision = draft.touch(MONDAY_8 - HOUR)
    publishing.publish_calendar("business", revision=revision, by=person("dora"), at=MONDAY_8 - HOUR)
    ticket = ask(topic="question")
    page = text(client_for(tenant, person("alice")).get(f"/tickets/{ticket.number}/why/"))
    assert "Other hours on Tuesday 24 November: 08:00–10:00, 16:00–18:00 does not count." in page
    assert "That makes it due on Wednesday 25 November, 16:00." in page


def test_td17_what_is_masked_on_the_way_to_a_linked_ticket_is_told(desk_of, client_for, person, at, ask):
    tenant = desk_of("erp-chamados")
    ticket = ask()
    Ticket.objects.update(summary="senha: Leilao@2026")  # from before secrets were masked
    lifecycle.resolve(ticket, by=person("bob"), at=MONDAY_8 + HOUR, solution="Done.")
    lifecycle.close(ticket, by=person("bob"), at=MONDAY_8 + HOUR)
    at(MONDAY_8 + 30 * 24 * HOUR)
    client = client_for(tenant, person("alice"))
    client.post(f"/tickets/{ticket.number}/reply/", {"body": "My password is hunter22x."}, follow=True)
    linked = Ticket.objects.get(follows=ticket)
    assert linked.summary == "senha: Le••••••26"
    assert linked.messages.get(by_customer=True).body == "My password is h••••••x."
    assert linked.messages.filter(kind="system").exists()


def test_only_who_may_see_it_sees_it(tenant_a, client_for, person, at, ask):
    ticket = ask()
    assert client_for(tenant_a, person("frank")).get(f"/tickets/{ticket.number}/").status_code == 404
    assert client_for(tenant_a, person("erin")).get(f"/tickets/{ticket.number}/").status_code == 404
    company = person("alice").membership.company
    company.members_see_each_other = True
    company.save()
    assert client_for(tenant_a, person("erin")).get(f"/tickets/{ticket.number}/").status_code == 200
    assert client_for(tenant_a).get(f"/tickets/{ticket.number}/").status_code == 302


def test_files_are_served_after_a_right_check_and_never_run(tenant_a, client_for, person, at, ask):
    page = SimpleUploadedFile("page.txt", b"<script>alert(1)</script>")
    ticket = ask(files=[page])
    file = Attachment.objects.get()
    answer = client_for(tenant_a, person("alice")).get(f"/files/{file.pk}/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert client_for(tenant_a, person("frank")).get(f"/files/{file.pk}/").status_code == 404
    assert client_for(tenant_a).get(f"/files/{file.pk}/").status_code == 302
    token = links.sign("guest", ticket.pk, MONDAY_8)
    assert client_for(tenant_a).get(f"/t/{token}/files/{file.pk}/").status_code == 200


def test_files_of_notes_are_for_agents(tenant_a, client_for, person, at, ask):
    ticket = ask()
    lifecycle.add_note(
        ticket, author=person("bob"), body="x", at=MONDAY_8, files=[SimpleUploadedFile("a.txt", b"hello")]
    )
    file = Attachment.objects.get()
    token = links.sign("guest", ticket.pk, MONDAY_8)
    assert client_for(tenant_a, person("alice")).get(f"/files/{file.pk}/").status_code == 404
    assert client_for(tenant_a).get(f"/t/{token}/files/{file.pk}/").status_code == 404
    assert client_for(tenant_a, person("bob")).get(f"/files/{file.pk}/").status_code == 200


def test_messages_are_shown_without_scripts(tenant_a, client_for, person, at, ask):
    body = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)> https://example.com/a?b=1"
    ticket = ask(body=body)
    page = text(client_for(tenant_a, person("alice")).get(f"/tickets/{ticket.number}/"))
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "<img src=x" not in page
    assert '<a href="https://example.com/a?b=1"' in page


# --- the link of a mail (CH06) -------------------------------------------------------------------------------


def test_ch06_the_quick_link_follows_the_ticket_without_signing_in(tenant_a, client_for, person, at, ask):
    ticket = ask()
    lifecycle.reply(ticket, author=person("bob"), body="Found it.", at=MONDAY_8)
    client = client_for(tenant_a)
    address = f"/t/{links.sign('guest', ticket.pk, MONDAY_8)}/"
    assert "Found it." in text(client.get(address))
    answer = client.post(f"{address}reply/", {"body": "Thank you."}, follow=True)
    assert "Thank you." in text(answer)
    assert Message.objects.filter(body="Thank you.", by_customer=True).exists()


def test_ch06_looking_changes_nothing(tenant_a, client_for, person, at, ask):
    ticket = ask()
    lifecycle.reply(ticket, author=person("bob"), body="Found it.", at=MONDAY_8, wait=True)
    address = f"/t/{links.sign('guest', ticket.pk, MONDAY_8)}/"
    before = Ticket.objects.values().get(), list(Message.objects.values())
    for path in ("", "still-needed/", "solved/"):
        answer = client_for(tenant_a).get(address + path)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
    assert (Ticket.objects.values().get(), list(Message.objects.values())) == before
    client_for(tenant_a).post(f"{address}still-needed/")
    assert Ticket.objects.get().status == "open"
    client_for(tenant_a).post(f"{address}solved/")
    assert Ticket.objects.get().status == "closed"


def test_ch06_a_link_ends_and_opens_nothing_else(tenant_b, tenant_a, client_for, person, at, ask):
    ticket = ask()
    token = links.sign("guest", ticket.pk, MONDAY_8, days=1)
    other = links.sign("password", ticket.pk, MONDAY_8)
    assert client_for(tenant_a).get(f"/t/{other}/").status_code == 410
    assert client_for(tenant_b).get(f"/t/{token}/").status_code == 410
    connection.set_tenant(tenant_a)
    at(MONDAY_8 + timedelta(days=2))
    answer = client_for(tenant_a).get(f"/t/{token}/")
    assert answer.status_code == 410
    assert "does not open a ticket any more" in text(answer)


def test_a_longer_thread_asks_the_database_no_more(tenant_a, client_for, person, at, ask):
    ticket = ask()
    client = client_for(tenant_a, person("alice"))

    def say(times):
        for _ in range(times):
            lifecycle.reply(ticket, author=person("alice"), body="More.", at=MONDAY_8)
            lifecycle.reply(ticket, author=person("bob"), body="Yes.", at=MONDAY_8)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/tickets/{ticket.number}/").status_code == 200
        return sum(not query["sql"].startswith("SET") for query in seen)

    say(1)
    queries()
    few = queries()
    say(10)
    queries()
    assert queries() <= few
    assert few <= 15
