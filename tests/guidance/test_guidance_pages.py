"""Guidance before asking (CH02): shown under the topic and while one types, read, counted where it solved something."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from policies.guidance import articles
from policies.guidance.models import Article, Deflection
from tests.guidance.conftest import KEY, MONDAY_8
from tickets.models import Ticket

DESK = "erp-chamados"


def asked(**more):
    return {"topic": "error", "summary": "", "body": "", "key": KEY} | more


def test_ch02_the_topic_shows_its_guidance_and_what_it_solves_becomes_no_ticket(
    desk_of, client_for, person, shelf, text
):
    desk = desk_of(DESK)
    shelf("error", "Erro 17: nota sem série", "Abra **Cadastros** e informe a série.")
    shelf("update", "Como atualizar", "Feche o sistema.")
    alice = client_for(desk, person("alice"))
    topics = text(alice.get("/tickets/new/"))
    assert 'href="?topic=error"' in topics
    form = text(alice.get("/tickets/new/?topic=error"))
    assert form.index("Erro 17: nota sem série") < form.index('name="summary"')
    assert "<strong>Cadastros</strong>" in form and "Como atualizar" not in form
    assert 'formaction="/help/erro-17-nota-sem-serie/solved/"' in form

    answer = alice.post("/help/erro-17-nota-sem-serie/solved/", {"topic": "error", "key": KEY}, follow=True)
    assert "No ticket was opened" in text(answer)
    kept = Deflection.objects.get()
    assert (kept.person.email, kept.topic, kept.at) == ("alice@example.com", "error", MONDAY_8)
    assert kept.edition == kept.article.published
    assert not Ticket.objects.exists()

    dora = client_for(desk, person("dora"))
    listed = text(dora.get("/admin/guidance/article/"))
    assert "1 time" in listed
    page = text(dora.get(f"/admin/guidance/article/{kept.article_id}/change/"))
    assert "1 person needed no ticket." in page and "Alice" in page


def test_ch02_what_changed_lately_is_ticked_by_the_customer_and_seen_by_the_agent(
    desk_of, client_for, person, text
):
    desk = desk_of(DESK)
    alice, bob = client_for(desk, person("alice")), client_for(desk, person("bob"))
    form = text(alice.get("/tickets/new/?topic=error"))
    for item in ("Network", "Antivirus", "Firewall", "Server", "Cabling"):
        assert item in form
    told = asked(
        summary="Erro 17", body="Não imprime.", field_screen="Notas", field_message="Erro 17",
        field_steps="Imprimir", field_version="12.4",
    )  # fmt: skip
    # Half-typed and shown again, nothing is lost, the ticks neither.
    shown = text(alice.post("/tickets/new/", told | {"show": "1", "field_changed": ["Antivírus", "Rede"]}))
    assert shown.count("checked") >= 2 and 'value="Antivírus"' in shown
    alice.post("/tickets/new/", told | {"field_changed": ["Antivírus", "Rede"]})
    ticket = Ticket.objects.get()
    assert ticket.fields["changed"] == ["Antivírus", "Rede"]
    page = text(bob.get(f"/desk/tickets/{ticket.number}/"))
    assert "What changed lately" in page and "Antivirus, Network" in page
    assert "Antivirus, Network" in text(alice.get(f"/tickets/{ticket.number}/"))
    assert bob.get(f"/api/v1/tickets/{ticket.number}/").json()["fields"]["changed"] == ["Antivírus", "Rede"]


def test_ch02_nothing_ticked_is_an_answer_too(desk_of, client_for, person, text):
    desk = desk_of(DESK)
    told = asked(
        summary="Erro 17", body="Não imprime.", field_screen="Notas", field_message="Erro 17",
        field_steps="Imprimir", field_version="12.4",
    )  # fmt: skip
    client_for(desk, person("alice")).post("/tickets/new/", told)
    ticket = Ticket.objects.get()
    assert ticket.fields["changed"] == []
    page = text(client_for(desk, person("bob")).get(f"/desk/tickets/{ticket.number}/"))
    assert "nothing of it ticked" in page


def test_ch02_the_checklist_is_refused_at_its_field_and_kept_with_the_rest(desk_of, client_for, person, text):
    alice = client_for(desk_of(DESK), person("alice"))
    answer = alice.post(
        "/tickets/new/", asked(summary="Erro 17", body="Longa história.", field_changed=["Clima"])
    )
    assert answer.status_code == 422
    assert 'id="id_field_changed_error"' in text(answer) and "Longa história." in text(answer)


def test_ch02_the_public_page_and_the_draft_tell_of_the_checklist(desk_of, client_for, person, text):
    desk = desk_of(DESK)
    page = text(client_for(desk).get("/policy/"))
    assert "What changed lately (Network, Antivirus, Firewall, Server and Cabling)" in page
    from policies.differences import differences
    from policies.packs import load_pack
    from tickets.portal.home import policy_at

    assert differences(policy_at(MONDAY_8), load_pack(DESK)) == []


def test_ch02_the_api_takes_a_checklist_and_says_what_it_asks(desk_of, client_for, person):
    desk = desk_of(DESK)
    alice = client_for(desk, person("alice"))
    error = next(topic for topic in alice.get("/api/v1/topics/").json() if topic["key"] == "error")
    changed = next(field for field in error["fields"] if field["key"] == "changed")
    assert changed["kind"] == "checklist" and changed["choices"][0] == "Network"
    given = {"summary": "Erro", "body": "Nada.", "topic": "error", "channel": "portal"}
    made = alice.post(
        "/api/v1/tickets/",
        given | {"fields": {"changed": ["Firewall", "Server", "Server"]}},
        "application/json",
    )
    assert made.status_code == 201 and made.json()["ticket"]["fields"]["changed"] == ["Firewall", "Servidor"]
    for wrong in (["Weather"], "Network", [1], [["Network"]], {"a": 1}):
        answer = alice.post("/api/v1/tickets/", given | {"fields": {"changed": wrong}}, "application/json")
        assert answer.status_code == 400 and "changed" in str(answer.json()["errors"]), wrong


def test_ch02_an_agent_ticks_the_checklist_for_a_caller(desk_of, client_for, person, text):
    desk = desk_of(DESK)
    bob = client_for(desk, person("bob"))
    told = {
        "requester": person("alice").pk,
        "channel": "phone",
        "summary": "Liga",
        "body": "Erro.",
        "topic": "error",
    }
    page = text(bob.post("/desk/new/", told | {"ask": "1", "field_changed": ["Firewall"]}))
    assert "checked" in page[page.index('value="Firewall"') :][:120]
    bob.post("/desk/new/", told | {"field_changed": ["Firewall"], "key": KEY})
    assert Ticket.objects.get().fields["changed"] == ["Firewall"]


# --- while one types


def test_ch02_what_is_typed_is_answered_without_a_ticket(desk_of, client_for, person, shelf, text):
    desk = desk_of(DESK)
    shelf("question", "Impressões não saem", "Reinicie a fila.")
    alice = client_for(desk, person("alice"))
    found = text(alice.post("/help/suggestions/", {"summary": "impressao parada", "topic": "error"}))
    assert "Impressões não saem" in found and 'value="error"' in found
    key = Article.objects.get().pk
    again = alice.post("/help/suggestions/", {"summary": "impressao parada", "suggested": str(key)})
    assert again.status_code == 204  # the same: nothing moves under the reader
    # By the error message that a topic asks for, too; and without JavaScript by the button that shows the form again.
    assert "Impressões" in text(
        alice.post("/help/suggestions/", {"summary": "Socorro", "field_message": "impressao"})
    )
    shown = text(
        alice.post("/tickets/new/", asked(show="1", summary="impressoes param", body="Desde ontem."))
    )
    assert "This may answer it:" in shown and "Desde ontem." in shown and 'value="impressoes param"' in shown


@pytest.mark.parametrize(
    "typed",
    ["", "ab", "\x00\x00\x00\x00\x00", "x" * 100_000, "'; DROP TABLE guidance_article; --", "%s %(a)s {} \\"],
)
def test_whatever_is_typed_or_looked_for_is_no_error(desk_of, client_for, shelf, typed):
    desk = desk_of(DESK)
    shelf("question", "Impressões não saem", "Reinicie a fila.")
    visitor = client_for(desk)
    assert visitor.post("/help/suggestions/", {"summary": typed, "topic": typed}).status_code in (200, 204)
    assert visitor.get("/help/", {"q": typed[:3000]}).status_code == 200
    assert (
        visitor.post("/help/impressoes-nao-saem/solved/", {"topic": typed, "key": typed}).status_code == 302
    )


# --- articles on their own


def test_articles_stand_under_their_topics_and_are_found(desk_of, client_for, shelf, text):
    desk = desk_of(DESK)
    shelf("update", "Como atualizar", "Passo a passo.")
    shelf("gone", "Sem tópico", "Para todos.")
    visitor = client_for(desk)
    home = text(visitor.get("/"))
    assert 'href="/help/"' in home and 'href="/status/"' not in home
    page = text(visitor.get("/help/"))
    assert (
        page.index("Version update")
        < page.index("Como atualizar")
        < page.index("Other articles")
        < page.index("Sem tópico")
    )
    assert "Como atualizar" in text(visitor.get("/help/", {"q": "atualizações"}))
    assert "0 articles answer" in text(visitor.get("/help/", {"q": "abacaxi"}))
    article = text(visitor.get("/help/como-atualizar/"))
    assert "Passo a passo." in article and "It did not help: ask us" in article
    assert 'lang="pt-br"' in article  # the reader reads English, this is Portuguese
    assert visitor.get("/help/nothing/").status_code == 404
    assert visitor.get("/help/como-atualizar/solved/").status_code == 405


def test_an_article_is_read_in_the_readers_language(tenant_a, client_for, text):
    articles.write(
        title={"pt-br": "Senha", "en": "Password"}, body={"pt-br": "Troque.", "en": "Change it."}, at=MONDAY_8
    )
    client = client_for(tenant_a)
    assert "Change it." in text(client.get("/help/senha/", headers={"accept-language": "en"}))
    assert "Troque." in text(client.get("/help/senha/", headers={"accept-language": "pt-br"}))
    assert "Change it." in text(client.get("/help/senha/", headers={"accept-language": "de"}))


def test_an_article_holds_no_script(tenant_a, client_for, shelf, text):
    shelf(
        "question",
        "Truque <script>alert(1)</script>",
        "<script>alert(2)</script> [x](javascript:alert(3)) **bom**",
    )
    page = text(client_for(tenant_a).get(Article.objects.get().get_absolute_url()))
    assert "<script>alert" not in page and "javascript:alert" not in page.replace(
        "[x](javascript:alert(3))", ""
    )
    assert "<strong>bom</strong>" in page


def test_it_is_counted_once_for_a_form_and_once_a_day_for_a_person(
    tenant_a, client_for, person, shelf, stopped
):
    shelf("question", "Senha", "Troque.")
    visitor, alice = client_for(tenant_a), client_for(tenant_a, person("alice"))
    for _ in range(2):
        visitor.post("/help/senha/solved/", {"key": KEY})
    assert Deflection.objects.get().person is None
    for key in ("a" * 32, "b" * 32):
        alice.post("/help/senha/solved/", {"key": key})
    assert Deflection.objects.count() == 2
    stopped(MONDAY_8 + timedelta(days=1))
    alice.post("/help/senha/solved/", {"key": "c" * 32})
    assert Deflection.objects.count() == 3


def test_the_count_cannot_be_driven_up_from_one_address(tenant_a, client_for, shelf):
    shelf("question", "Senha", "Troque.")
    visitor = client_for(tenant_a)
    for n in range(40):
        assert visitor.post("/help/senha/solved/", {"key": f"{n:032x}"}).status_code == 302
    assert Deflection.objects.count() == 30


def test_the_twin_sees_none_of_it(tenant_b, client_for, shelf, text):
    shelf("question", "Segredo de globex", "Nada.")
    from tests.conftest import enter

    acme = client_for(enter("acme"))
    assert "Segredo" not in text(acme.get("/help/"))
    assert acme.get("/help/segredo-de-globex/").status_code == 404


def test_pages_ask_as_often_for_many_articles_as_for_one(desk_of, client_for, person, shelf):
    desk = desk_of(DESK)
    alice = client_for(desk, person("alice"))

    def queries():
        counts = []
        for path in ("/help/", "/help/?q=impressora", "/tickets/new/?topic=error", "/tickets/new/"):
            alice.get(path)
            with CaptureQueriesContext(
                connection,
            ) as seen:
                alice.get(path)
            counts.append(len(seen))
        return counts

    for n in range(3):
        shelf("error", f"Impressora {n}", "Ligue.")
    few = queries()
    for n in range(3, 40):
        shelf("error", f"Impressora {n}", "Ligue.")
    assert queries() == few
