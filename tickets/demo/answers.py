"""Canned answers of a demo desk: two for everybody, in each of the desk's languages that we know words in."""

from __future__ import annotations

from datetime import datetime

from tickets.canned.models import CannedAnswer

WORDS = {
    "pt-br": (
        ("Recebido, já estou olhando", "recebido",
         "Olá, {customer}! Recebi o chamado #{number} e já estou olhando. Você tem uma resposta até {deadline}.\n\n{agent}"),
        ("Pedir captura de tela", "tela",
         "Olá, {customer}! Pode nos mandar uma captura da tela inteira, com a mensagem de erro visível?\n\n{agent}"),
    ),
    "en": (
        ("Received, I am on it", "received",
         "Hello {customer}, I have your ticket #{number} and am looking into it. You hear from us by {deadline}.\n\n{agent}"),
        ("Ask for a screenshot", "screen",
         "Hello {customer}, could you send us a picture of the whole screen, with the error message on it?\n\n{agent}"),
    ),
    "es": (
        ("Recibido, lo estoy mirando", "recibido",
         "Hola, {customer}: tengo su ticket n.º {number}. Tendrá noticias nuestras antes de {deadline}.\n\n{agent}"),
        ("Pedir una captura de pantalla", "captura",
         "Hola, {customer}: ¿nos puede enviar una imagen de la pantalla entera, con el mensaje de error?\n\n{agent}"),
    ),
    "de": (
        ("Erhalten, ich sehe nach", "erhalten",
         "Guten Tag {customer}, Ihr Ticket #{number} ist bei mir, ich sehe nach. Sie hören von uns bis {deadline}.\n\n{agent}"),
        ("Um ein Bildschirmfoto bitten", "bild",
         "Guten Tag {customer}, können Sie uns ein Bild des ganzen Bildschirms mit der Fehlermeldung schicken?\n\n{agent}"),
    ),
    "ru": (
        ("Получено, разбираюсь", "polucheno",
         "Здравствуйте, {customer}! Обращение № {number} у меня, разбираюсь. Мы ответим до: {deadline}.\n\n{agent}"),
        ("Попросить снимок экрана", "ekran",
         "Здравствуйте, {customer}! Пришлите, пожалуйста, снимок всего экрана с сообщением об ошибке.\n\n{agent}"),
    ),
}  # fmt: skip


def furnish(desk_languages: list[str], at: datetime) -> None:
    for language in desk_languages:
        for title, shortcut, body in WORDS.get(language, ()):
            CannedAnswer.objects.create(
                title=title, shortcut=shortcut, body=body, language=language, changed_at=at
            )
