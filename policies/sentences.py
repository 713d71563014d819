"""PURE. What a decision says, in every language of the product: names of metrics and outcomes, reasons, lengths of time.

A reason is kept with its ticket in the languages of its policy, and always in Portuguese and English (`spoken_by`); so it reads
the same years later. To add a language: one entry in each table here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from policies.document import Policy, Text, say

LANGUAGES = ("pt-br", "en", "es", "de", "ru")
ALWAYS = ("pt-br", "en")

METRIC_NAMES: dict[str, Text] = {
    "acknowledgement": {
        "pt-br": "confirmação de registro",
        "en": "acknowledgement",
        "es": "confirmación de registro",
        "de": "Eingangsbestätigung",
        "ru": "подтверждение регистрации",
    },
    "first_response": {
        "pt-br": "primeira resposta",
        "en": "first response",
        "es": "primera respuesta",
        "de": "erste Antwort",
        "ru": "первый ответ",
    },
    "next_response": {
        "pt-br": "próxima resposta",
        "en": "next response",
        "es": "siguiente respuesta",
        "de": "nächste Antwort",
        "ru": "следующий ответ",
    },
    "periodic_update": {
        "pt-br": "atualização periódica",
        "en": "regular update",
        "es": "novedades periódicas",
        "de": "regelmäßige Zwischennachricht",
        "ru": "регулярное сообщение",
    },
    "resolution": {
        "pt-br": "solução",
        "en": "resolution",
        "es": "solución",
        "de": "Lösung",
        "ru": "решение",
    },
    "silence_reminder": {
        "pt-br": "lembrete por falta de resposta",
        "en": "reminder to a silent customer",
        "es": "recordatorio por falta de respuesta",
        "de": "Erinnerung bei ausbleibender Antwort",
        "ru": "напоминание при отсутствии ответа",
    },
    "silence_close": {
        "pt-br": "encerramento por falta de resposta",
        "en": "close for silence",
        "es": "cierre por falta de respuesta",
        "de": "Schließen bei ausbleibender Antwort",
        "ru": "закрытие при отсутствии ответа",
    },
}

SITUATION_NAMES: dict[str, Text] = {
    "auction": {
        "pt-br": "leilão em andamento",
        "en": "auction running",
        "es": "subasta en curso",
        "de": "laufende Auktion",
        "ru": "идёт аукцион",
    },
    "emergency": {
        "pt-br": "emergência",
        "en": "emergency",
        "es": "emergencia",
        "de": "Notfall",
        "ru": "экстренный случай",
    },
    "third_party": {
        "pt-br": "depende de terceiro",
        "en": "depends on a third party",
        "es": "depende de un tercero",
        "de": "hängt von einem Dritten ab",
        "ru": "зависит от третьей стороны",
    },
    "night_work": {
        "pt-br": "trabalho fora do horário",
        "en": "work out of hours",
        "es": "trabajo fuera de horario",
        "de": "Arbeit außerhalb der Geschäftszeiten",
        "ru": "работа в нерабочее время",
    },
}

OUTCOME_NAMES: dict[str, Text] = {
    "in_scope": {
        "pt-br": "dentro do escopo",
        "en": "in scope",
        "es": "incluido en el soporte",
        "de": "im Leistungsumfang",
        "ru": "входит в поддержку",
    },
    "out_of_scope": {
        "pt-br": "fora do escopo",
        "en": "out of scope",
        "es": "fuera del soporte",
        "de": "außerhalb des Leistungsumfangs",
        "ru": "не входит в поддержку",
    },
    "other_service": {
        "pt-br": "outro serviço",
        "en": "another service",
        "es": "otro servicio",
        "de": "andere Leistung",
        "ru": "другая услуга",
    },
    "third_party": {
        "pt-br": "problema de terceiro",
        "en": "a third party's problem",
        "es": "problema de un tercero",
        "de": "Problem eines Dritten",
        "ru": "проблема третьей стороны",
    },
    "wrong_channel": {
        "pt-br": "canal errado",
        "en": "wrong channel",
        "es": "canal equivocado",
        "de": "falscher Kanal",
        "ru": "не тот канал",
    },
    "ignored": {
        "pt-br": "ignorado",
        "en": "ignored",
        "es": "ignorado",
        "de": "ignoriert",
        "ru": "без ответа",
    },
    "no_sla": {
        "pt-br": "sem prazo prometido",
        "en": "no promised deadline",
        "es": "sin plazo prometido",
        "de": "ohne zugesagte Frist",
        "ru": "без обещанного срока",
    },
    "not_a_customer": {
        "pt-br": "não é cliente",
        "en": "not a customer",
        "es": "no es cliente",
        "de": "kein Kunde",
        "ru": "не клиент",
    },
}

STRANGER_REASONS: dict[str, Text] = {
    "unregistered": {
        "pt-br": "Este endereço não tem licença ativa no registro de compras.",
        "en": "This address has no active licence in the register of purchases.",
        "es": "Esta dirección no tiene ninguna licencia activa en el registro de compras.",
        "de": "Diese Adresse hat keine aktive Lizenz im Kaufregister.",
        "ru": "У этого адреса нет действующей лицензии в реестре покупок.",
    },
    "pending": {
        "pt-br": "Esta pessoa ainda não ativou uma conta.",
        "en": "This person has not activated an account yet.",
        "es": "Esta persona todavía no ha activado una cuenta.",
        "de": "Diese Person hat noch kein Konto aktiviert.",
        "ru": "Этот человек ещё не активировал учётную запись.",
    },
}
STRANGER_POINTERS: dict[str, Text] = {
    "unregistered": {
        "pt-br": "Atendemos quem tem uma licença ativa, pelo e-mail da compra. Se você comprou com outro endereço, use-o.",
        "en": "We help whoever has an active licence, at the e-mail address of the purchase. If you bought with another "
        "address, please use that one.",
        "es": "Atendemos a quien tiene una licencia activa, con el correo de la compra. Si compró con otra dirección, use esa, "
        "por favor.",
        "de": "Wir helfen allen mit einer aktiven Lizenz, unter der E-Mail-Adresse des Kaufs. Wenn Sie mit einer anderen Adresse "
        "gekauft haben, nutzen Sie bitte diese.",
        "ru": "Мы помогаем тем, у кого есть действующая лицензия, по адресу эл. почты покупки. Если Вы покупали с другого "
        "адреса, пожалуйста, пишите с него.",
    },
    "pending": {
        "pt-br": "Atendemos pessoas com conta ativada. Se você recebeu um convite nosso, siga o link dele; se não, peça "
        "uma conta à nossa equipe.",
        "en": "We help people whose account is activated. If you have an invitation from us, follow its link; if not, ask "
        "our team for an account.",
        "es": "Atendemos a personas con la cuenta activada. Si recibió una invitación nuestra, siga su enlace; si no, pida una "
        "cuenta a nuestro equipo.",
        "de": "Wir helfen Personen mit aktiviertem Konto. Wenn Sie eine Einladung von uns haben, folgen Sie ihrem Link; wenn "
        "nicht, bitten Sie unser Team um ein Konto.",
        "ru": "Мы помогаем людям с активированной учётной записью. Если у Вас есть наше приглашение, перейдите по его ссылке; "
        "если нет, попросите у наших сотрудников учётную запись.",
    },
}

SENTENCES: dict[str, Text] = {
    "unknown_channel": {
        "pt-br": "Canal “{}”: não atende.",
        "en": "Channel “{}”: not a support channel.",
        "es": "Canal «{}»: no es un canal de soporte.",
        "de": "Kanal „{}“: kein Support-Kanal.",
        "ru": "Канал «{}»: не канал поддержки.",
    },
    "channel_opens_nothing": {
        "pt-br": "Canal “{}”: não abre chamados.",
        "en": "Channel “{}”: opens no tickets.",
        "es": "Canal «{}»: no abre solicitudes.",
        "de": "Kanal „{}“: eröffnet keine Anfragen.",
        "ru": "Канал «{}»: обращения не открываются.",
    },
    "channel_of_other_plans": {
        "pt-br": "Canal “{}”: não faz parte do plano {}.",
        "en": "Channel “{}”: not part of plan {}.",
        "es": "Canal «{}»: no forma parte del plan {}.",
        "de": "Kanal „{}“: nicht Teil des Tarifs {}.",
        "ru": "Канал «{}»: не входит в тариф {}.",
    },
    "one_number": {
        "pt-br": "Ligações são aceitas somente pelo número {}.",
        "en": "Calls are taken on {} alone.",
        "es": "Las llamadas se atienden únicamente en el número {}.",
        "de": "Anrufe werden nur unter {} angenommen.",
        "ru": "Звонки принимаются только по номеру {}.",
    },
    "another_number": {
        "pt-br": "Ligação para outro número: o plano {} não a inclui.",
        "en": "A call on another number: not part of plan {}.",
        "es": "Llamada a otro número: no forma parte del plan {}.",
        "de": "Ein Anruf unter einer anderen Nummer: nicht Teil des Tarifs {}.",
        "ru": "Звонок на другой номер: не входит в тариф {}.",
    },
    "channel_opens": {
        "pt-br": "Canal “{}”: abre chamado.",
        "en": "Channel “{}”: opens a ticket.",
        "es": "Canal «{}»: abre una solicitud.",
        "de": "Kanal „{}“: eröffnet eine Anfrage.",
        "ru": "Канал «{}»: открывается обращение.",
    },
    "channel_without_deadlines": {
        "pt-br": "Canal “{}”: sem prazos.",
        "en": "Channel “{}”: carries no deadlines.",
        "es": "Canal «{}»: sin plazos.",
        "de": "Kanal „{}“: ohne Fristen.",
        "ru": "Канал «{}»: без сроков.",
    },
    "overruled": {
        "pt-br": "Um atendente incluiu o pedido no escopo.",
        "en": "An agent put the request in scope.",
        "es": "Un agente incluyó la solicitud en el soporte.",
        "de": "Ein Agent hat die Anfrage in den Leistungsumfang aufgenommen.",
        "ru": "Сотрудник принял обращение в рамки поддержки.",
    },
    "nothing_excludes": {
        "pt-br": "Nenhuma regra de escopo o exclui.",
        "en": "No scope rule excludes it.",
        "es": "Ninguna regla de alcance la excluye.",
        "de": "Keine Regel schließt sie vom Leistungsumfang aus.",
        "ru": "Ни одно правило не выводит его из рамок поддержки.",
    },
    "plan": {"pt-br": "Plano {}.", "en": "Plan {}.", "es": "Plan {}.", "de": "Tarif {}.", "ru": "Тариф {}."},
    "priority": {
        "pt-br": "Prioridade “{}”.",
        "en": "Priority “{}”.",
        "es": "Prioridad «{}».",
        "de": "Priorität „{}“.",
        "ru": "Приоритет «{}».",
    },
    "situation": {
        "pt-br": "Situação: {}.",
        "en": "Situation: {}.",
        "es": "Situación: {}.",
        "de": "Situation: {}.",
        "ru": "Ситуация: {}.",
    },
    "rule": {
        "pt-br": "Regra “{}”: {}.",
        "en": "Rule “{}”: {}.",
        "es": "Regla «{}»: {}.",
        "de": "Regel „{}“: {}.",
        "ru": "Правило «{}»: {}.",
    },
    "target": {
        "pt-br": "Meta “{}”: {}, {} ({}){}.",
        "en": "Target “{}”: {}, {} ({}){}.",
        "es": "Objetivo «{}»: {}, {} ({}){}.",
        "de": "Ziel „{}“: {}, {} ({}){}.",
        "ru": "Целевой срок «{}»: {}, {} ({}){}.",
    },
    "round_the_clock": {
        "pt-br": "dia e noite",
        "en": "round the clock",
        "es": "las 24 horas",
        "de": "rund um die Uhr",
        "ru": "круглосуточно",
    },
    "team_speaks": {
        "pt-br": "A equipe “{}” fala o idioma do cliente.",
        "en": "Team “{}” speaks the customer’s language.",
        "es": "El equipo «{}» habla el idioma del cliente.",
        "de": "Das Team „{}“ spricht die Sprache des Kunden.",
        "ru": "Команда «{}» говорит на языке клиента.",
    },
    "use_the_door": {
        "pt-br": "Para abrir um chamado, use: {}.",
        "en": "To open a ticket, please use: {}.",
        "es": "Para abrir una solicitud, use: {}.",
        "de": "Um eine Anfrage zu eröffnen, nutzen Sie bitte: {}.",
        "ru": "Чтобы открыть обращение, используйте, пожалуйста: {}.",
    },
}


def spoken_by(policy: Policy) -> tuple[str, ...]:
    """The languages in which this policy's reasons are said."""
    return tuple(tag for tag in dict.fromkeys((*ALWAYS, *policy.languages)) if tag in LANGUAGES)


def said(languages: Iterable[str], key: str, *words: Text | str) -> Text:
    """A sentence of SENTENCES with its words, each in the sentence's language."""
    sentence = SENTENCES[key]
    return {
        language: sentence[language].format(
            *(word if isinstance(word, str) else say(word, language) for word in words)
        )
        for language in languages
    }


def everywhere(word: str) -> Text:
    """What has no translation: a key, a number."""
    return dict.fromkeys(LANGUAGES, word)


# --- lengths of time --------------------------------------------------------------------------------------------------

Forms = tuple[str, ...]  # one, many; in Russian one, few, many

UNITS: dict[str, tuple[Forms, Forms, Forms]] = {
    "pt-br": (("hora", "horas"), ("minuto", "minutos"), ("segundo", "segundos")),
    "en": (("hour", "hours"), ("minute", "minutes"), ("second", "seconds")),
    "es": (("hora", "horas"), ("minuto", "minutos"), ("segundo", "segundos")),
    "de": (("Stunde", "Stunden"), ("Minute", "Minuten"), ("Sekunde", "Sekunden")),
    "ru": (("час", "часа", "часов"), ("минута", "минуты", "минут"), ("секунда", "секунды", "секунд")),
}
BUSINESS_UNITS: dict[str, tuple[Forms, Forms, Forms]] = {
    "en": (
        ("business hour", "business hours"),
        ("business minute", "business minutes"),
        ("business second", "business seconds"),
    ),
    "es": (
        ("hora hábil", "horas hábiles"),
        ("minuto hábil", "minutos hábiles"),
        ("segundo hábil", "segundos hábiles"),
    ),
    "de": (
        ("Geschäftsstunde", "Geschäftsstunden"),
        ("Geschäftsminute", "Geschäftsminuten"),
        ("Geschäftssekunde", "Geschäftssekunden"),
    ),
    "ru": (
        ("рабочий час", "рабочих часа", "рабочих часов"),
        ("рабочая минута", "рабочие минуты", "рабочих минут"),
        ("рабочая секунда", "рабочие секунды", "рабочих секунд"),
    ),
}
BUSINESS_TIME = {
    "en": "of business time",
    "es": "de horario de atención",
    "de": "Geschäftszeit",
    "ru": "рабочего времени",
}
BUSINESS_DAYS: dict[str, Forms] = {
    "pt-br": ("dia útil", "dias úteis"),
    "en": ("business day", "business days"),
    "es": ("día hábil", "días hábiles"),
    "de": ("Arbeitstag", "Arbeitstage"),
    "ru": ("рабочий день", "рабочих дня", "рабочих дней"),
}
NO_DEADLINE = {
    "pt-br": "sem prazo",
    "en": "no deadline",
    "es": "sin plazo",
    "de": "keine Frist",
    "ru": "без срока",
}
AT_ONCE = {"pt-br": "imediato", "en": "at once", "es": "de inmediato", "de": "sofort", "ru": "сразу"}


@lru_cache(maxsize=1024)
def duration_text(duration: timedelta | None, unit: str = "elapsed", days: int | None = None) -> Text:
    """A target for people: "24 horas de expediente", "24 business hours"; round the clock "24 horas corridas", "24 hours"."""
    if unit == "business_days" and days is not None:
        return {language: _counted(days, forms, language) for language, forms in BUSINESS_DAYS.items()}
    if duration is None:
        return NO_DEADLINE
    if not duration:
        return AT_ONCE
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(number, place) for place, number in enumerate((hours, minutes, seconds)) if number]
    return {language: _length(parts, unit == "business", language) for language in LANGUAGES}


def _length(parts: list[tuple[int, int]], business: bool, language: str) -> str:
    """`parts`: numbers with their place in UNITS."""
    counted = [_counted(number, UNITS[language][place], language) for number, place in parts]
    if language == "pt-br":
        joined = " e ".join(counted)
        return f"{joined} de expediente" if business else f"{joined} {_on_end(*parts[-1])}"
    if not business:
        return " ".join(counted)
    if len(parts) == 1:
        number, place = parts[0]
        return _counted(number, BUSINESS_UNITS[language][place], language)
    return f"{' '.join(counted)} {BUSINESS_TIME[language]}"


def _on_end(number: int, place: int) -> str:
    """Portuguese for time that runs day and night: it agrees with what was counted last."""
    return f"corrid{'o' if place else 'a'}{'' if number == 1 else 's'}"


def _counted(number: int, forms: Forms, language: str) -> str:
    return f"{number} {forms[_form(number, language)]}"


def _form(number: int, language: str) -> int:
    """Which of the forms: in Russian 1, 21, 31 ... take the first, 2-4, 22-24 ... the second, 5-20, 25-30 ... the third."""
    if language != "ru":
        return 0 if number == 1 else 1
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else 2
