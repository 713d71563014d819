"""A conversation by mail alone on the customer's side: a real IMAP server brings what Gmail, Outlook, Apple Mail and Thunderbird
send, real workers make one ticket of it, and the agent's answers go out by SMTP."""

import re
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import pytest

from tests.intake_email.mailboxes import PASSWORD, ImapServer
from tests.journeys.live import until, utc

pytestmark = pytest.mark.journey

TENANT = "zoom"
MONDAY = utc(2027, 5, 10, 13)


@pytest.fixture(scope="module")
def imap():
    server = ImapServer()
    yield server
    server.stop()


@pytest.fixture
def door(live, imap):
    """Dora makes a door of the mailbox, and answers are to come to it."""
    live.travel_to(MONDAY)
    dora = live.visitor(TENANT, "dora")
    if not live.sql("SELECT 1 FROM intake_door WHERE address = 'support@zoom.example'", tenant=TENANT):
        dora.open("/admin/intake/door/add/?kind=imap")
        dora.submit(
            "", name="Support", address="support@zoom.example", channel="email", is_active="on", password=PASSWORD,
            **imap.settings(),
        )  # fmt: skip
        live.sql("UPDATE customers_desk SET reply_address = 'support@zoom.example'", tenant=TENANT)
    [[pk]] = live.sql("SELECT id FROM intake_door WHERE address = 'support@zoom.example'", tenant=TENANT)
    return pk


def mail(sender, to, subject, text, html=None, at=MONDAY, **more):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = (
        sender,
        to,
        subject,
        format_datetime(at),
    )
    message["Message-ID"] = f"<{abs(hash((sender, subject, text)))}@mail.example>"
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def quoted(text):
    return "\n".join(f"> {line}" for line in text.splitlines())


def gmail(words, old):
    introduced = "On Mon, May 10, 2027 at 10:05 AM Support <support@zoom.example> wrote:"
    return f"{words}\n\n{introduced}\n\n{quoted(old)}\n", (
        f'<div dir="ltr">{words}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{introduced}<br></div>'
        f'<blockquote class="gmail_quote">{old}</blockquote></div>'
    )


def outlook(words, old):
    head = "From: Support <support@zoom.example>\nSent: Monday, May 10, 2027 10:05 AM\nTo: Alice\nSubject: RE: Printer"
    return f"{words}\n\n{head}\n\n{old}\n", (
        f'<div class="WordSection1"><p class="MsoNormal">{words}</p><div style="border:none;border-top:solid #E1E1E1 1.0pt">'
        f'<p class="MsoNormal"><b>From:</b> Support<br><b>Sent:</b> Monday<br><b>To:</b> Alice</p></div><p>{old}</p></div>'
    )


def apple(words, old):
    introduced = "On 10 May 2027, at 10:05, Support <support@zoom.example> wrote:"
    return f"{words}\n\n{introduced}\n\n{quoted(old)}\n", (
        f'{words}<br><div><blockquote type="cite"><div>{introduced}</div><br>{old}</blockquote></div>'
    )


def thunderbird(words, old):
    return f"Em 10/05/2027 10:05, Support escreveu:\n{quoted(old)}\n\n{words}\n\n-- \nAlice\n", None


class Customer:
    """Alice in front of her mail program: answers what she received, as that program does."""

    def __init__(self, live, imap):
        self.live, self.imap = live, imap

    def writes(
        self, subject, text, html=None, sender="Alice <alice@example.com>", to="support@zoom.example", **more
    ):
        self.imap.deliver(mail(sender, to, subject, text, html, self.live.now(), **more))
        self.live.travel_to(
            self.live.now() + timedelta(seconds=61)
        )  # the mailbox is looked through every minute

    def answers(self, received, words, program, **more):
        text, html = program(words, received.text.strip())
        ours = received.message
        subject = re.sub(r"^(Re: )?", "Re: ", received.subject)
        references = f"{ours['References'] or ''} {ours['Message-ID']}".strip()
        self.writes(
            subject, text, html, to=ours["Reply-To"], In_Reply_To=ours["Message-ID"], References=references, **more
        )  # fmt: skip


def test_ten_messages_in_four_programs_shapes_become_one_ticket(live, imap, door):
    alice, bob = Customer(live, imap), live.visitor(TENANT, "bob")
    alice.writes(
        "Printer",
        "The printer does not print.\n\n-- \nAlice",
        "<p>The printer does <b>not</b> print.</p><p>-- <br>Alice</p>",
    )
    confirmation = live.mail.wait_for("alice", "Printer")
    number = int(re.search(r"#(\d+)", confirmation.subject)[1])
    assert re.search(
        r"^support\+r\d+-[a-z2-7]{16}@zoom\.example$", parseaddr(confirmation.message["Reply-To"])[1]
    )
    turns = [
        ("Is it switched on?", "Yes, it is on.", gmail),
        ("Is there paper in it?", "There is paper.", outlook),
        ("Which lamp is lit?", "The red one.", apple),
        ("Please open the lid.", "Abri a tampa e voltou.", thunderbird),
    ]
    for said_by_bob, said_by_alice, program in turns:
        bob.answer(number, said_by_bob)
        alice.answers(live.mail.wait_for("alice", said_by_bob), said_by_alice, program)
        live.mail.wait_for("bob", said_by_alice)
    bob.answer(number, "Then all is well.")
    live.mail.wait_for("alice", "Then all is well.")

    rows = live.sql(
        """SELECT m.by_customer, m.body, m.quoted, m.channel FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id
           WHERE t.number = %s ORDER BY m.at, m.id""", [number], tenant=TENANT,
    )  # fmt: skip
    assert [(is_hers, body) for is_hers, body, *_ in rows] == [
        (True, "The printer does not print.\n\n-- \nAlice"),
        (False, "Is it switched on?"),
        (True, "Yes, it is on."),
        (False, "Is there paper in it?"),
        (True, "There is paper."),
        (False, "Which lamp is lit?"),
        (True, "The red one."),
        (False, "Please open the lid."),
        (True, "Abri a tampa e voltou.\n\n-- \nAlice"),
        (False, "Then all is well."),
    ]
    assert all(quote for is_hers, _, quote, _ in rows[1:] if is_hers), (
        "what her programs repeated is kept, folded"
    )
    assert {channel for is_hers, *_, channel in rows if is_hers} == {"email"}
    assert len(live.mail.to("alice", f"#{number}")) == 6, (
        "one confirmation and five answers; nothing answered her replies"
    )
    page = bob.open(f"/desk/tickets/{number}/")
    assert page.html.count('<details class="quoted">') == 4
    assert "does <b>not</b> print" in page.html
    assert all(r"\Seen" in flags for flags in imap.flags().values())


def test_td14_a_reply_from_another_address_opens_a_new_ticket_at_the_end_of_the_queue(live, imap, door):
    live.travel_to(
        MONDAY + timedelta(hours=3)
    )  # beyond the hour within which only one automatic answer goes to her
    alice = Customer(live, imap)
    alice.writes("Scanner", "The scanner is slow. Account 4711.")
    confirmation = live.mail.wait_for("alice", "Scanner")
    number = int(re.search(r"#(\d+)", confirmation.subject)[1])
    alice.answers(confirmation, "It is mine, too.", gmail, sender="Frank <frank@example.com>")
    new = int(re.search(r"#(\d+)", live.mail.wait_for("frank", "Scanner").subject)[1])
    assert new == number + 1
    bob = live.visitor(TENANT, "bob")
    assert "It is mine, too." not in bob.open(f"/desk/tickets/{number}/").text
    frank = live.visitor(TENANT, "frank").open(f"/tickets/{new}/")
    assert "It is mine, too." in frank.text
    frank.http.get(f"/tickets/{number}/")
    assert live.visitor(TENANT, "frank").http.get(f"/tickets/{number}/").status_code == 404


def test_an_absence_note_is_recorded_without_ticket_message_or_answer(live, imap, door):
    live.travel_to(MONDAY + timedelta(hours=6))
    alice, bob = Customer(live, imap), live.visitor(TENANT, "bob")
    alice.writes("Plotter", "The plotter is loud.")
    confirmation = live.mail.wait_for("alice", "Plotter")
    number = int(re.search(r"#(\d+)", confirmation.subject)[1])
    alice.answers(confirmation, "I am away until June.", gmail, Auto_Submitted="auto-replied")
    ignored = "SELECT reason FROM intake_inbound WHERE state = 'ignored' AND reason LIKE %s"
    until(lambda: live.sql(ignored, ["%auto-replied%"], tenant=TENANT), "the note is recorded")
    assert "away until June" not in bob.open(f"/desk/tickets/{number}/").text
    assert len(live.mail.to("alice", f"#{number}")) == 1


def test_zm01_a_mail_at_night_on_a_public_holiday_counts_at_once(live, imap, door):
    # The last one: back in May, the mailbox's next look and the hour of one automatic answer would lie in the future.
    # Monday 5 July 2027, 03:00 in Los Angeles (UTC-7): the day on which the United States observe Independence Day.
    live.travel_to(utc(2027, 7, 5, 10))
    Customer(live, imap).writes("Night shift", "Nobody can join since midnight.")
    # Priority 3, plan Pro: 24 hours by the clock from the moment at which the mailbox was looked through.
    assert "Tuesday 6 July, 03:0" in live.mail.wait_for("alice", "Night shift").text
