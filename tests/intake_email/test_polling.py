"""Mailboxes that we look through ourselves, against a real IMAP server."""

import contextlib
import socket
import threading
import time
from datetime import timedelta

import pytest

from tests.intake_email.letters import AT, letter
from tests.intake_email.mailboxes import PASSWORD, ImapServer
from tests.intake_email.test_hostile import deep_mime
from tickets.intake import polling, working
from tickets.intake.models import Door, Inbound
from tickets.models import Ticket


@pytest.fixture(scope="module")
def running():
    server = ImapServer()
    yield server
    server.stop()


@pytest.fixture
def imap(running, settings):
    """The server with empty folders; a network of our own may be called here."""
    settings.OUTSIDE_NETWORKS = ["127.0.0.0/8"]
    with running.signed_in() as client:
        client.select("INBOX")
        client.store("1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()
    return running


@pytest.fixture
def watched(imap, mailbox):
    """watched(**settings): a door that looks through the server's mailbox."""

    def opened(password=PASSWORD, **settings):
        door = mailbox(**imap.settings(**settings))
        door.keep_secrets({"password": password})
        door.save()
        return door

    return opened


def look(door, at=AT):
    door.refresh_from_db()
    return polling.poll(door, at)


def test_what_is_unread_is_taken_in_and_marked(desk_of, imap, watched):
    desk_of("zoom")
    imap.deliver(letter("old and read", message_id="<old@x>"), flags=r"(\Seen)")
    imap.deliver(letter(message_id="<a@x>"))
    imap.deliver(letter(message_id="<b@x>", subject="Scanner"))
    door = watched()
    assert look(door).stored == 2
    assert all(r"\Seen" in flags for flags in imap.flags().values())
    working.work_off(AT, 10)
    assert sorted(Ticket.objects.values_list("summary", flat=True)) == ["Printer", "Scanner"]
    door.refresh_from_db()
    assert (door.polled_at, door.last_error) == (AT, "")


def test_a_second_look_takes_only_what_is_new_even_when_somebody_read_it_first(desk_of, imap, watched):
    desk_of("zoom")
    imap.deliver(letter(message_id="<a@x>"))
    door = watched()
    assert look(door).stored == 1
    assert look(door).stored == 0
    imap.deliver(letter(message_id="<b@x>"), flags=r"(\Seen)")  # read in a mail program before we looked
    assert look(door).stored == 1
    imap.deliver(letter(message_id="<a@x>"))  # the same mail again
    assert look(door).stored == 0
    assert Inbound.objects.count() == 2


def test_a_new_uidvalidity_starts_over_without_doubling(desk_of, imap, watched):
    desk_of("zoom")
    imap.deliver(letter(message_id="<a@x>"))
    door = watched()
    look(door)
    door.refresh_from_db()
    Door.objects.filter(pk=door.pk).update(config=door.config | {"uid_validity": 1, "last_uid": 10_000_000})
    imap.deliver(letter(message_id="<b@x>"))
    assert look(door).stored == 1
    assert Inbound.objects.count() == 2


def test_what_was_taken_in_is_moved_where_the_door_says(desk_of, imap, watched):
    desk_of("zoom")
    imap.make_folder("Taken")
    imap.deliver(letter(message_id="<moved@x>"))
    assert look(watched(move_to="Taken")).stored == 1
    assert "<moved@x>" not in imap.flags()
    assert "<moved@x>" in imap.flags("Taken")


def test_a_poison_mail_in_the_mailbox_blocks_nothing(desk_of, imap, watched):
    desk_of("zoom")
    imap.deliver(deep_mime(80))
    imap.deliver(letter(message_id="<after@x>"))
    assert look(watched()).stored == 2
    working.work_off(AT, 10)
    assert sorted(Inbound.objects.values_list("state", flat=True)) == ["done", "parked"]


def test_a_wrong_password_a_missing_folder_and_a_dead_host_are_told_in_words(desk_of, imap, watched):
    desk_of("zoom")
    for settings, words in (
        ({"password": "wrong"}, "password"),
        ({"folder": "Nowhere"}, "no folder Nowhere"),
        ({"port": 1}, "cannot be reached"),
        ({"security": "tls"}, "encrypted"),
    ):
        door = watched(**settings)
        assert look(door).stored == 0
        door.refresh_from_db()
        assert words in door.last_error, settings
        assert polling.tried(door)[0] is False
    good = watched()
    works, told = polling.tried(good)
    assert works, told
    assert "0" in told


def test_one_bad_door_blocks_no_other_and_its_trouble_goes_when_it_works_again(desk_of, imap, watched):
    desk_of("zoom")
    bad, good = watched(port=1), watched()
    imap.deliver(letter())
    assert polling.poll_due(AT) == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert bad.last_error
    assert good.last_error == ""
    assert polling.due_doors(AT + timedelta(seconds=59)) == []
    Door.objects.filter(pk=bad.pk).update(config=imap.settings())
    assert polling.poll_due(AT + timedelta(seconds=60)) == 0
    bad.refresh_from_db()
    assert bad.last_error == ""


def test_a_server_that_accepts_and_says_nothing_costs_its_timeout_and_no_more(desk_of, watched, monkeypatch):
    desk_of("zoom")
    monkeypatch.setattr(polling, "TIMEOUT", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        held = []
        threading.Thread(target=lambda: held.append(silent.accept()), daemon=True).start()
        door = watched(port=silent.getsockname()[1])
        started = time.monotonic()
        assert look(door).stored == 0
        assert time.monotonic() - started < 5
    door.refresh_from_db()
    assert "does not answer" in door.last_error


class Talk:
    """A server that answers each command by `answer(verb and arguments)`: untagged bytes, sent before its OK."""

    def __init__(self, answer, welcome=b"* OK hello\r\n"):
        self.answer, self.welcome = answer, welcome
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
                    connection.sendall(self.welcome)
                    for line in lines:
                        tag, _, command = line.strip().partition(b" ")
                        for piece in self.answer(command.decode()):
                            connection.sendall(piece)
                        connection.sendall(tag + b" OK done\r\n")


def mailbox_of(count, asked, *, literal=None):
    """Answers of a mailbox with `count` unread mails, which stay unread whatever one does."""

    def answer(command):
        words = command.split(" ")
        if command.startswith("CAPABILITY"):
            yield b"* CAPABILITY IMAP4rev1\r\n"
        if words[0] == "SELECT":
            yield b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n" % count
        if command.startswith("UID SEARCH"):
            first = int(words[-1].partition(":")[0]) if ":" in words[-1] else 1
            yield b"* SEARCH " + " ".join(str(n) for n in range(first, count + 1)).encode() + b"\r\n"
        if command.startswith("UID FETCH") and "SIZE" in command:
            yield f"* 1 FETCH (UID {words[2]} RFC822.SIZE 100)\r\n".encode()
        elif command.startswith("UID FETCH"):
            asked.append(int(words[2]))
            raw = letter(message_id=f"<{words[2]}@x>")
            yield f"* 1 FETCH (UID {words[2]} BODY[] {{{literal or len(raw)}}}\r\n".encode() + raw
            while literal:
                yield b"x" * 65_536
            yield b")\r\n"

    return answer


def test_a_literal_larger_than_any_mail_is_not_read(desk_of, watched):
    desk_of("zoom")
    asked = []
    door = watched(port=Talk(mailbox_of(1, asked, literal=4_000_000_000)).port)
    started = time.monotonic()
    assert look(door).stored == 0
    assert time.monotonic() - started < 8
    door.refresh_from_db()
    assert "bytes in one answer" in door.last_error
    assert asked == [1]


def test_a_server_that_never_ends_is_cut_off(desk_of, watched, monkeypatch):
    desk_of("zoom")
    monkeypatch.setattr(polling, "TALK_SECONDS", 1.5)

    def drips(command):
        while True:
            time.sleep(0.05)
            yield b"* OK still here\r\n"

    door = watched(port=Talk(drips).port)
    started = time.monotonic()
    assert look(door).stored == 0
    assert time.monotonic() - started < 8
    door.refresh_from_db()
    assert door.last_error


def test_a_mailbox_that_marks_nothing_yields_each_mail_and_is_left_in_peace_then(
    desk_of, watched, monkeypatch
):
    desk_of("zoom")
    monkeypatch.setattr(polling, "AT_ONCE", 3)
    asked = []
    door = watched(port=Talk(mailbox_of(5, asked)).port)
    first = look(door)
    assert (first.stored, first.is_done) == (3, False)
    second = look(door)
    assert (second.stored, second.is_done) == (2, True)
    assert asked[:5] == [1, 2, 3, 4, 5]
    monkeypatch.setattr(
        polling, "DOOR_SECONDS", -1.0
    )  # no time is left: nothing new, and no further look at once
    assert look(door) == polling.Found(0, True)
    door.refresh_from_db()
    assert door.polled_at == AT


def test_the_next_look_is_hinted_and_a_desk_without_mailboxes_has_no_hint(desk_of, watched):
    from django.db import connection

    from tenants import wakeups

    desk_of("zoom")
    connection.cursor().execute("DELETE FROM public.tenants_wakeup")
    polling.look_again(AT)
    assert wakeups.seen_hints("poll", AT + timedelta(days=1)) == []
    watched()
    polling.poll_due(AT)
    assert wakeups.seen_hints("poll", AT + timedelta(seconds=59)) == []
    assert len(wakeups.seen_hints("poll", AT + timedelta(seconds=60))) == 1


def test_an_oversized_mail_stays_in_the_mailbox_and_is_seen_by_the_admin(desk_of, imap, watched, monkeypatch):
    desk_of("zoom")
    monkeypatch.setattr(polling, "MAX_BYTES", 20_000)
    imap.deliver(letter("x" * 30_000, message_id="<large@x>"))
    assert look(watched()).stored == 1
    row = Inbound.objects.get()
    assert row.state == "parked"
    assert "still in the mailbox" in row.reason
    assert "<large@x>" in imap.flags()


def test_a_mailbox_within_our_own_network_is_not_called(desk_of, imap, watched, settings):
    desk_of("zoom")
    settings.OUTSIDE_NETWORKS = []
    door = watched()
    assert look(door).stored == 0
    door.refresh_from_db()
    assert "private or reserved" in door.last_error
