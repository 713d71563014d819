"""What becomes of a mail: replies, tickets, contacts that became neither, and rows with a reason."""

from datetime import timedelta

import pytest

from notifications import outbox
from notifications.models import Delivery, Notification
from sla.models import Clock
from tenants import links
from tenants.customers.models import Desk
from tenants.people.models import User
from tests.intake_email.letters import AT, PNG, html_letter, letter, with_files
from tickets import lifecycle
from tickets.intake import storing, working
from tickets.intake.models import BlockedSender, Inbound
from tickets.models import Attachment, Contact, Message, Participant, Ticket

LATER = AT + timedelta(minutes=30)


def told(kind, address="alice@example.com"):
    return Notification.objects.filter(kind=kind, address=address, channel="email")


@pytest.fixture
def ticket(desk_of, person):
    """Alice's, at Zoom, opened in the portal, answered by Bob who waits for her."""
    desk_of("zoom")
    opened = lifecycle.open_ticket(
        requester=person("alice"), summary="Printer", body="It does not print.", at=AT - timedelta(hours=3)
    ).ticket
    lifecycle.reply(opened, author=person("bob"), body="Is it on?", at=AT - timedelta(hours=2), wait=True)
    return Ticket.objects.get(pk=opened.pk)


def answer(ticket, body="Yes, it is on.", **more):
    """A reply as a mail program sends it: to our Reply-To, with the Message-ID of our mail in References."""
    token = links.reply_token(ticket.pk)
    given = {"to": f"support+{token}@desk.example", "subject": f"Re: #{ticket.number} Printer"} | more
    return letter(body, **given)


# --- tickets ----------------------------------------------------------------------------------------------------------


def test_a_known_customers_mail_opens_a_ticket_and_is_confirmed(desk_of, person, bring):
    desk_of("zoom")
    row = bring(letter())
    assert row.state == "done", row.reason
    assert row.raw is None
    ticket = row.ticket
    assert (ticket.summary, ticket.requester, ticket.channel) == ("Printer", person("alice"), "email")
    assert (ticket.sender_address, ticket.received_on) == ("alice@example.com", "support@desk.example")
    assert told("ticket_opened").get().words["summary"] == "Printer"


def test_an_unknown_sender_becomes_a_customer_whose_confirmation_repeats_nothing_of_theirs(desk_of, bring):
    desk_of("zoom")
    row = bring(letter(sender="Nina Nova <nina@new.example>", subject="Buy cheap pills"))
    nina = User.objects.get(email="nina@new.example")
    assert (nina.name, nina.role, nina.is_agent) == ("Nina Nova", "customer", False)
    assert row.ticket.requester == nina
    assert row.ticket.summary == "Buy cheap pills"
    assert "pills" not in str(told("ticket_opened", "nina@new.example").get().words)


def test_td06_by_mail_the_first_response_is_due_within_24_hours_whatever_the_plan(desk_of, person, bring):
    desk_of("360dialog")  # Alice's company is Premium: 30 minutes in the portal
    row = bring(letter())
    clock = Clock.objects.get(subject_id=row.ticket.pk, metric="first_response")
    assert clock.due_at == AT + timedelta(hours=24)


def test_ch01_a_mail_becomes_a_ticket_whose_number_is_the_protocol_and_a_strangers_is_answered(
    desk_of, person, bring, mailoutbox
):
    desk_of("erp-chamados")
    ticket = bring(letter()).ticket
    stranger = bring(letter(sender="Nina Nova <nina@new.example>"))
    list(outbox.deliver(LATER))
    [to_alice], [to_nina] = (
        [mail for mail in mailoutbox if mail.to == [who]] for who in ("alice@example.com", "nina@new.example")
    )
    assert f"#{ticket.number}" in to_alice.subject
    assert f"Its number is {ticket.number}: it is your protocol." in " ".join(to_alice.body.split())
    # Only people whom staff invited have tickets here (CH04): others hear how to become one of them.
    assert stranger.ticket is None and stranger.contact.outcome == "not_a_customer"
    assert "has not been registered as a request" in " ".join(to_nina.body.split()).replace("*", "")


def test_zp01_a_mail_to_z_pro_opens_no_ticket_and_its_sender_gets_the_pointer(desk_of, bring):
    desk_of("z-pro")
    row = bring(letter())
    assert row.ticket is None
    assert row.contact.channel == "email"
    assert row.contact.answered
    assert not Ticket.objects.exists()
    assert not Clock.objects.exists()
    assert "portal" in str(told("contact_declined").get().words["reason"]["en"])


def test_zp01_a_robots_mail_to_z_pro_gets_no_pointer(desk_of, bring):
    desk_of("z-pro")
    row = bring(letter(Auto_Submitted="auto-generated"))
    assert (row.state, row.ticket, row.contact) == ("ignored", None, None)
    assert not Notification.objects.exists()


def test_a_mail_that_asks_for_no_answers_opens_its_ticket_without_one(desk_of, bring):
    desk_of("zoom")
    row = bring(letter(X_Auto_Response_Suppress="All"))
    assert row.ticket is not None
    assert not told("ticket_opened").exists()


def test_one_automatic_answer_an_hour_and_every_mail_its_ticket(desk_of, bring):
    desk_of("zoom")
    for minute in (0, 20, 59, 61):
        row = bring(letter(message_id=f"<{minute}@x>"), at=AT + timedelta(minutes=minute))
        assert row.ticket is not None
    assert Ticket.objects.count() == 4
    assert told("ticket_opened").count() == 2  # at 0 and at 61 minutes


def test_a_mail_without_subject_is_called_by_its_first_words_and_one_without_text_by_its_file(desk_of, bring):
    desk_of("zoom")
    assert bring(letter("Nothing prints\nat all", subject=None)).ticket.summary == "Nothing prints"
    row = bring(with_files("", ("scan.png", "image/png", PNG), message_id="<2@x>", subject="Fwd: "))
    assert row.ticket.summary == "(without subject)"
    assert "scan.png" in row.message.body


# --- replies ----------------------------------------------------------------------------------------------------------


def test_a_reply_to_our_address_with_the_token_is_a_message_of_the_ticket(ticket, person, bring):
    row = bring(answer(ticket))
    assert row.ticket == ticket
    assert (row.message.body, row.message.author, row.message.channel) == (
        "Yes, it is on.",
        person("alice"),
        "email",
    )
    assert Ticket.objects.get(pk=ticket.pk).status == "open", "our waiting is over"
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_the_token_in_the_message_id_that_is_answered_is_enough(ticket, bring, header):
    ours = f"<0123456789abcdef.{links.reply_token(ticket.pk)}@localhost>"
    row = bring(letter("Yes.", subject="Re: whatever", **{header: f"<other@x> {ours}"}))
    assert row.ticket == ticket


def test_somebody_in_copy_may_answer_with_or_without_an_account(ticket, person, bring):
    for address in ("erin@example.com", "outside@partner.example"):
        lifecycle.add_participant(ticket, by=person("bob"), at=AT, address=address)
    assert bring(answer(ticket, sender="erin@example.com")).message.author == person("erin")
    row = bring(answer(ticket, sender="Out Side <OUTSIDE@partner.example>", message_id="<2@x>"))
    assert row.ticket == ticket
    assert row.message.author.email == "outside@partner.example"
    assert row.message.by_customer


def test_td14_a_reply_from_another_address_opens_a_new_ticket_at_the_end_of_the_queue(ticket, person, bring):
    lifecycle.open_ticket(
        requester=person("frank"), summary="In between", body="x", at=AT - timedelta(hours=1)
    )
    row = bring(answer(ticket, "It is on, I say.", sender="frank@example.com"))
    new = row.ticket
    assert new.number == 3
    assert new.requester == person("frank")
    assert new.opened_at == AT
    assert new.follows is None
    assert not new.participants.exists()
    said = " ".join(Message.objects.filter(ticket=new).values_list("body", "quoted").first())
    assert "It does not print" not in said
    assert "Is it on?" not in said
    assert Message.objects.filter(ticket=ticket).count() == 2
    assert not any(
        str(n.words.get("message")) == "Printer" for n in told("ticket_opened", "frank@example.com")
    )


@pytest.mark.parametrize(
    "forged",
    [
        {"subject": "Re: #1 Printer"},
        {"In_Reply_To": "<ticket-1.t_x@localhost>", "subject": "Re: #1: Printer"},
        {"to": "support+r1-aaaaaaaaaaaaaaaa@desk.example"},
        {"to": "support+1@desk.example"},
    ],
)
def test_subject_number_and_plain_in_reply_to_are_never_enough(ticket, bring, forged):
    row = bring(letter("Me again.", **forged))
    assert row.ticket != ticket
    assert row.ticket.number == 2


def test_the_twins_token_opens_nothing_here(tenant_b, person, bring):
    from tests.conftest import enter

    lifecycle.open_ticket(requester=person("alice"), summary="Theirs", body="x", at=AT)
    token = links.reply_token(1)
    enter("acme")
    ours = lifecycle.open_ticket(requester=person("alice"), summary="Ours", body="x", at=AT).ticket
    bring(letter(to=f"support+{token}@desk.example"))
    assert Message.objects.filter(ticket=ours).count() == 1


def test_mail_adds_nobody_to_a_ticket(ticket, bring):
    bring(answer(ticket, Cc="mallory@evil.example, erin@example.com"))
    bring(letter(message_id="<2@x>", Cc="mallory@evil.example"))
    assert not Participant.objects.exists()


def test_a_reply_long_after_the_end_continues_in_a_new_ticket(ticket, person, bring):
    lifecycle.resolve(ticket, by=person("bob"), at=AT, solution="Switched on.")
    row = bring(answer(ticket, "Off again."), at=AT + timedelta(days=200))
    assert row.ticket != ticket
    assert row.ticket.follows == ticket
    assert row.message.body == "Off again."


def test_the_quoted_part_is_kept_apart_and_the_html_is_clean(ticket, bring):
    html = (
        '<div>Yes, <b onclick="x()">on</b>.<script>x()</script><img src="http://track.example/p.gif" alt="pixel"></div>'
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, Bob wrote:</div><blockquote>Is it on?</blockquote></div>'
    )
    text = "Yes, on.\n\nOn Mon, 23 Nov 2026 at 08:00, Bob <b@desk.example> wrote:\n> Is it on?"
    token = links.reply_token(ticket.pk)
    row = bring(html_letter(text, html, to=f"support+{token}@desk.example"))
    message = row.message
    assert message.body == "Yes, on."
    assert "Is it on?" in message.quoted
    assert "Is it on?" not in message.html
    assert "<b>on</b>" in message.html
    for bad in ("script", "onclick", "track.example"):
        assert bad not in message.html


# --- held, ignored, unwanted ------------------------------------------------------------------------------------------


def test_an_agents_address_never_speaks_by_mail(ticket, person, bring):
    row = bring(answer(ticket, "We refund everything.", sender="bob@example.com"))
    assert (row.state, row.ticket) == ("held", None)
    assert "agent" in row.reason
    assert Message.objects.filter(ticket=ticket).count() == 2
    row = bring(letter(sender="dora@example.com", message_id="<2@x>"))
    assert row.state == "held"
    storing.try_again(row, LATER, let_through=True)
    working.work_off(LATER, 5)
    row.refresh_from_db()
    assert row.state == "held", "not even when it is let through"


def test_a_closed_account_stays_closed(desk_of, person, bring):
    desk_of("zoom")
    User.objects.filter(email="alice@example.com").update(is_active=False)
    assert bring(letter()).state == "held"
    assert not Ticket.objects.exists()


def test_nobody_writes_as_somebody_who_has_no_mailbox(desk_of, person, bring):
    desk_of("zoom")
    User.objects.filter(email="alice@example.com").update(email="553899990000@phone.invalid")
    row = bring(letter(sender="553899990000@Phone.INVALID"))
    assert (row.state, row.ticket) == ("held", None)
    assert ".invalid" in row.reason
    storing.try_again(row, LATER, let_through=True)
    working.work_off(LATER, 5)
    row.refresh_from_db()
    assert row.state == "held", "not even when it is let through"
    assert not Ticket.objects.exists()


FORGED = {
    "Authentication_Results": "mx.desk.example; spf=fail smtp.mailfrom=evil.example; dmarc=fail header.from=example.com"
}


def test_a_forged_sender_does_not_reach_the_ticket_until_a_person_lets_it(ticket, bring):
    row = bring(answer(ticket, **FORGED))
    assert row.state == "held"
    assert "DMARC" in row.reason
    assert Message.objects.filter(ticket=ticket).count() == 2
    assert storing.try_again(row, LATER, let_through=True)
    working.work_off(LATER, 5)
    row.refresh_from_db()
    assert (row.state, row.ticket) == ("done", ticket)


def test_a_forged_stranger_gets_a_ticket_and_no_answer(desk_of, bring):
    desk_of("zoom")
    row = bring(letter(sender="x@stranger.example", **FORGED))
    assert row.ticket is not None
    assert not Notification.objects.filter(address="x@stranger.example").exists()


def test_only_the_named_server_may_judge_where_the_door_names_one(ticket, mailbox, bring):
    door = mailbox(authserv_id="mx.ours.example")
    assert bring(answer(ticket, **FORGED), door=door).ticket == ticket  # somebody else's header
    row = bring(
        answer(ticket, message_id="<2@x>", Authentication_Results="mx.ours.example; dmarc=fail"), door=door
    )
    assert row.state == "held"


def test_an_absence_note_adds_nothing_and_moves_no_clock(ticket, bring):
    before = list(Clock.objects.order_by("pk").values())
    row = bring(
        answer(ticket, "I am away.", Auto_Submitted="auto-replied", subject="Automatic reply: Printer")
    )
    assert (row.state, row.ticket) == ("ignored", None)
    assert "auto-replied" in row.reason
    assert list(Clock.objects.order_by("pk").values()) == before
    assert Ticket.objects.get(pk=ticket.pk).status == "pending"
    assert Message.objects.filter(ticket=ticket).count() == 2


def test_a_misjudged_list_mail_can_be_let_through(desk_of, bring):
    desk_of("zoom")
    row = bring(letter(List_Unsubscribe="<mailto:u@crm.example>"))
    assert (row.state, row.ticket) == ("ignored", None)
    assert storing.try_again(row, LATER, let_through=True)
    working.work_off(LATER, 5)
    row.refresh_from_db()
    assert (row.state, row.ticket.summary, row.raw) == ("done", "Printer", None)
    assert not told("ticket_opened").exists(), "nor is it answered now"


def test_zm05_a_reply_acknowledges_what_the_hourly_limit_left_unconfirmed(desk_of, person, bring):
    desk_of("zoom")
    bring(letter())
    second = bring(letter(message_id="<2@x>"), at=LATER).ticket
    clock = Clock.objects.get(subject_id=second.pk, metric="acknowledgement")
    assert not told("ticket_opened").filter(about_id=second.pk).exists()
    lifecycle.reply(second, author=person("bob"), body="We look into it.", at=LATER)
    notice = told("ticket_replied").get()
    notice.sent_at = LATER + timedelta(seconds=5)
    lifecycle.delivered(notice)
    clock.refresh_from_db()
    assert (clock.status, clock.fulfilled_at) == ("fulfilled", notice.sent_at)


def test_a_blocked_sender_and_what_the_provider_calls_spam_have_a_box_of_their_own(desk_of, bring):
    desk_of("zoom")
    BlockedSender.objects.create(address="@spam.example", blocked_at=AT)
    assert bring(letter(sender="a@spam.example")).state == "spam"
    row = bring(letter(message_id="<2@x>", X_Spam_Flag="YES"))
    assert row.state == "spam"
    assert not Ticket.objects.exists()
    assert not Notification.objects.exists()
    assert storing.try_again(row, LATER, let_through=True)
    working.work_off(LATER, 5)
    row.refresh_from_db()
    assert (row.state, row.ticket.summary) == ("done", "Printer")


def test_our_own_mail_that_comes_back_is_not_answered(desk_of, bring):
    desk_of("zoom")
    Desk.objects.update(sender_address="hello@desk.example", reply_address="answers@desk.example")
    for n, sender in enumerate(("hello@desk.example", "answers@desk.example", "support@desk.example")):
        assert bring(letter(sender=sender, message_id=f"<{n}@x>")).state == "ignored"
    assert not Ticket.objects.exists()


def test_a_mail_without_any_sender_is_held(desk_of, bring):
    desk_of("zoom")
    row = bring(letter(sender=None, Precedence=None))
    assert row.state == "held"


# --- once --------------------------------------------------------------------------------------------------------------


def test_the_same_mail_twice_is_one(desk_of, mailbox, bring):
    desk_of("zoom")
    assert bring(letter()).ticket is not None
    assert bring(letter()) is None
    other = mailbox("help@desk.example", kind="email_webhook")
    again = storing.receive(
        other, external_id="", raw=b'{"provider":"mime","content_type":"","meta":{}}\n' + letter(), at=AT
    )
    working.work_off(AT, 5)
    again.refresh_from_db()
    assert (again.state, again.ticket.number) == ("ignored", 1)
    assert (Ticket.objects.count(), Inbound.objects.count()) == (1, 2)


def test_two_mails_of_a_program_that_knows_one_message_id_are_two(desk_of, bring):
    desk_of("zoom")
    assert bring(letter("Alarm 1", subject="Alarm 1", message_id="<always@printer>")).ticket is not None
    assert Inbound.objects.count() == 1
    row = bring(
        letter(
            "Alarm 2",
            subject="Alarm 2",
            message_id="<always@printer>",
            date="Tue, 24 Nov 2026 08:00:00 -0300",
        )
    )
    assert row is not None
    assert row.ticket.summary == "Alarm 2"


def test_a_worker_that_dies_after_the_effects_has_them_once(desk_of, bring):
    desk_of("zoom")
    row = bring(letter())
    Inbound.objects.filter(pk=row.pk).update(state="waiting")
    with pytest.raises(ValueError, match="destroyed"):
        row.read_raw()
    working.work_off(LATER, 5)
    assert Ticket.objects.count() == 1


# --- files -------------------------------------------------------------------------------------------------------------


def test_zp06_refused_files_never_lose_the_text_and_are_named(desk_of, person, bring):
    desk_of("zoom")
    row = bring(with_files("See the log.", ("empty.log", "text/plain", b""), ("scan.png", "image/png", PNG)))
    assert row.message.body == "See the log."
    assert [file.name for file in row.message.attachments.all()] == ["scan.png"]
    system = Message.objects.get(ticket=row.ticket, kind="system")
    assert "empty.log" in system.body
    assert "empty.log" in str(told("ticket_opened").get().words["scope"])


def test_a_reply_with_refused_files_is_answered_with_their_names(ticket, bring):
    row = bring(
        with_files(
            "Here.", ("empty.log", "text/plain", b""), to=f"s+{links.reply_token(ticket.pk)}@desk.example"
        )
    )
    assert row.ticket == ticket
    assert "empty.log" in told("files_refused").get().words["refused"]


def test_pictures_stand_where_they_stood_and_remote_ones_do_not(desk_of, bring):
    desk_of("zoom")
    html = '<p>Look: <img src="cid:shot@1" width="20" onerror="x()"> and <img src="https://x.example/a.png" alt="logo"></p>'
    row = bring(with_files(html, ("shot.png", "image/png", PNG, "shot@1"), kind="related"))
    file = Attachment.objects.get()
    assert f'src="/files/{file.pk}/"' in row.message.html
    assert "x.example" not in row.message.html
    assert "[logo]" in row.message.html
    assert "onerror" not in row.message.html


# --- bounces -----------------------------------------------------------------------------------------------------------


def report(message_id, action="failed", status="5.1.1", recipient="alice@example.com"):
    body = (
        "--r\nContent-Type: text/plain\n\nIt could not be delivered.\n"
        "--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; 550 {status} No such user\n\n"
        f"--r\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\nSubject: x\n--r--\n"
    )
    return letter(
        body, sender="MAILER-DAEMON@mx.example", message_id="<dsn@mx.example>", Return_Path="<>",
        Content_Type='multipart/report; report-type=delivery-status; boundary="r"',
    )  # fmt: skip


def test_zm05_a_bounce_of_the_confirmation_is_written_beside_it(desk_of, person, bring):
    desk_of("zoom")
    lifecycle.open_ticket(requester=person("alice"), summary="Printer", body="x", at=AT)
    notice = told("ticket_opened").get()
    row = bring(report(notice.message_id), at=LATER)
    assert (row.state, row.reason) == ("ignored", "A delivery report: bounced, alice@example.com.")
    delivery = Delivery.objects.get(notification=notice)
    assert (delivery.what, delivery.address) == ("bounced", "alice@example.com")
    assert "5.1.1" in delivery.detail


def test_a_report_cannot_name_another_victim(desk_of, person, bring):
    desk_of("zoom")
    lifecycle.open_ticket(requester=person("alice"), summary="Printer", body="x", at=AT)
    bring(report(told("ticket_opened").get().message_id, recipient="frank@example.com"))
    assert Delivery.objects.get().address == "alice@example.com"


def test_a_bounce_of_somebody_elses_mail_changes_nothing(desk_of, bring):
    desk_of("zoom")
    row = bring(report("<not-ours@x.example>"))
    assert (row.state, row.ticket, Delivery.objects.count()) == ("ignored", None, 0)


def test_contacts_that_became_no_ticket_are_listed_with_the_reason(desk_of, person, client_for, bring):
    tenant = desk_of("z-pro")
    bring(letter(subject="Where is the portal?"))
    page = client_for(tenant, person("bob")).get("/desk/contacts/").content.decode()
    assert "Where is the portal?" in page
    assert Contact.objects.get().because


def test_td17_a_secret_in_a_mail_stands_nowhere(desk_of, bring):
    desk_of("360dialog")
    row = bring(letter("A senha é Leilao@2026, podem testar.", subject="senha: Leilao@2026"))
    assert (row.subject, row.ticket.summary) == ("senha: Le••••••26", "senha: Le••••••26")
    assert row.ticket.messages.get(kind="public").body == "A senha é Le••••••26, podem testar."
    assert told("secret_masked").exists()
    assert not [n.pk for n in Notification.objects.all() if "Leilao@2026" in str(n.words)]


def test_td17_a_secret_in_a_formatted_mail_leaves_its_text_alone(desk_of, bring):
    desk_of("360dialog")
    row = bring(html_letter("my password is hunter22", "<p>my password is <b>hunter22</b></p>"))
    message = row.ticket.messages.get(kind="public")
    assert "hunter22" not in message.body + message.html and message.html == ""
