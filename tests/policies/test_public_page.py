"""The public page says what the engine does: every figure from the field that is read to enact it."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.utils import translation

from notifications import texts as notices
from policies import draft, models, packs, publishing, words
from policies.document import METRICS, say
from policies.sentences import LANGUAGES, METRIC_NAMES
from tenants.customers.models import Desk
from tenants.moment import now

pytestmark = pytest.mark.django_db


def body(client, language="en"):
    answer = client.get("/policy/", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("pack", packs.pack_names())
def test_everybody_reads_the_policy_without_signing_in(desk_of, client_for, pack):
    tenant = desk_of(pack)
    page = body(client_for(tenant))
    policy = packs.load_pack(pack)
    assert policy.name["en"] in page
    for plan in policy.plans:
        if len(policy.plans) > 1 and any(t.duration for t in policy.targets) and pack != "suporte-leiloes":
            assert plan.name["en"] in page


def test_hours_targets_and_silence_are_the_policys_zp02_zp03_zp07(desk_of, client_for):
    page = body(client_for(desk_of("z-pro")))
    assert "Monday to Friday" in page
    assert "08:00–18:00" in page
    assert "24 business hours" in page
    assert "Monday 08:00 gives Wednesday 12:00" in page
    assert "72 hours" in page


def test_work_without_a_deadline_says_in_which_hours_it_is_counted_zm03(desk_of, client_for):
    page = body(client_for(desk_of("zoom")))
    assert "measured, no deadline is promised" in page
    assert "1 Urgent: round the clock" in page
    assert "2 High, 3 Normal and 4 Low: Business hours" in page


def test_the_effective_date_is_shown_sl12(desk_of, client_for):
    assert "19 January 2025" in body(client_for(desk_of("suporte-leiloes")))


def test_auctions_and_emergencies_are_promised_apart_sl02_sl06(desk_of, client_for):
    page = body(client_for(desk_of("suporte-leiloes")))
    assert "While an auction of the customer is running" in page
    assert "at once" in page


@pytest.mark.parametrize(
    ("language", "several", "one"),
    [
        ("pt-br", "Ligações dos planos ", "exceto no plano Enterprise"),
        ("en", "Calls of the plans ", "but for plan Enterprise"),
        ("es", "Las llamadas de los planes ", "salvo en el plan Enterprise"),
        ("de", "Anrufe der Tarife ", "außer beim Tarif Enterprise"),
        ("ru", "Звонки тарифов ", "кроме тарифа Enterprise"),
    ],
)
def test_several_plans_are_named_in_the_plural_and_one_in_the_singular_sl11(
    desk_of, client_for, language, several, one
):
    tenant = desk_of("suporte-leiloes")
    Desk.objects.update(languages=list(LANGUAGES))
    policy = packs.load_pack("suporte-leiloes")
    assert len([plan for plan in policy.plans if plan.calls_to_manager]) == 3
    page = html.unescape(client_for(tenant).get(f"/policy/?language={language}").content.decode())
    assert several in page and one in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_promise_is_called_alike_wherever_it_is_named(language):
    """On the policy page and in reports, in sentences, and in notices; a confirmation is named shortly at times."""
    for metric in set(METRICS) - {"acknowledgement"}:
        with translation.override(language):
            heading = str(words.METRICS[metric])
        names = {heading.casefold(), say(METRIC_NAMES[metric], language).casefold()}
        assert names == {notices.METRICS[language][metric].casefold()}, metric


def test_a_change_in_the_draft_is_not_shown_before_it_is_published(tenant_a, client_for, person):
    models.Target.objects.filter(metric="first_response").update(duration=timedelta(hours=7))
    revision = draft.touch(now())
    assert "7 business hours" not in body(client_for(tenant_a))
    publishing.publish(revision=revision, by=person("dora"), at=now())
    assert "7 business hours" in body(client_for(tenant_a))


def test_the_page_speaks_the_visitors_language(desk_of, client_for):
    page = body(client_for(desk_of("z-pro")), "pt-BR")
    assert 'lang="pt-br"' in page
    assert packs.load_pack("z-pro").summary["pt-br"] in page


def test_german_keeps_the_capitals_of_nouns_and_cases_right(desk_of, client_for):
    tenant = desk_of("360dialog")
    Desk.objects.update(languages=["en", "de"])
    page = body(client_for(tenant), "de")
    assert "Bei einer versäumten Frist (Lösung):" in page
    assert "Eine Antwort öffnet sie wieder (Frist: 14 Tage);" in page
    # What leads to a section stands in the order of the sections.
    ways = [page.index(f'href="#{name}"') for name in ("scope", "emergencies", "files", "end", "late")]
    assert ways == sorted(ways)


def test_scope_is_quoted_from_the_rules_zp09(desk_of, client_for):
    page = body(client_for(desk_of("z-pro")))
    from django.utils.html import escape

    for rule in packs.load_pack("z-pro").scope_rules:
        if rule.sentence:
            assert escape(rule.sentence["en"]) in page


def test_what_holds_in_some_channels_or_situations_alone_is_said_of_these_sl04_sl06(desk_of, client_for):
    """Development is refused in a group, not everywhere; everybody is told of a breach in an emergency, not of every one."""
    page = body(client_for(desk_of("suporte-leiloes")))
    assert "<li>Development</li>" in page
    assert "<strong>WhatsApp group:</strong> Development requests are registered" in page
    told = page.partition('id="late"')[2]
    assert told.count("an auction of the customer is running, it is an emergency): we tell") == 1
    assert told.count("it is an emergency") == 1


def test_a_desk_without_a_policy_says_so(tenant_a, client_for):
    models.PolicyVersion.objects.all().delete()
    assert client_for(tenant_a).get("/policy/").status_code == 404


def test_the_pages_queries_do_not_grow_with_the_policy(desk_of, client_for, django_assert_max_num_queries):
    client = client_for(desk_of("zoom"))
    body(client)
    with django_assert_max_num_queries(10):
        body(client)
