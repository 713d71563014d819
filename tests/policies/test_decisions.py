"""What a policy says to a request: channel, scope, targets, silence, escalation, and the words that decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.decisions import (
    attachment_rule,
    closing_for,
    completed,
    decide,
    on_alarm,
    promises_for,
    text_has,
)
from policies.document import (
    AttachmentRule,
    Channel,
    ClosingRule,
    Condition,
    EscalationStep,
    Plan,
    Policy,
    Priority,
    ScopeRule,
    Target,
    Topic,
)
from policies.facts import AlarmFacts, Facts
from policies.packs import load_pack, pack_names
from tests.policies.documents import policies

HOUR = timedelta(hours=1)
POLICY = Policy(
    key="p",
    name={"en": "P"},
    language="en",
    tz="UTC",
    default_priority="2",
    default_team="support",
    teams={"support": {"en": "Support"}, "sales": {"en": "Sales"}},
    channels=(
        Channel("portal", {"en": "Portal"}),
        Channel("chat", {"en": "Chat"}, plans=("gold",)),
        Channel("email", {"en": "E-mail"}, opens="pointer", pointer={"en": "Use the portal."}),
        Channel("whatsapp", {"en": "WhatsApp"}, opens="silence"),
        Channel("other", {"en": "Other"}, sla=False),
    ),
    plans=(Plan("basic", {"en": "Basic"}), Plan("gold", {"en": "Gold"})),
    priorities=(Priority("1", {"en": "High"}), Priority("2", {"en": "Low"})),
    topics=(
        Topic("outage", {"en": "Outage"}, priority="1", situation="emergency"),
        Topic("offer", {"en": "Offer"}, team="sales"),
    ),
    targets=(
        Target("gold", "first_response", HOUR, "elapsed", when=Condition(plans=("gold",))),
        Target("all", "first_response", 4 * HOUR, "elapsed"),
        Target("work", "resolution", None, "elapsed"),
        Target("now", "first_response", 0 * HOUR, "elapsed", grace=HOUR / 12, situation="emergency"),
    ),
    scope_rules=(
        ScopeRule("abuse", "ignored", {}, Condition(words=("spam",)), opens=False, answer=False),
        ScopeRule(
            "selling",
            "other_service",
            {"en": "Ask sales."},
            Condition(topics=("offer",)),
            contact="a@b.example",
        ),
        ScopeRule(
            "garden", "out_of_scope", {"en": "No gardens."}, Condition(words=("garden*",)), team="sales"
        ),
    ),
    closing_rules=(
        ClosingRule("slow", 72 * HOUR, when=Condition(plans=("gold",))),
        ClosingRule("quick", 24 * HOUR),
    ),
)


def test_what_is_not_said_is_the_first_channel_the_first_plan_and_the_default_priority():
    assert completed(POLICY, Facts()) == Facts(channel="portal", plan="basic", priority="2")


def test_a_topic_brings_its_priority_its_team_and_its_situation():
    decision = decide(POLICY, Facts(topic="outage"))
    assert decision.priority == "1"
    assert [p.target_key for p in decision.situational] == ["now"]
    assert decide(POLICY, Facts(topic="outage", priority="2")).priority == "2"
    assert decide(POLICY, Facts(topic="offer")).team == "sales"


def test_the_first_target_that_matches_wins_for_each_metric():
    assert [p.target_key for p in decide(POLICY, Facts()).promises] == ["all", "work"]
    assert [p.target_key for p in decide(POLICY, Facts(plan="gold")).promises] == ["gold", "work"]


def test_a_situation_leaves_the_ordinary_target_as_it_is():
    decision = decide(POLICY, Facts(situations=frozenset({"emergency"})))
    assert decision.promises == decide(POLICY, Facts()).promises
    assert [(p.target_key, p.situation) for p in decision.situational] == [("now", "emergency")]


def test_promises_for_is_all_that_a_decision_promises():
    facts = Facts(situations=frozenset({"emergency"}))
    decision = decide(POLICY, facts)
    assert promises_for(POLICY, facts) == decision.promises + decision.situational
    assert promises_for(POLICY, Facts(text="my garden")) == ()


@pytest.mark.parametrize(
    ("channel", "plan", "outcome", "answer", "pointer"),
    [
        ("fax", "basic", "wrong_channel", True, "To open a ticket, please use: Portal."),
        ("email", "basic", "wrong_channel", True, "Use the portal."),
        ("chat", "basic", "wrong_channel", True, "To open a ticket, please use: Portal."),
        ("whatsapp", "basic", "ignored", False, ""),
    ],
)
def test_a_wrong_door_opens_no_ticket(channel, plan, outcome, answer, pointer):
    decision = decide(POLICY, Facts(channel=channel, plan=plan))
    assert not decision.accepted
    assert (decision.outcome, decision.answer, decision.pointer.get("en", "")) == (outcome, answer, pointer)
    assert decision.promises == decision.situational == ()
    assert decision.closing is None


def test_the_right_plan_opens_its_channel():
    assert decide(POLICY, Facts(channel="chat", plan="gold")).accepted


def test_a_channel_without_sla_makes_a_ticket_without_clocks():
    decision = decide(POLICY, Facts(channel="other", situations=frozenset({"emergency"})))
    assert (decision.accepted, decision.outcome, decision.sla) == (True, "no_sla", False)
    assert decision.promises == decision.situational == ()


def test_out_of_scope_is_a_ticket_without_clocks_that_is_told_why():
    decision = decide(POLICY, Facts(text="My gardens are dry"))
    assert (decision.accepted, decision.outcome, decision.rule) == (True, "out_of_scope", "garden")
    assert (decision.sla, decision.promises, decision.team) == (False, (), "sales")
    assert decision.sentence == {"en": "No gardens."}
    assert any("No gardens." in reason["en"] for reason in decision.because)


def test_overruled_it_gets_its_clocks_and_says_so():
    decision = decide(POLICY, Facts(text="My gardens are dry", overruled=True))
    assert (decision.outcome, decision.sla, decision.rule) == ("in_scope", True, "")
    assert [p.target_key for p in decision.promises] == ["all", "work"]
    assert any("agent" in reason["en"] for reason in decision.because)


def test_another_service_names_its_contact():
    decision = decide(POLICY, Facts(topic="offer"))
    assert decision.contact == "a@b.example"
    assert decision.told == {lang: f"{said} a@b.example" for lang, said in decision.sentence.items()}
    assert decision.told["en"].endswith(" a@b.example")


def test_a_silent_rule_makes_no_ticket_and_no_answer():
    decision = decide(POLICY, Facts(text="SPAM!"))
    assert (decision.accepted, decision.answer, decision.outcome, decision.sentence) == (
        False,
        False,
        "ignored",
        {},
    )


def test_overruling_opens_no_wrong_door():
    assert not decide(POLICY, Facts(channel="email", overruled=True)).accepted


def test_the_first_closing_rule_that_matches_wins():
    assert closing_for(POLICY, Facts(plan="gold")).key == "slow"
    assert closing_for(POLICY, Facts()).key == "quick"
    assert closing_for(load_pack("erp-chamados"), Facts()) is None


def test_an_alarm_takes_the_steps_of_its_kind_that_were_not_taken():
    policy = replace(
        POLICY,
        escalation=(
            EscalationStep("early", on="warning"),
            EscalationStep("tell"),
            EscalationStep("work-only", metrics=("resolution",)),
            EscalationStep("gold-only", when=Condition(plans=("gold",))),
            EscalationStep("later", after=HOUR),
        ),
    )

    def taken(metric, kind, done=(), plan="basic"):
        alarm = AlarmFacts(Facts(plan=plan), metric, kind, frozenset(done))
        return [step.key for step in on_alarm(policy, alarm)]

    assert taken("first_response", "warning") == ["early"]
    assert taken("first_response", "breach") == ["tell", "later"]
    assert taken("resolution", "breach", plan="gold") == ["tell", "work-only", "gold-only", "later"]
    assert taken("resolution", "breach", done=["tell", "later"]) == ["work-only"]


def test_the_first_attachment_rule_that_matches_wins():
    policy = replace(POLICY, attachments=(AttachmentRule("a", topics=("outage",)), AttachmentRule("b")))
    assert attachment_rule(policy, "outage").key == "a"
    assert attachment_rule(policy, "").key == "b"
    assert attachment_rule(POLICY, "") is None


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(policies, st.text(max_size=30))
def test_any_policy_decides_about_anything(policy, text):
    decision = decide(policy, Facts(text=text))
    assert decision.because
    assert decision.accepted or not decision.promises


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "text", "found"),
    [
        ("vps", "Minha VPS caiu", True),
        ("vps", "um vpsx", False),
        ("criação", "CRIACAO de bot", True),
        ("criacao", "A criação de bot", True),
        ("cria* fluxo* chatbot*", "Podem criar fluxos para chatbots?", True),
        ("cria* fluxo* chatbot*", "Podem criar um texto? O fluxo do chatbot parou.", False),
        ("fluxo|flow trava", "o flow trava", True),
        ("fora_do_ar", "O site está fora  do ar.", True),
        ("fora_do_ar", "fora da sala, do ar", False),
        ("servidor* !whatsapp", "O servidor do WhatsApp caiu", False),
        ("servidor* !whatsapp", "O servidor caiu. O WhatsApp não.", True),
        ("e-mail*", "dois e-mails", True),
        ("z-pro", "o Z-PRO abriu", True),
        ("make.com", "uso make.com hoje", True),
        ("servidor erro", "servidor v2.1 com erro", True),
        ("", "qualquer", False),
        ("*", "qualquer", False),
        ("!só", "qualquer", True),
    ],
)
def test_words_are_found_in_one_sentence_whatever_their_case_and_accents(entry, text, found):
    assert text_has((entry,), text) is found


def test_any_entry_will_do():
    assert text_has(("nada", "vps"), "a vps")
    assert not text_has((), "a vps")


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_and_no_entry_breaks_it(entry, text):
    text_has((entry,), text)


# --- Z-PRO: the text decides as well as the topic (ZP08, ZP09) -----------------------------------------------------------

IN_SCOPE = [
    "O fluxo do chatbot trava ao salvar",
    "O servidor do WhatsApp não conecta no Z-PRO",
    "Meu chatbot não responde depois da atualização",
    "Erro ao criar um fluxo no editor de chatbot",
    "Não consigo criar um fluxo novo, o botão não aparece",
    "Como criar um fluxo de chatbot no Z-PRO?",
    "Como faço para montar um chatbot com menu de opções?",
    "Onde configuro o horário de atendimento?",
    "Como conectar um canal de WhatsApp oficial?",
    "Configurar servidor SMTP do e-mail nas configurações gerais",
    "O servidor SMTP recusa a senha que pus nas configurações",
    "Onde coloco o token do Typebot no Z-PRO?",
    "Em qual tela do Z-PRO informo a URL do n8n?",
    "A integração nativa com o Typebot não dispara a mensagem",
    "A campanha de marketing não dispara para os contatos",
    "Minha campanha parou na metade",
    "O relatório de atendimentos mostra o usuário errado",
    "As mensagens chegam duplicadas no painel",
    "O kanban não carrega as etiquetas",
    "Depois de ler o QR code a sessão cai",
    "Instalei o Z-PRO na VPS e o menu de campanhas não abre",
    "Quero mudar a mensagem de saudação da fila",
    "Gostaria de saber como importo contatos por planilha",
    "O bot para de responder quando transfiro para a fila",
    "Preciso de ajuda com as mensagens rápidas",
    "Usuários perderam a permissão de supervisor",
    "The chatbot flow freezes when I save it",
    "How do I create a chatbot flow?",
    "The WhatsApp server does not connect",
    "Where do I set the opening hours?",
]

OUT_OF_SCOPE = [
    ("server", "Minha VPS caiu, podem reiniciar?"),
    ("server", "Preciso que configurem a minha VPS"),
    ("server", "Instalem o Z-PRO na minha VPS, por favor"),
    ("server", "O servidor está sem espaço em disco"),
    ("server", "Podem atualizar o Ubuntu do servidor?"),
    ("server", "Como configuro o firewall do meu servidor?"),
    ("server", "Meu servidor foi hackeado, preciso de segurança"),
    ("server", "Renovem o SSL do servidor"),
    ("server", "Please reboot our server, it is slow"),
    ("third-party-tools", "Meu workflow no n8n não executa"),
    ("third-party-tools", "Preciso de ajuda com o Typebot"),
    ("third-party-tools", "Como instalo o plugin no WordPress?"),
    ("third-party-tools", "Suporte para uma ferramenta de terceiros"),
    ("third-party-tools", "Acabaram os créditos da minha conta no ChatGPT"),
    ("chatbot-building", "Criem um fluxo de chatbot para a minha loja"),
    ("chatbot-building", "Preciso que vocês montem o chatbot da minha clínica"),
    ("chatbot-building", "Podem desenvolver um bot de vendas para nós?"),
    ("chatbot-building", "Quero um chatbot pronto para delivery"),
    ("chatbot-building", "Gostaria de contratar a criação do fluxo de atendimento da empresa"),
    ("chatbot-building", "Could you build a chatbot flow for our shop?"),
    ("consulting", "Preciso de consultoria de marketing"),
    ("consulting", "Qual a melhor estratégia de vendas pelo WhatsApp?"),
    ("consulting", "Quero dicas de marketing para o meu negócio"),
    ("consulting", "Como aumentar minhas vendas com a ferramenta?"),
    ("consulting", "Ajudem no planejamento do atendimento da minha equipe"),
    ("consulting", "We need business advice for our support strategy"),
]


@pytest.mark.parametrize("text", IN_SCOPE)
def test_z_pro_keeps_in_scope(text):
    decision = decide(load_pack("z-pro"), Facts(text=text))
    assert (decision.outcome, decision.rule if decision.outcome != "in_scope" else "") == ("in_scope", "")
    assert decision.promises


@pytest.mark.parametrize(("rule", "text"), OUT_OF_SCOPE)
def test_z_pro_puts_out_of_scope(rule, text):
    decision = decide(load_pack("z-pro"), Facts(text=text))
    assert (decision.outcome, decision.rule) == ("out_of_scope", rule)
    assert decision.accepted
    assert not decision.promises


@pytest.mark.parametrize("topic", ["server", "third-party-tools", "chatbot-building", "consulting"])
def test_z_pro_decides_by_the_topic_too(topic):
    assert decide(load_pack("z-pro"), Facts(topic=topic)).outcome == "out_of_scope"


def test_z_pro_answers_only_on_the_portal():
    pack = load_pack("z-pro")
    assert [c.key for c in pack.channels if decide(pack, Facts(channel=c.key)).accepted] == ["portal"]
    assert decide(pack, Facts(channel="whatsapp")).pointer["pt-br"]


# --- the other packs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "outcome", "team"),
    [
        ("Precisamos de um treinamento para a equipe", "other_service", "training"),
        ("Gostaríamos de uma consultoria", "other_service", "consulting"),
        ("Quero personalizar o Zoom com a nossa marca", "other_service", "branding"),
        ("Queremos contratar a implementação do Zoom Rooms", "other_service", "implementation"),
        ("Procuramos uma solução personalizada", "other_service", "custom-solutions"),
        ("Can you develop an integration for us?", "other_service", "development"),
        ("O áudio cai durante a reunião de treinamento", "in_scope", "support"),
        ("A gravação da reunião não abre", "in_scope", "support"),
        ("Our custom background does not load", "in_scope", "support"),
    ],
)
def test_zoom_passes_other_services_on(text, outcome, team):
    decision = decide(load_pack("zoom"), Facts(text=text))
    assert (decision.outcome, decision.team) == (outcome, team)
    assert bool(decision.promises) is (outcome == "in_scope")
    assert bool(decision.contact) is (outcome == "other_service")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("There is an outage on Meta's side", "third_party"),
        ("A Meta bloqueou a minha conta", "third_party"),
        ("Problema na Meta: mensagens não chegam", "third_party"),
        ("Nosso Business Manager foi bloqueado", "third_party"),
        ("My template was rejected by Meta", "third_party"),
        ("Your API returns an error although Meta reports no problem", "in_scope"),
        ("The webhook receives nothing", "in_scope"),
        ("Nossa meta de vendas caiu", "in_scope"),
        ("O WhatsApp não envia mensagens pela API", "in_scope"),
    ],
)
def test_360dialog_promises_nothing_for_meta(text, outcome):
    decision = decide(load_pack("360dialog"), Facts(text=text))
    assert (decision.accepted, decision.outcome) == (True, outcome)
    assert bool(decision.promises) is (outcome == "in_scope")


def test_360dialog_sees_a_third_party_by_topic_and_by_situation():
    pack = load_pack("360dialog")
    assert decide(pack, Facts(topic="meta")).outcome == "third_party"
    assert decide(pack, Facts(situations=frozenset({"third_party"}))).outcome == "third_party"


def test_360dialog_adds_all_teams_when_a_resolution_is_late_and_escalates_every_breach():
    pack = load_pack("360dialog")
    for metric in ("first_response", "periodic_update", "resolution"):
        steps = on_alarm(pack, AlarmFacts(Facts(), metric, "breach"))
        assert steps
        assert any("*" in step.add_teams for step in steps) is (metric == "resolution")


@pytest.mark.parametrize(
    ("facts", "accepted", "outcome", "answer"),
    [
        (Facts(channel="whatsapp"), True, "in_scope", True),
        (Facts(channel="other"), True, "no_sla", True),
        (Facts(channel="email"), True, "no_sla", True),
        (Facts(channel="whatsapp_group", plan="standard"), False, "wrong_channel", True),
        (Facts(channel="whatsapp_group", plan="premium", text="Uma dúvida"), False, "wrong_channel", True),
        (
            Facts(channel="whatsapp_group", plan="premium", text="O site está fora do ar!"),
            True,
            "in_scope",
            True,
        ),
        (Facts(channel="whatsapp_group", plan="enterprise", topic="server-down"), True, "in_scope", True),
        (
            Facts(channel="whatsapp_group", plan="premium", situations=frozenset({"emergency"})),
            True,
            "in_scope",
            True,
        ),
        (
            Facts(channel="whatsapp_group", plan="premium", text="Podem desenvolver um novo relatório?"),
            False,
            "ignored",
            False,
        ),
        (Facts(channel="whatsapp_group", plan="premium", topic="development"), False, "ignored", False),
        (Facts(channel="portal", topic="development"), True, "in_scope", True),
    ],
)
def test_suporte_leiloes_keeps_groups_for_emergencies(facts, accepted, outcome, answer):
    decision = decide(load_pack("suporte-leiloes"), facts)
    assert (decision.accepted, decision.outcome, decision.answer) == (accepted, outcome, answer)


def test_suporte_leiloes_passes_calls_to_the_account_manager_unless_it_is_an_emergency():
    pack = load_pack("suporte-leiloes")
    assert decide(pack, Facts(channel="phone")).team == "account-managers"
    assert decide(pack, Facts(channel="phone")).promises
    assert decide(pack, Facts(channel="phone", topic="no-access")).team == "support"


def test_erp_chamados_promises_no_deadline_and_closes_nothing():
    pack = load_pack("erp-chamados")
    for channel in pack.channels:
        decision = decide(pack, Facts(channel=channel.key))
        assert decision.accepted
        assert (decision.promises, decision.closing) == ((), None)


@pytest.mark.parametrize("name", pack_names())
def test_every_declared_plan_and_priority_is_decided_about(name):
    pack = load_pack(name)
    for plan in pack.plans:
        for priority in pack.priorities:
            decision = decide(pack, Facts(plan=plan.key, priority=priority.key))
            assert (decision.accepted, decision.plan, decision.priority) == (True, plan.key, priority.key)
