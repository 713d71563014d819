"""Before a chat begins: is it one of these (TD16)? For signed-in customers; a visitor may be anybody and is shown nothing."""

from tests.chat.conftest import WEDNESDAY
from tickets import lifecycle
from tickets.chat.models import Chat
from tickets.models import Ticket

SAID = "The webhook stopped delivering messages"


def opened(person, **given):
    given = {"summary": SAID, "body": "Nothing since 9.", "at": WEDNESDAY} | given
    return lifecycle.open_ticket(requester=person("alice"), **given).ticket


def test_td16_a_likely_duplicate_is_shown_and_the_message_is_kept(desk, widget, person):
    ticket = opened(person)
    alice = widget("alice")
    answer = alice.post("messages", key="key-00000001", body="webhook stopped delivering messages")
    assert answer.status_code == 409
    [found] = answer.json()["lookalikes"]
    assert (found["number"], found["url"]) == (ticket.number, f"/tickets/{ticket.number}/")
    assert not Chat.objects.exists()
    # None of them: the same message, with the same key, begins the chat.
    answer = alice.post(
        "messages", key="key-00000001", body="webhook stopped delivering messages", is_new="1"
    )
    assert (answer.status_code, answer.json()["number"]) == (201, "C-2")


def test_td16_added_to_that_ticket_the_message_goes_on_there(desk, widget, person):
    ticket = opened(person)
    sent = {"key": "key-00000001", "body": "webhook stopped delivering messages", "into": ticket.number}
    alice = widget("alice")
    answer = alice.post("messages", **sent)
    assert (answer.status_code, answer.json()["url"]) == (201, f"/tickets/{ticket.number}/")
    alice.post("messages", **sent)  # the answer was lost
    assert [m.body for m in ticket.messages.order_by("pk")] == ["Nothing since 9.", sent["body"]]
    assert Ticket.objects.count() == 1 and not Chat.objects.exists()


def test_td16_into_somebody_elses_ticket_nobody_gets(desk, widget, person):
    ticket = opened(person)
    answer = widget("frank").post("messages", key="key-00000001", body="Hello", into=ticket.number)
    assert answer.status_code == 404
    assert ticket.messages.count() == 1


def test_td16_a_visitor_who_gives_alices_address_learns_nothing(desk, widget, person):
    opened(person)
    answer = widget().post(
        "messages", key="key-00000001", body="webhook stopped delivering messages", name="Alice",
        email="alice@example.com",
    )  # fmt: skip
    assert answer.status_code == 201


def test_td16_a_running_chat_is_a_lookalike_too(desk, widget, person):
    first = widget("alice")
    assert first.post("messages", key="key-00000001", body=SAID).status_code == 201
    answer = widget("alice").post("messages", key="key-00000002", body="The webhook stopped delivering")
    assert answer.json()["lookalikes"][0]["number"] == 1


def test_td16_a_merged_chat_ends_and_says_where_it_goes_on(desk, widget, person):
    ticket = opened(person)
    alice = widget("alice")
    alice.post("messages", key="key-00000001", body="Something else at first", is_new="1")
    chat = Ticket.objects.latest("pk")
    lifecycle.merge(chat, into=ticket, by=person("bob"), at=WEDNESDAY)
    state = alice.thread().json()
    assert state["is_over"] and "goes on in another ticket" in state["standing"]
    assert alice.post("messages", key="key-00000003", body="Hello?").status_code == 409
