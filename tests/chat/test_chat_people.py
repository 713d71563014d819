"""Who is there, and what follows: mails held back or not, what agents see, how soon we usually answer, transcripts."""

from datetime import timedelta

import pytest

from notifications import delivery
from notifications.models import Notification
from tenants.people.models import User
from tests.chat.conftest import WEDNESDAY, switch_on
from tickets import lifecycle
from tickets.chat import pace
from tickets.chat.models import Chat, Pace
from tickets.desk.standing import marks
from tickets.models import Message, Ticket

MINUTE = timedelta(minutes=1)


def mails(kind, to="alice@example.com"):
    return list(Notification.objects.filter(kind=kind, address=to, channel="email").order_by("id"))


# --- seen in the widget is handed over; what was not seen goes by mail


def test_an_answer_that_the_widget_has_shown_is_not_mailed(widget, person):
    alice = widget("alice")
    alice.say("Hello")
    ticket = Ticket.objects.get()
    message = lifecycle.reply(ticket, author=person("bob"), body="Hello Alice", at=WEDNESDAY)
    [mail] = mails("ticket_replied")
    assert (mail.state, mail.due_at) == ("pending", WEDNESDAY + timedelta(seconds=40)), (
        "it waits for the widget"
    )
    assert alice.signs(seen=message.pk).status_code == 204
    [mail] = mails("ticket_replied")
    assert mail.state == "dropped"
    message.refresh_from_db()
    assert message.delivered_at == WEDNESDAY
    [mark] = marks(delivery.standing_of(ticket.pk)[message.pk], WEDNESDAY)
    assert (mark.tone, mark.words) == ("", "seen in the chat"), "nothing has failed"


def test_an_answer_that_a_visitors_widget_has_shown_is_not_mailed_to_the_address_they_gave(widget, person):
    """Alice did not sign in: a person of the chat's own asks, and her account's address is in copy."""
    visitor = widget()
    visitor.say("Hello", name="Alice", email="alice@example.com")
    ticket = Ticket.objects.get()
    message = lifecycle.reply(ticket, author=person("bob"), body="Hello Alice", at=WEDNESDAY)
    [mail] = mails("ticket_replied")
    assert (mail.state, mail.due_at) == ("pending", WEDNESDAY + timedelta(seconds=40))
    visitor.signs(seen=message.pk)
    assert [mail.state for mail in mails("ticket_replied")] == ["dropped"]


def test_an_answer_to_somebody_who_left_is_mailed_at_once(widget, person):
    alice = widget("alice")
    alice.say("Hello")
    later = WEDNESDAY + 2 * MINUTE
    lifecycle.reply(Ticket.objects.get(), author=person("bob"), body="Hello Alice", at=later)
    [mail] = mails("ticket_replied")
    assert (mail.state, mail.due_at) == ("pending", later)


def test_a_mail_that_is_on_its_way_is_left_alone(widget, person):
    alice = widget("alice")
    alice.say("Hello")
    message = lifecycle.reply(Ticket.objects.get(), author=person("bob"), body="Hello", at=WEDNESDAY)
    Notification.objects.filter(kind="ticket_replied").update(lease_until=WEDNESDAY + MINUTE)
    alice.signs(seen=message.pk)
    assert mails("ticket_replied")[0].state == "pending"


def test_what_was_not_seen_yet_does_not_count_as_handed_over(widget, person):
    alice = widget("alice")
    alice.say("Hello")
    ticket = Ticket.objects.get()
    first = lifecycle.reply(ticket, author=person("bob"), body="One", at=WEDNESDAY)
    second = lifecycle.reply(ticket, author=person("bob"), body="Two", at=WEDNESDAY)
    alice.signs(seen=first.pk)
    assert [mail.state for mail in mails("ticket_replied")] == ["dropped", "pending"]
    second.refresh_from_db()
    assert second.delivered_at is None


def test_an_agent_who_has_the_chat_open_is_not_mailed_every_line(widget, bob, person):
    alice = widget("alice")
    alice.say("Hello")
    ticket = Ticket.objects.get()
    lifecycle.assign(ticket, owner=person("bob"), by=person("bob"), at=WEDNESDAY)
    bob.get(f"/desk/tickets/{ticket.number}/chat/")
    alice.say("One more line")
    [mail] = mails("customer_replied", "bob@example.com")
    assert mail.state == "dropped"
    Chat.objects.update(agent_seen_at=WEDNESDAY - MINUTE)
    alice.say("And another")
    assert [mail.state for mail in mails("customer_replied", "bob@example.com")] == ["dropped", "pending"]


# --- the agent's side


def test_the_list_of_running_chats_has_the_longest_waiting_first(widget, bob, person, at):
    alice, erin = widget("alice"), widget("erin")
    alice.say("Alice waits longest")
    at(WEDNESDAY + 3 * MINUTE)
    erin.say("Erin came later")
    page = bob.get("/desk/chats/").content.decode()
    assert page.index("Alice waits longest") < page.index("Erin came later")
    first = Ticket.objects.get(requester=person("alice"))
    lifecycle.reply(first, author=person("bob"), body="Here I am", at=WEDNESDAY + 4 * MINUTE)
    page = bob.get("/desk/chats/").content.decode()
    assert page.index("Erin came later") < page.index("Here I am")
    assert Chat.objects.get(ticket=first).waiting_since is None
    lifecycle.resolve(first, by=person("bob"), at=WEDNESDAY + 5 * MINUTE, solution="Done.")
    assert "Done." not in bob.get("/desk/chats/").content.decode()


def test_the_list_is_silent_while_nothing_changes(widget, bob):
    widget("alice").say("Hello")
    page = bob.get("/desk/chats/").content.decode()
    seen = page.split("?seen=")[1][:16]
    assert bob.get(f"/desk/chats/?seen={seen}", headers={"HX-Request": "true"}).status_code == 204


def test_the_live_thread_brings_new_messages_and_who_is_there(widget, bob, at):
    alice = widget("alice")
    alice.say("Hello")
    number = Ticket.objects.get().number
    page = bob.get(f"/desk/tickets/{number}/").content.decode()
    assert "data-chat-bar" in page and f"C-{number}" in page and "is here and reads" in page
    last = Message.objects.latest("id").pk
    state = bob.get(f"/desk/tickets/{number}/chat/?after={last}")
    assert state.json()["entries"] == [] and state.json()["here"] == "here"
    alice.signs(typing="1")
    assert bob.get(f"/desk/tickets/{number}/chat/?after={last}").json()["here"] == "typing"
    alice.say("A second line")
    [entry] = bob.get(f"/desk/tickets/{number}/chat/?after={last}").json()["entries"]
    assert "A second line" in entry["html"]
    now = bob.get(f"/desk/tickets/{number}/chat/")
    assert bob.get(f"/desk/tickets/{number}/chat/", headers={"If-None-Match": now["ETag"]}).status_code == 304
    at(WEDNESDAY + MINUTE)
    assert bob.get(f"/desk/tickets/{number}/chat/").json()["here"] == "away"


def test_the_customer_sees_that_an_agent_types(widget, bob):
    alice = widget("alice")
    alice.say("Hello")
    bob.post(f"/desk/tickets/{Ticket.objects.get().number}/chat/")
    assert alice.thread().json()["typing"] == "Bob"


def test_the_live_thread_is_for_agents(desk, widget, client_for, person):
    widget("alice").say("Hello")
    number = Ticket.objects.get().number
    assert client_for(desk, person("alice")).get(f"/desk/tickets/{number}/chat/").status_code == 404
    assert client_for(desk).get(f"/desk/tickets/{number}/chat/").status_code == 302
    assert client_for(desk, person("alice")).get("/desk/chats/").status_code == 404


def test_the_queue_marks_who_is_live_now(widget, bob, at, monkeypatch):
    monkeypatch.setattr("tickets.desk.queue.now", lambda: WEDNESDAY)
    widget("alice").say("Hello")
    assert "live now" in bob.get("/desk/").content.decode()
    Chat.objects.update(customer_seen_at=WEDNESDAY - MINUTE)
    assert "live now" not in bob.get("/desk/").content.decode()


# --- how soon we usually answer


def chat_answered(person, minutes, answered_at, n):
    ticket = lifecycle.open_ticket(
        requester=person, summary=f"Chat {n}", body="Hello", at=answered_at - minutes * MINUTE, channel="chat"
    ).ticket
    opened = answered_at - minutes * MINUTE
    Chat.objects.create(ticket=ticket, secret_hash=f"{n:064}", opened_at=opened, answered_at=answered_at)


def test_how_soon_we_answer_is_said_only_if_it_was_measured(desk, person, client_for, at):
    alice = client_for(desk, person("alice"))
    for n in range(9):
        chat_answered(person("alice"), n + 1, WEDNESDAY - timedelta(hours=n), n)
    assert pace.measure(WEDNESDAY) is None
    page = alice.get("/chat/").content.decode()
    assert "Usually answers" not in page and "We answer by" in page  # the promise stands there instead
    chat_answered(person("alice"), 100, WEDNESDAY - timedelta(days=6), 9)
    measured = pace.measure(WEDNESDAY)
    # 1 to 9 minutes and 100: the median of ten is (5 + 6) / 2 minutes.
    assert (measured.seconds, measured.samples) == (330, 10)
    # The tenth is six days old: from tomorrow on only nine are of the last week.
    assert measured.valid_until == WEDNESDAY + timedelta(days=1)
    assert "Usually answers in 6 minutes" in alice.get("/chat/").content.decode()
    at(WEDNESDAY + timedelta(days=1))
    assert "Usually answers" not in alice.get("/chat/").content.decode()


def test_the_first_answer_wakes_the_job_that_measures(widget, person):
    widget("alice").say("Hello")
    from django.db import connection

    def hints():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM public.tenants_wakeup WHERE kind = 'chat'")
            return cursor.fetchone()[0]

    before = hints()
    lifecycle.reply(Ticket.objects.get(), author=person("bob"), body="One", at=WEDNESDAY + MINUTE)
    lifecycle.reply(Ticket.objects.get(), author=person("bob"), body="Two", at=WEDNESDAY + 2 * MINUTE)
    assert hints() == before + 1
    chat = Chat.objects.get()
    assert chat.answered_at == WEDNESDAY + MINUTE
    assert not Pace.objects.exists()


# --- the transcript


def test_the_transcript_is_mailed_when_the_chat_ends_and_once(widget, person):
    alice = widget("alice")
    alice.say("Hello")
    ticket = Ticket.objects.get()
    lifecycle.reply(ticket, author=person("bob"), body="Hello Alice", at=WEDNESDAY)
    assert "on its way to alice@example.com" in alice.post("transcript").json()["said"]
    alice.post("transcript")
    assert len(mails("chat_transcript")) == 1, "asked twice, nothing said in between"
    alice.say("Thank you")
    alice.post("end")
    [__, second] = mails("chat_transcript")
    told = second.words["transcript"]
    assert told.index("Hello") < told.index("Hello Alice") < told.rindex("Thank you")
    assert "2027-03-10 13:00 Alice" in told and "Bob" in told
    ticket.refresh_from_db()
    assert ticket.status != "closed", "ended, and gone on with by mail"


def test_solved_closes_the_ticket_with_one_transcript(widget, person):
    alice = widget("alice")
    alice.say("Hello")
    assert alice.thread().json()["may_close"] is True
    assert alice.post("end", solved="1").status_code == 204
    assert Ticket.objects.get().status == "closed"
    assert len(mails("chat_transcript")) == 1


def test_the_transcript_is_in_the_customers_language(widget, person):
    User.objects.filter(email="alice@example.com").update(language="pt-br")
    alice = widget("alice")
    alice.say("Olá")
    alice.post("end")
    from notifications.rendering import Stationery

    letter = Stationery().letter(mails("chat_transcript")[0])
    assert letter.subject == f"Seu chat nº {Ticket.objects.get().number}: Olá"
    assert "> Obrigado. O seu chat tem o número" in letter.text


# --- the admin's page


def test_the_settings_are_edited_in_the_admin(desk, client_for, person):
    dora = client_for(desk, person("dora"))
    page = dora.get("/admin/chat/chatsettings/1/change/").content.decode()
    assert "/chat/widget.js&quot; async&gt;" in page
    asked = {
        "is_on": "on",
        "audience": "chosen",
        "visitors": "",
        "sites": "www.example.com",
        "greeting_en": "Hi!",
    }
    refused = dora.post("/admin/chat/chatsettings/1/change/", asked)
    assert "Choose a plan or a company" in refused.content.decode()
    refused = dora.post(
        "/admin/chat/chatsettings/1/change/", asked | {"plans": "premium", "sites": "http://x/y"}
    )
    assert "is not a site&#x27;s address" in refused.content.decode()
    assert dora.post("/admin/chat/chatsettings/1/change/", asked | {"plans": "premium"}).status_code == 302
    page = client_for(desk, person("alice")).get("/chat/")
    assert "Hi!" in page.content.decode() and "https://www.example.com" in page["Content-Security-Policy"]


@pytest.mark.parametrize("slug", ["z-pro"])
def test_a_policy_without_chat_cannot_switch_it_on(desk_of, client_for, person, at, slug):
    tenant = desk_of(slug)
    switch_on(is_on=False)
    dora = client_for(tenant, person("dora"))
    page = dora.post(
        "/admin/chat/chatsettings/1/change/", {"is_on": "on", "audience": "everybody", "sites": ""}
    )
    assert "opens no tickets by chat" in page.content.decode()
