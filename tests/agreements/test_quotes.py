"""Work out of hours (SL07): offered, asked for, quoted, accepted, and only then begun; and everything that must not happen."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from notifications.models import Notification
from sla.models import Clock
from tenants.customers.models import Membership
from tests.agreements.conftest import FRIDAY_20, MINUTE, MONDAY_8, delivered, mail_to, path_in
from tests.conftest import enter
from tickets import lifecycle, tasks
from tickets.agreements import night, quotes
from tickets.agreements.models import Answer, Quote
from tickets.models import Event, Ticket

HOUR = timedelta(hours=1)


def test_sl07_a_night_is_offered_two_ways_quoted_accepted_by_mail_and_only_then_begun(at, browser, person):
    at(FRIDAY_20)
    alice, bob, grace = browser("alice"), browser("bob"), browser("grace")
    page = alice.post(
        "/tickets/new/",
        {"topic": "question", "summary": "Report is wrong", "body": "A column is missing."},
        follow=True,
    )
    ticket = Ticket.objects.get()
    confirmation = mail_to("alice", delivered(), f"#{ticket.number}")
    # Closed on Friday 20:00; the next opening is Monday, 08:00. R$ 250.00 an hour is the policy's rate.
    assert "Monday, 30 November 2026, 08:00" in confirmation.body and "R$250.00" in confirmation.body
    page = alice.get(f"/tickets/{ticket.number}/").content.decode()
    assert "We are closed now" in page and "R$250.00" in page

    # Work may not begin, and the agent is told why.
    refused = bob.post(f"/desk/tickets/{ticket.number}/night-work/", follow=True).content.decode()
    assert "nobody asked for one" in refused
    assert not Event.objects.filter(kind="night_work_begun").exists()

    # By the mail's link, without signing in. A GET asks for nothing.
    link = path_in(confirmation, "/night-work/")
    assert "Ask for a quote" in browser().get(link).content.decode() and not Quote.objects.exists()
    browser().post(link, {"wish": "Before tomorrow's auction."})
    quote = Quote.objects.get()
    assert (quote.kind, quote.state) == ("night_work", "wanted")
    mails = delivered()
    assert Notification.objects.filter(kind="quote_wanted", person=person("grace"), channel="in_app").exists()
    wanted = mail_to("grace", mails, "Quote wanted")
    assert "Before tomorrow's auction." in wanted.body
    assert (
        "has not quoted it yet"
        in bob.post(f"/desk/tickets/{ticket.number}/night-work/", follow=True).content.decode()
    )

    # Grace writes it: the rate and the end are there already.
    form = grace.get(path_in(wanted, "/desk/quotes/")).content.decode()
    assert 'value="250.00"' in form and 'value="2026-11-30T08:00"' in form
    given = {
        "minutes": "1h30",
        "rate": "250.00",
        "text": "Mend the report tonight.",
        "valid_until": "2026-11-30T08:00",
    }
    assert grace.post(f"/desk/quotes/{quote.pk}/", given).status_code == 302
    brought = mail_to("alice", delivered(), "A quote for your request")
    # One hour and a half at 250.00 is 375.00.
    assert "R$375.00" in brought.body and "Mend the report tonight." in brought.body
    assert (
        "not accepted the quote yet"
        in bob.post(f"/desk/tickets/{ticket.number}/night-work/", follow=True).content.decode()
    )

    # Alice accepts by the link's page; a scanner that only looks accepts nothing.
    link, stranger = path_in(brought, "/q/"), browser()
    assert "Accept R$375.00" in stranger.get(link).content.decode() and not Answer.objects.exists()
    accepted_at = at(FRIDAY_20 + 20 * MINUTE)
    assert stranger.post(link, {"answer": "accept"}, REMOTE_ADDR="203.0.113.7").status_code == 302
    answer = Answer.objects.get()
    assert (answer.accepted, answer.email, answer.amount, answer.text) == (
        True, "alice@example.com", 37500, "Mend the report tonight.",
    )  # fmt: skip
    assert (answer.source, answer.way) == ("203.0.113.7", "link") and abs(answer.at - accepted_at) < MINUTE
    record = stranger.get(link).content.decode()
    assert "203.0.113.7" in record and "alice@example.com" in record
    mails = delivered()
    assert "It may begin" in mail_to("grace", mails, "quote accepted").body
    assert "R$375.00" in mail_to("alice", mails, "Accepted").body

    # The queue's clock: half an hour from the acceptance, by the clock (20:50), no longer Monday 08:30.
    ticket.refresh_from_db()
    assert ticket.situations == ["night_work"] and abs(ticket.due_at - (accepted_at + 30 * MINUTE)) < MINUTE
    assert "authorised" in bob.get(f"/desk/tickets/{ticket.number}/").content.decode()
    begun = bob.post(f"/desk/tickets/{ticket.number}/night-work/", follow=True).content.decode()
    assert "Begun." in begun and "Work out of hours has begun" in begun
    ticket.refresh_from_db()
    assert (
        ticket.owner == person("bob")
        and Event.objects.filter(kind="night_work_begun", is_public=True).exists()
    )


def test_sl07_waiting_is_the_default_and_nothing_else_happens(at, opened, browser):
    at(FRIDAY_20)
    ticket = opened(FRIDAY_20)
    at(MONDAY_8 + MINUTE)
    assert not Quote.objects.exists() and not Notification.objects.filter(kind="quote_wanted").exists()
    assert ticket.due_at == MONDAY_8 + 30 * MINUTE
    page = browser("alice").get(f"/tickets/{ticket.number}/").content.decode()
    assert "We are closed now" not in page
    refused = browser("alice").post(f"/tickets/{ticket.number}/night-work/", {"wish": ""}, follow=True)
    assert "nothing to pay for now" in refused.content.decode() and not Quote.objects.exists()


@pytest.mark.parametrize("given", [{"topic": "server-down"}, {"situations": ["emergency"]}])
def test_sl06_an_emergency_is_free_and_never_quoted(at, opened, browser, person, given):
    at(FRIDAY_20)
    ticket = opened(FRIDAY_20, **given)
    assert "night_url" not in Notification.objects.filter(kind="ticket_opened").first().links
    assert "We are closed now" not in browser("alice").get(f"/tickets/{ticket.number}/").content.decode()
    with pytest.raises(Exception, match="attended anyway"):
        night.ask(ticket, by=person("alice"), at=FRIDAY_20)


def test_sl06_a_quote_for_what_became_an_emergency_is_not_accepted(at, sent, browser, person):
    quote = sent()
    lifecycle.state_situation(
        quote.ticket,
        by=person("bob"),
        at=FRIDAY_20 + MINUTE,
        situation="emergency",
        holds=True,
        because="It stands still.",
    )
    refused = browser("alice").post(f"/quotes/{quote.pk}/", {"answer": "accept"})
    assert refused.status_code == 409 and "attended anyway" in refused.content.decode()
    assert not Answer.objects.exists()
    assert browser("alice").post(f"/quotes/{quote.pk}/", {"answer": "decline"}).status_code == 302


def test_sl07_a_desk_that_sells_no_nights_offers_none(desk_of, at, person, client_for):
    tenant = desk_of("z-pro")
    at(FRIDAY_20)
    ticket = lifecycle.open_ticket(
        requester=person("alice"), summary="Bug", body="It fails.", at=FRIDAY_20
    ).ticket
    assert (
        "We are closed now"
        not in client_for(tenant, person("alice")).get(f"/tickets/{ticket.number}/").content.decode()
    )


def test_sl07_a_quote_lapses_unasked_at_its_moment_and_both_sides_are_told(at, sent, browser):
    quote = sent(valid_until=FRIDAY_20 + HOUR)
    delivered()
    at(FRIDAY_20 + HOUR - MINUTE)
    assert tasks.drain_agreements() == 0
    at(FRIDAY_20 + HOUR)
    assert tasks.drain_agreements() == 1
    quote.refresh_from_db()
    assert (quote.state, quote.ended_at) == ("lapsed", FRIDAY_20 + HOUR)
    mails = delivered()
    assert "no longer valid" in mail_to("alice", mails, "has ended").body and mail_to(
        "grace", mails, "lapsed"
    )
    assert tasks.drain_agreements() == 0
    refused = browser("bob").post(f"/desk/tickets/{quote.ticket.number}/night-work/", follow=True)
    assert "lapsed without an answer" in refused.content.decode()
    # She may ask again.
    assert "We are closed now" in browser("alice").get(f"/tickets/{quote.ticket.number}/").content.decode()


def test_sl07_an_expired_quote_is_not_accepted_though_nobody_has_ended_it_yet(at, sent, browser):
    quote = sent(valid_until=FRIDAY_20 + HOUR)
    alice = browser("alice")
    at(FRIDAY_20 + HOUR)
    refused = alice.post(f"/quotes/{quote.pk}/", {"answer": "accept"})
    assert refused.status_code == 409 and "no longer valid" in refused.content.decode()
    assert not Answer.objects.exists()
    quote.refresh_from_db()
    assert quote.state == "sent"


def test_sl07_of_two_answers_the_first_counts(at, sent, browser, person, managed):
    Membership.objects.filter(person=person("alice")).update(is_manager=True)
    quote = sent()
    erin, alice = browser("erin"), browser("alice")
    assert alice.post(f"/quotes/{quote.pk}/", {"answer": "accept"}).status_code == 302
    second = erin.post(f"/quotes/{quote.pk}/", {"answer": "decline"})
    assert second.status_code == 409 and "has accepted it already" in second.content.decode()
    again = alice.post(f"/quotes/{quote.pk}/", {"answer": "accept"})
    assert again.status_code == 409
    assert Answer.objects.get().person == person("alice")


def test_sl07_who_may_accept_is_the_companys_managers_else_the_requester(at, sent, browser, managed):
    quote = sent()
    mails = delivered()
    assert mail_to("erin", mails, "A quote") and mail_to("alice", mails, "A quote")
    alice = browser("alice")
    page = alice.get(f"/quotes/{quote.pk}/").content.decode()
    assert "This is decided by Erin" in page and "Accept R$" not in page
    refused = alice.post(f"/quotes/{quote.pk}/", {"answer": "accept"})
    assert refused.status_code == 403 and not Answer.objects.exists()
    # Her own link reads, too, and accepts nothing.
    link = path_in(mail_to("alice", mails, "A quote"), "/q/")
    assert browser().post(link, {"answer": "accept"}).status_code == 403 and not Answer.objects.exists()
    assert browser("erin").post(f"/quotes/{quote.pk}/", {"answer": "accept"}).status_code == 302
    assert Answer.objects.get().person == managed


def test_sl07_somebody_of_another_company_meets_nothing(at, sent, browser, person):
    quote = sent()
    frank = browser("frank")
    assert frank.get(f"/quotes/{quote.pk}/").status_code == 404
    assert frank.post(f"/quotes/{quote.pk}/", {"answer": "accept"}).status_code == 404
    Membership.objects.filter(person=person("alice")).update(company=person("frank").membership.company)
    # Alice has left the company: neither her session nor her link is worth anything now.
    link = path_in(mail_to("alice", delivered(), "A quote"), "/q/")
    assert browser("alice").post(f"/quotes/{quote.pk}/", {"answer": "accept"}).status_code == 404
    assert browser().post(link, {"answer": "accept"}).status_code == 410
    assert not Answer.objects.exists()


def test_sl07_an_account_manager_of_another_company_writes_no_quote_here(at, opened, browser, person):
    at(FRIDAY_20)
    ticket = opened(FRIDAY_20)
    quote = night.ask(ticket, by=person("alice"), at=FRIDAY_20)
    person("alice").membership.company.__class__.objects.filter(pk=ticket.company_id).update(
        account_manager=person("carol")
    )
    given = {"minutes": "1h", "rate": "250", "text": "Now.", "valid_until": "2026-11-30T08:00"}
    for name in ("grace", "bob"):
        assert browser(name).post(f"/desk/quotes/{quote.pk}/", given).status_code == 403, name
    quote.refresh_from_db()
    assert quote.state == "wanted"
    assert browser("carol").post(f"/desk/quotes/{quote.pk}/", given).status_code == 302


def test_sl07_a_link_of_the_twin_accepts_nothing_here(at, tenant_b, client_for, person):
    """Both twins have quote 1 of ticket 1 for reader 1: only the tenant differs."""
    at(FRIDAY_20)
    paths = {}
    for slug in ("globex", "acme"):
        tenant = enter(slug)
        ticket = lifecycle.open_ticket(
            requester=person("alice"), summary=f"Of {slug}", body="x", at=FRIDAY_20
        ).ticket
        quote = quotes.want(ticket, kind="consulting", by=person("bob"), at=FRIDAY_20)
        Quote.objects.update(state="sent", text=f"Secret-of-{slug}", minutes=60, rate=100, currency="BRL",
                             valid_until=MONDAY_8, sent_at=FRIDAY_20)  # fmt: skip
        [reader] = quotes._readers(quote, [person("alice")])
        from tenants import links

        paths[slug] = (reader.pk, f"/q/{links.sign(quotes.PURPOSE, reader.pk, FRIDAY_20)}/")
    assert paths["globex"][0] == paths["acme"][0]
    here = client_for(tenant)
    assert b"Secret-of-acme" in here.get(paths["acme"][1]).content
    foreign = here.post(paths["globex"][1], {"answer": "accept"})
    assert foreign.status_code == 410 and b"Secret-of" not in foreign.content
    assert not Answer.objects.exists()


def test_sl07_what_was_accepted_cannot_be_changed_or_deleted(at, sent, person):
    quote = sent()
    answer = quotes.answer(quote, person=person("alice"), accepts=True, at=FRIDAY_20 + HOUR, way="link")
    for change in (lambda: Answer.objects.update(amount=1), answer.delete):
        with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
            change()
    assert Answer.objects.get().amount == 50000


def test_sl07_an_open_quote_stops_the_close_by_silence(at, desk_of, person):
    """360dialog closes after 48 h of silence; a quote that waits for its answer stops that, its end starts it anew (S14)."""
    desk_of("360dialog")
    at(FRIDAY_20)
    ticket = lifecycle.open_ticket(
        requester=person("alice"), summary="Slow", body="Very.", at=FRIDAY_20
    ).ticket
    lifecycle.reply(ticket, author=person("bob"), body="Which number?", at=FRIDAY_20, wait=True)
    lifecycle.seen_in_portal(ticket, at=FRIDAY_20)
    silence = Clock.objects.get(subject_id=ticket.pk, metric="silence")
    quote = quotes.want(ticket, kind="consulting", by=person("bob"), at=FRIDAY_20 + HOUR, wish="A workshop")
    silence.refresh_from_db()
    assert silence.status == "ended"
    ended = FRIDAY_20 + 60 * HOUR
    at(FRIDAY_20 + 50 * HOUR)
    tasks.drain_alarms()
    ticket.refresh_from_db()
    assert ticket.status == "pending"
    quotes.withdraw(quote, by=person("grace"), at=ended)
    again = Clock.objects.get(subject_id=ticket.pk, metric="silence", status="running")
    assert again.due_at == ended + 48 * HOUR


@pytest.mark.parametrize(
    ("field", "value"), [("minutes", ""), ("minutes", "soon"), ("minutes", "0"), ("rate", "much"), ("text", " "),
                     ("valid_until", "2026-11-27T19:00"), ("valid_until", "x")],
)  # fmt: skip
def test_a_bad_quote_is_refused_at_its_field_and_keeps_what_was_typed(
    at, opened, browser, person, field, value
):
    at(FRIDAY_20)
    quote = night.ask(opened(FRIDAY_20), by=person("alice"), at=FRIDAY_20)
    given = {"minutes": "1h", "rate": "250.00", "text": "Typed once.", "valid_until": "2026-11-30T08:00"} | {
        field: value
    }
    answer = browser("grace").post(f"/desk/quotes/{quote.pk}/", given)
    text = answer.content.decode()
    assert answer.status_code == 422 and 'class="error"' in text
    assert field == "text" or "Typed once." in text
    quote.refresh_from_db()
    assert quote.state == "wanted"


def test_a_quote_is_declined_with_its_reason_and_nothing_begins(at, sent, browser):
    quote = sent()
    delivered()
    assert browser("alice").post(f"/quotes/{quote.pk}/", {"answer": "maybe"}).status_code == 409
    browser("alice").post(f"/quotes/{quote.pk}/", {"answer": "decline", "because": "Too dear."})
    assert "Too dear." in mail_to("grace", delivered(), "quote declined").body
    refused = browser("bob").post(f"/desk/tickets/{quote.ticket.number}/night-work/", follow=True)
    assert "declined the quote" in refused.content.decode()
