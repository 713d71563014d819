"""Words for previews and test mails, as a notice might have them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from notifications.texts.kinds import SHARING

SAMPLES: dict[str, Any] = {
    "number": "1042",
    "summary": {
        "en": "Invoice cannot be issued",
        "pt-br": "Não consigo emitir a nota",
        "es": "No puedo emitir la factura",
        "de": "Die Rechnung lässt sich nicht ausstellen",
        "ru": "Не выставляется счёт",
    },
    "requester": "Ana Souza",
    "company": "Padaria Sol Ltda.",
    "author": "Bruno Lima",
    "inviter": "Bruno Lima",
    "owner": "Bruno Lima",
    "other_number": "1039",
    "other_summary": {
        "en": "No invoice goes out",
        "pt-br": "Nenhuma nota sai",
        "es": "No sale ninguna factura",
        "de": "Keine Rechnung geht hinaus",
        "ru": "Счета не уходят",
    },
    "team": {"en": "Invoices", "pt-br": "Notas fiscais", "es": "Facturas", "de": "Rechnungen", "ru": "Счета"},
    "message": {
        "en": "Please update to the latest version and try once more.\nDoes the error come back?",
        "pt-br": "Atualize para a versão mais recente e tente de novo.\nO erro ainda aparece?",
        "es": "Actualice a la última versión e inténtelo de nuevo.\n¿Vuelve a aparecer el error?",
        "de": "Bitte aktualisieren Sie auf die neueste Version und versuchen Sie es noch einmal.\nErscheint der Fehler wieder?",
        "ru": "Обновите, пожалуйста, программу и попробуйте ещё раз.\nОшибка повторяется?",
    },
    "missing": {
        "en": "The number of the invoice, and the full message.",
        "pt-br": "O número da nota e a mensagem completa.",
        "es": "El número de la factura y el mensaje completo.",
        "de": "Die Nummer der Rechnung und die vollständige Meldung.",
        "ru": "Номер счёта и полный текст сообщения.",
    },
    "solution": {
        "en": "The certificate had expired. We renewed it, and invoices are issued again.",
        "pt-br": "O certificado tinha vencido. Renovamos e as notas voltaram a ser emitidas.",
        "es": "El certificado había caducado. Lo hemos renovado y las facturas vuelven a emitirse.",
        "de": "Das Zertifikat war abgelaufen. Wir haben es erneuert, Rechnungen werden wieder ausgestellt.",
        "ru": "Срок сертификата истёк. Мы его обновили, счета снова выставляются.",
    },
    "promise": {
        "en": "Our target for the first response: Wednesday 25 November, 12:00.",
        "pt-br": "Nossa meta para a primeira resposta: quarta-feira, 25 de novembro, 12:00.",
        "es": "Nuestro objetivo (primera respuesta): miércoles, 25 de noviembre, 12:00.",
        "de": "Unser Ziel (erste Antwort): Mittwoch, 25. November, 12:00.",
        "ru": "Наш целевой срок (первый ответ): среда, 25 ноября, 12:00.",
    },
    "scope": {
        "en": "Your own server is outside our support; your hosting company can help.",
        "pt-br": "O seu próprio servidor está fora do nosso suporte; sua hospedagem pode ajudar.",
        "es": "Su propio servidor queda fuera de nuestro soporte; su proveedor de alojamiento puede ayudarle.",
        "de": "Ihr eigener Server gehört nicht zu unserem Support; Ihr Hoster kann helfen.",
        "ru": "Ваш собственный сервер не входит в нашу поддержку; поможет Ваш хостинг-провайдер.",
    },
    "refused": {
        "en": "film.mp4 is larger than 20 MB.",
        "pt-br": "film.mp4 é maior que 20 MB.",
        "es": "film.mp4 supera los 20 MB.",
        "de": "film.mp4 ist größer als 20 MB.",
        "ru": "Файл film.mp4 больше 20 МБ.",
    },
    "recipient": "ana@example.com",
    "old": "ana@example.com",
    "new": "ana.souza@example.com",
    "reason": {
        "en": "We received no answer.",
        "pt-br": "Não recebemos resposta.",
        "es": "No hemos recibido respuesta.",
        "de": "Wir haben keine Antwort erhalten.",
        "ru": "Мы не получили ответа.",
    },
    "because": {
        "en": "The priority is now 2.",
        "pt-br": "A prioridade agora é 2.",
        "es": "La prioridad ahora es 2.",
        "de": "Die Priorität ist jetzt 2.",
        "ru": "Приоритет теперь 2.",
    },
    "score": "4",
    "rating": {"en": "good", "pt-br": "bom", "es": "buena", "de": "gut", "ru": "хорошо"},
    "comment": {
        "en": "Quick and friendly.",
        "pt-br": "Rápido e gentil.",
        "es": "Rápido y amable.",
        "de": "Schnell und freundlich.",
        "ru": "Быстро и приветливо.",
    },
    "change": {
        "en": "Changed: Level 2.",
        "pt-br": "Mudou: Nível 2.",
        "es": "Cambió: Nivel 2.",
        "de": "Geändert: Stufe 2.",
        "ru": "Изменено: уровень 2.",
    },
    "conditions": {
        "en": "The server is down",
        "pt-br": "O servidor caiu",
        "es": "El servidor está caído",
        "de": "Der Server ist ausgefallen",
        "ru": "Сервер не работает",
    },
    "phone": "+55 11 95555-0100",
    "round": "2",
    "free": {
        "en": "This costs you nothing.",
        "pt-br": "Este atendimento não tem custo para você.",
        "es": "Esto no tiene ningún coste para usted.",
        "de": "Das kostet Sie nichts.",
        "ru": "Это ничего Вам не стоит.",
    },
    "feed": "Agenda 2026",
    "webhook": "ERP",
    "address": "https://erp.example.com/helpdesk",
    "metric": "first_response",
    "transcript": {
        "en": "2026-11-23 14:02 Ana Souza:\nThe invoice does not come.\n\n2026-11-23 14:03 Bruno Lima:\nI see it; one moment.",
        "pt-br": "2026-11-23 14:02 Ana Souza:\nA nota não sai.\n\n2026-11-23 14:03 Bruno Lima:\nEstou vendo; um momento.",
        "es": "2026-11-23 14:02 Ana Souza:\nNo sale la factura.\n\n2026-11-23 14:03 Bruno Lima:\nYa lo veo; un momento.",
        "de": "2026-11-23 14:02 Ana Souza:\nKeine Rechnung.\n\n2026-11-23 14:03 Bruno Lima:\nIch sehe es; einen Moment.",
        "ru": "2026-11-23 14:02 Ana Souza:\nСчёт не выходит.\n\n2026-11-23 14:03 Bruno Lima:\nВижу; одну минуту.",
    },
}
SAMPLES |= {
    "sharing": {language: for_whoever_has_it for language, (for_whoever_has_it, _) in SHARING.items()},
    "month": "2026-11",
    "opened": "12",
    "resolved": "11",
    "met": "23",
    "missed": "1",
    "work": {
        "en": "Consulting", "pt-br": "Consultoria", "es": "Consultoría", "de": "Beratung", "ru": "Консультация",
    },
    "hours": "2 h",
    "rate": "R$ 180,00",
    "amount": "R$ 360,00",
    "attached": {
        "en": "The invitation is attached.", "pt-br": "O convite está anexo.", "es": "La invitación va adjunta.",
        "de": "Die Einladung hängt an.", "ru": "Приглашение приложено.",
    },
    "place": "https://meet.example.com/1042",
    "developer": "Diego Reis",
}  # fmt: skip
MOMENTS = {
    "opens_at": timedelta(hours=12),
    "valid_until": timedelta(days=3),
    "answered_at": timedelta(hours=1),
    "wished_at": timedelta(days=2),
    "starts_at": timedelta(days=2),
    "due_at": timedelta(hours=6),
    "was_due_at": timedelta(hours=2),
    "closes_at": timedelta(hours=24),
    "expected_at": timedelta(days=2),
    "was_expected_at": timedelta(days=1),
    "expires_at": timedelta(days=1),
}


def words_for(placeholders: tuple[str, ...], at: datetime) -> dict[str, Any]:
    known = SAMPLES | {name: at + ahead for name, ahead in MOMENTS.items()}
    return {name: known[name] for name in placeholders if name in known}


def links_for(placeholders: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """They lead to the first page: a sample opens nothing."""
    return {name: {"path": "/"} for name in placeholders if name.endswith("_url")}
