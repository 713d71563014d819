"""Calls (SL11): whose they become, on which numbers they are taken. Developers (SL08): supervised, and at one ticket alone."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Notification
from policies import draft, publishing
from tenants.customers.models import Company
from tenants.people.models import User
from tests.agreements.conftest import delivered, mail_to, path_in
from tests.conftest import enter
from tickets import lifecycle
from tickets.agreements import developers
from tickets.agreements.models import DeveloperAccess
from tickets.models import Contact, Message, Ticket

MONDAY_9 = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 09:00 in São Paulo
HOUR = timedelta(hours=1)
SUPPORT, OTHER = "+55 38 99950-7998", "+55 38 3333-0000"  # the policy writes it (38) 99950-7998


def called(browser, person, number="", who="alice"):
    """Bob logs a call of somebody's."""
    given = {
        "requester": str(person(who).pk), "channel": "phone", "called": number, "summary": "By phone", "body": "She called.",
    }  # fmt: skip
    return browser("bob").post("/desk/new/", given).content.decode()


def test_sl11_a_call_becomes_a_ticket_of_the_companys_account_manager(at, browser, person):
    at(MONDAY_9)
    called(browser, person, SUPPORT)
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.owner, ticket.team.key) == ("phone", person("grace"), "account-managers")
    assert mail_to("grace", delivered(), f"#{ticket.number}")
    # An emergency is whoever takes it first.
    lifecycle.open_ticket(requester=person("alice"), summary="Down", body="All.", at=MONDAY_9, channel="phone",
                          topic="server-down")  # fmt: skip
    assert Ticket.objects.latest("pk").owner != person("grace")


def test_sl11_calls_on_other_numbers_are_taken_of_plans_that_say_so_alone(at, browser, person):
    at(MONDAY_9)
    answer = called(browser, person, OTHER)
    assert "Calls are taken on the support number alone" in answer
    assert not Ticket.objects.exists() and Contact.objects.get().outcome == "wrong_channel"
    assert "support number alone" in mail_to("alice", delivered(), "no request").body
    Company.objects.filter(name="Company suporte-leiloes").update(plan="enterprise")  # with consulting hours
    called(browser, person, OTHER)
    assert Ticket.objects.get().owner == person("grace")
    policy = browser("alice").get("/policy/").content.decode()
    assert "Calls are taken on (38) 99950-7998 alone, but for plan Enterprise." in policy


def test_sl11_a_company_without_a_manager_keeps_the_policys_team(at, browser, person):
    at(MONDAY_9)
    called(browser, person, "", who="frank")
    ticket = Ticket.objects.get()
    assert ticket.owner is None and ticket.team.key == "account-managers"


# --- SL08


@pytest.fixture
def asked(at, opened, browser):
    """Bob asks to bring in Diego, a developer; the ticket."""
    at(MONDAY_9)
    ticket = opened(MONDAY_9, topic="development", summary="New report")
    lifecycle.add_note(
        ticket, author=User.objects.get(email="bob@example.com"), body="Internal-word", at=MONDAY_9
    )
    given = {"name": "Diego Reis", "email": "diego@dev.example", "because": "Which columns?"}
    assert browser("bob").post(f"/desk/tickets/{ticket.number}/developer/", given).status_code == 302
    return ticket


def letter(mails):
    return next(m for m in mails if m.to == ["diego@dev.example"])


def test_sl08_a_developer_sees_one_ticket_by_the_account_managers_approval_and_is_supervised(
    at, asked, browser, person
):
    mails = delivered()
    assert not [m for m in mails if m.to == ["diego@dev.example"]], (
        "nobody is let in before the account manager approves"
    )
    path = path_in(mail_to("grace", mails, "A developer for"), "/desk/developers/")
    refused = browser("bob").post(f"{path}decision/", {"decision": "approve"}, follow=True).content.decode()
    assert "account manager decides" in refused
    browser("grace").post(f"{path}decision/", {"decision": "approve"})
    link = path_in(letter(delivered()), "/developer/")
    diego = browser()
    page = diego.get(link).content.decode()
    assert "New report" in page and "Which columns?" in page and "Internal-word" not in page
    assert diego.post(link, {"body": " "}).status_code == 422
    key = {"key": "once"}
    for _ in range(2):
        assert diego.post(link, {"body": "Which columns do you need?"} | key).status_code == 302
    message = Message.objects.get(body="Which columns do you need?")
    assert (message.by_customer, str(message.author)) == (False, "Diego Reis")
    mails = delivered()
    assert "Which columns do you need?" in mail_to("grace", mails, "Diego Reis wrote").body
    assert Notification.objects.filter(
        kind="developer_wrote", person=person("grace"), channel="in_app"
    ).exists()
    assert "Which columns do you need?" in mail_to("alice", mails, "Reply to your request").body
    asked.refresh_from_db()
    assert asked.due_at is not None, "a question of a developer meets no promise"
    # The answer is there for Diego; another ticket is not; nor is the desk, nor the portal.
    lifecycle.reply(asked, author=person("alice"), body="Lot and price.", at=MONDAY_9 + HOUR)
    assert "Lot and price." in diego.get(link).content.decode()
    person_ = User.objects.get(email="diego@dev.example")
    assert not person_.has_usable_password() and not person_.is_agent
    assert browser("grace").post(f"{path}decision/", {"decision": "end"}).status_code == 302
    assert "Ask whoever brought you in" in diego.get(link).content.decode()
    assert diego.get(link).status_code == 410 and diego.post(link, {"body": "More"}).status_code == 410


def test_sl08_refused_nobody_is_let_in(asked, browser):
    access = DeveloperAccess.objects.get()
    browser("carol").post(f"/desk/developers/{access.pk}/decision/", {"decision": "refuse"})
    access.refresh_from_db()
    assert access.state == "refused" and not [m for m in delivered() if m.to == ["diego@dev.example"]]


def test_sl08_a_plan_with_dedicated_developers_needs_no_approval(at, opened, browser, person):
    """An admin ticks it at the plan and publishes; new tickets follow."""
    at(MONDAY_9)
    dora = browser("dora")
    from policies.models import Plan

    plan = Plan.objects.get(key="premium")
    form = dora.get(f"/admin/policies/plan/{plan.pk}/change/").content.decode()
    assert 'name="developers"' in form and 'name="calls_to_manager"' in form
    Plan.objects.filter(pk=plan.pk).update(developers=True)
    draft.touch(MONDAY_9)
    publishing.publish(revision=draft.state().revision, by=person("dora"), at=MONDAY_9)
    at(MONDAY_9 + HOUR)
    ticket = opened(MONDAY_9 + HOUR, topic="development")
    given = {"name": "Diego Reis", "email": "diego@dev.example", "because": "Which columns?"}
    browser("bob").post(f"/desk/tickets/{ticket.number}/developer/", given)
    assert DeveloperAccess.objects.get().state == "approved"
    assert path_in(letter(delivered()), "/developer/")
    assert "Premium has dedicated developers" in browser("alice").get("/policy/").content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [({"email": "x"}, 'class="error"'), ({"email": "alice@example.com"}, "a customer&#x27;s address"),
     ({"because": ""}, "found out"), ({"name": ""}, 'class="error"')],
)  # fmt: skip
def test_sl08_a_bad_request_is_refused_at_its_field(at, opened, browser, given, said):
    at(MONDAY_9)
    ticket = opened(MONDAY_9)
    answer = browser("bob").post(
        f"/desk/tickets/{ticket.number}/developer/",
        {"name": "Diego", "email": "diego@dev.example", "because": "Which columns?"} | given,
    )
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not DeveloperAccess.objects.exists()


def test_sl08_a_developers_link_of_the_twin_opens_nothing_here(at, tenant_b, client_for, person):
    from tenants import links

    at(MONDAY_9)
    for slug in ("globex", "acme"):
        tenant = enter(slug)
        ticket = lifecycle.open_ticket(
            requester=person("alice"), summary=f"Secret-of-{slug}", body="x", at=MONDAY_9
        ).ticket
        access = developers.ask(
            ticket, name="Diego", email="diego@dev.example", because="x", by=person("bob"), at=MONDAY_9
        )
        developers.decide(access, approves=True, by=person("carol"), at=MONDAY_9)
        path = f"/developer/{links.sign(developers.PURPOSE, access.pk, MONDAY_9)}/"
        if slug == "globex":
            foreign = path
    assert b"Secret-of-acme" in client_for(tenant).get(path).content
    answer = client_for(tenant).get(foreign)
    assert answer.status_code == 410 and b"Secret-of" not in answer.content
