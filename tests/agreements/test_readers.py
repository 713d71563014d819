"""Who reads prices, who may still buy, who hears that it is off: agreements beside people who only follow the ticket."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Notification
from tenants import links
from tenants.customers.models import Company
from tenants.people.models import User
from tests.agreements.conftest import FRIDAY_20, MINUTE, delivered, mail_to, path_in
from tickets import lifecycle
from tickets.agreements import meetings, quotes
from tickets.agreements.models import Answer, DeveloperAccess, Meeting, Quote
from tickets.intake.models import Door, Group
from tickets.lifecycle.merging import merge
from tickets.origin import Origin

MONDAY_9 = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 09:00 in São Paulo
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED = {
    "summary": "Next auction",
    "agenda": "Who does what.",
    "wished_at": "2026-11-25T10:00",
    "minutes": "1h",
}
ADDRESS = "203.0.113.7"
SUM = "R$500.00"  # two hours at 250.00


def asked(browser, at, kind="meeting", **given):
    at(MONDAY_9)
    browser("alice").post(f"/meetings/new/{kind}/", ASKED | given)
    return Meeting.objects.latest("pk")


# --- SL07: who accepts, and who reads the price


def test_sl07_nobody_accepts_by_the_link_of_a_ticket_which_is_passed_on(sent, browser):
    quote = sent()
    token = links.sign("guest", quote.ticket_id, FRIDAY_20)
    page = browser().get(f"/t/{token}/").content.decode()
    assert "Agreed on this ticket" in page and "with a link of their own" in page
    assert "/q/" not in page and f"/quotes/{quote.pk}/" not in page and SUM not in page
    # The mail to whoever decides has the one that accepts.
    link = path_in(mail_to("alice", delivered(), "A quote"), "/q/")
    assert browser().post(link, {"answer": "accept"}).status_code == 302
    assert Answer.objects.get().person == quote.ticket.requester


def test_sl07_the_price_and_what_was_said_about_it_are_read_by_who_may_read_the_quote(
    sent, browser, person, managed, program
):
    Company.objects.filter(pk=person("alice").membership.company_id).update(members_see_each_other=True)
    quote = sent()
    lifecycle.add_participant(quote.ticket, by=person("bob"), at=FRIDAY_20, address="frank@example.com")
    quotes.answer(
        quote, person=managed, accepts=False, at=FRIDAY_20 + 2 * MINUTE, way="link", source=ADDRESS,
        because="We cannot afford it.",
    )  # fmt: skip
    coder = User.objects.create_user("coder@example.com", name="Zed", language="en")
    access = DeveloperAccess.objects.create(
        ticket=quote.ticket, person=coder, because="Columns.", state="approved", asked_by=person("bob"), asked_at=FRIDAY_20
    )  # fmt: skip
    number = quote.ticket.number
    said = ("declined the quote: Work out of hours", SUM, "We cannot afford it.", ADDRESS)
    followers = {
        "in copy": browser("frank").get(f"/tickets/{number}/"),
        "a developer": browser().get(f"/developer/{links.sign('developer', access.pk, FRIDAY_20)}/"),
        "by the ticket's link": browser().get(f"/t/{links.sign('guest', quote.ticket_id, FRIDAY_20)}/"),
    }
    for who, page in followers.items():
        assert page.status_code == 200
        assert [text in page.content.decode() for text in said] == [True, False, False, False], who
    told = program("frank").get(f"tickets/{number}/events/").content.decode()
    assert [text in told for text in said] == [True, False, False, False]
    # Whoever asked, and whoever decides, read it with the quote; our side everywhere.
    for name in ("alice", "erin"):
        page = browser(name).get(f"/quotes/{quote.pk}/").content.decode()
        assert SUM in page and "We cannot afford it." in page and ADDRESS in page
    assert SUM in browser("alice").get(f"/tickets/{number}/").content.decode()
    desk = browser("bob").get(f"/desk/tickets/{number}/").content.decode()
    assert SUM in desk and "We cannot afford it." in desk


def test_sl09_a_meetings_page_shows_the_price_to_who_may_read_the_quote(browser, at, person):
    Company.objects.filter(pk=person("alice").membership.company_id).update(
        plan="standard", members_see_each_other=True
    )
    meeting = asked(browser, at)
    quotes.send(
        meeting.quotes.get(), by=person("grace"), at=MONDAY_9, minutes=60, rate=18000, text="One hour."
    )
    path = f"/meetings/{meeting.pk}/"
    assert "R$180.00" in browser("alice").get(path).content.decode()
    colleague = browser("erin").get(path)
    assert colleague.status_code == 200 and "R$180.00" not in colleague.content.decode()


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda ticket, by: lifecycle.resolve(ticket, by=by, at=FRIDAY_20 + 2 * MINUTE, solution="Done."), "reopen it first"),
        (lambda ticket, by: ticket.__class__.objects.update(status="closed"), "The request is closed"),
    ],
    ids=["resolved", "closed"],
)  # fmt: skip
def test_sl07_nobody_buys_work_on_a_ticket_that_has_ended(sent, browser, person, end, said):
    quote = sent()
    end(quote.ticket, person("bob"))
    page = browser("alice").get(f"/quotes/{quote.pk}/").content.decode()
    assert said in page and f"Accept {SUM}" not in page
    refused = browser("alice").post(f"/quotes/{quote.pk}/", {"answer": "accept"})
    assert refused.status_code == 409 and said in refused.content.decode() and not Answer.objects.exists()
    assert browser("alice").post(f"/quotes/{quote.pk}/", {"answer": "decline"}).status_code == 302


def test_sl07_nobody_buys_work_on_a_ticket_that_became_a_part_of_another(sent, opened, browser, person):
    quote = sent()
    into = opened(FRIDAY_20, summary="The same")
    merge(quote.ticket, into=into, by=person("bob"), at=FRIDAY_20 + 2 * MINUTE)
    refused = browser("alice").post(f"/quotes/{quote.pk}/", {"answer": "accept"})
    assert refused.status_code == 409 and f"goes on in ticket #{into.number}" in refused.content.decode()
    assert not Answer.objects.exists()


# --- SL09: called off


def test_sl09_a_meeting_that_is_called_off_before_it_was_scheduled_is_told_to_both_sides(browser, at):
    meeting = asked(browser, at)
    delivered()
    browser("alice").post(f"/meetings/{meeting.pk}/cancellation/", {"because": "Settled by telephone."})
    mails = delivered()
    for name in ("alice", "carol"):  # carol was asked to decide
        told = mail_to(name, mails, "Called off")
        assert "Settled by telephone." in told.body and not told.attachments
        assert "25 November 2026, 10:00" in told.body  # as it was wished for


def test_sl09_a_quote_for_a_meeting_that_is_called_off_is_accepted_by_nobody(browser, at, person):
    Company.objects.filter(pk=person("alice").membership.company_id).update(plan="standard")
    meeting = asked(browser, at)
    quote = quotes.send(
        meeting.quotes.get(), by=person("grace"), at=MONDAY_9, minutes=60, rate=18000, text="One hour."
    )
    link = path_in(mail_to("alice", delivered(), "A quote"), "/q/")
    assert (
        browser("carol").post(f"/desk/meetings/{meeting.pk}/cancellation/", {"because": "Ill."}).status_code
        == 302
    )
    mails = delivered()
    assert mail_to("alice", mails, "Called off") and mail_to("grace", mails, "Called off")
    assert "no longer valid" in mail_to("alice", mails, "has ended").body
    refused = browser().post(link, {"answer": "accept"})
    assert refused.status_code == 409 and "withdrawn" in refused.content.decode()
    quote.refresh_from_db(), meeting.refresh_from_db()
    assert (quote.state, meeting.state) == ("withdrawn", "cancelled") and not Answer.objects.exists()


def test_sl09_a_meeting_that_has_taken_place_is_in_the_way_of_no_other_and_is_not_called_off(
    browser, at, opened, person
):
    meeting = asked(browser, at)
    meetings.schedule(meeting, by=person("carol"), at=MONDAY_9, starts_at=meeting.wished_at)
    another = {name: value for name, value in ASKED.items() if name != "summary"} | {"kind": "meeting"}
    number, bob = meeting.ticket.number, browser("bob")
    during = at(meeting.wished_at + HOUR / 2)
    later = another | {"wished_at": "2026-11-30T10:00"}
    assert "has a meeting already" in bob.post(f"/desk/tickets/{number}/meeting/", later).content.decode()
    assert "Call it off" in browser("alice").get(f"/meetings/{meeting.pk}/").content.decode()
    at(during + HOUR / 2)  # its hour is over
    assert "Call it off" not in browser("alice").get(f"/meetings/{meeting.pk}/").content.decode()
    refused = browser("alice").post(f"/meetings/{meeting.pk}/cancellation/", {}, follow=True)
    assert "taken place already" in refused.content.decode()
    assert bob.post(f"/desk/tickets/{number}/meeting/", later).status_code == 302
    assert sorted(Meeting.objects.values_list("state", flat=True)) == ["requested", "scheduled"]


@pytest.mark.parametrize("is_group", [False, True])
def test_sl09_whoever_asked_by_a_messenger_hears_of_meetings_there(browser, at, person, leiloes, is_group):
    at(MONDAY_9)
    door = Door.objects.create(kind="whatsapp", name="Ours", address="+5538999507998", channel="whatsapp")
    if is_group:
        company = person("alice").membership.company
        Group.objects.create(door=door, group_id="+5538999507998", name="All", company=company)
    ticket = lifecycle.open_ticket(
        requester=person("alice"), summary="By WhatsApp", body="Can we meet?", at=MONDAY_9, channel="whatsapp",
        origin=Origin("whatsapp", "+5538911112222", "+5538999507998"),
    ).ticket  # fmt: skip
    meeting = meetings.ask_on(ticket, kind="meeting", agenda="Who does what.", wished_at=MONDAY_9 + 2 * DAY,
                              minutes=60, by=person("bob"), at=MONDAY_9)  # fmt: skip
    meetings.schedule(meeting, by=person("carol"), at=MONDAY_9, starts_at=MONDAY_9 + 2 * DAY)
    told = Notification.objects.get(kind="meeting_scheduled", person=person("alice"))
    assert told.channel == "whatsapp" and not {"calendar", "attached"} & set(told.words)
    assert told.address == ("+5538999507998" if is_group else "+5538911112222")
    own = "purpose" in told.links["meeting_url"]
    assert own is not is_group, "in a group everybody would call it off in Alice's name"


# --- what nobody can type


def test_a_sign_that_no_text_has_is_refused_at_its_field_and_nothing_breaks(sent, browser, at, person):
    quote = sent()
    alice, grace = browser("alice"), browser("grace")
    nul = "a\x00b"
    refused = [alice.post(f"/quotes/{quote.pk}/", {"answer": "decline", "because": nul})]
    quotes.answer(quote, person=person("alice"), accepts=True, at=FRIDAY_20 + 2 * MINUTE, way="link")
    refused += [grace.post(f"/desk/quotes/{quote.pk}/payment/", {"payment": nul})]
    meeting = asked(browser, at)
    token = links.sign("meeting", meeting.pk, MONDAY_9)
    for client, path in ((alice, f"/meetings/{meeting.pk}/"), (browser(), f"/m/{token}/")):
        refused.append(client.post(f"{path}cancellation/", {"because": nul}))
    for page in refused:
        assert page.status_code == 422 and 'class="error"' in page.content.decode()
    assert Quote.objects.get().paid_at is None and Meeting.objects.get().state == "requested"
