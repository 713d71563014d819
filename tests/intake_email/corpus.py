"""Mails as found in the wild, and what must be understood of each. Every expectation was worked out by hand from the mail.

`case(name, raw, **expected)`: what is not named is not asked. `said`: the visible text, exactly; `quoted`: a piece of the folded
part, or "" for nothing folded; `has`: pieces that must stand in the visible text; `html_has`, `html_lacks`: of the shown HTML;
`files`: names in order; `robot`: a piece of the reason, "" for a person; `bounce`: (recipient, action, status, Message-ID);
others are attributes of Mail.
"""

# ruff: noqa: E501 (mails have lines of their own)

import base64
import struct

from tests.intake_email.letters import PNG, encoded, html_letter, letter, with_files, word

CASES = []
OLD = "Is it switched on?"  # what was asked before, in every reply below


def case(name, raw, **expected):
    assert name not in {known for known, _, _ in CASES}, name
    CASES.append((name, raw, expected))


# --- replies: mail programs and languages -----------------------------------------------------------------------------

GMAIL = {
    "English": ("Yes, it is on.", "On Mon, Nov 23, 2026 at 9:00 AM Bob Agent <support@desk.example> wrote:"),
    "Portuguese": (
        "Sim, está ligada.",
        "Em seg., 23 de nov. de 2026 às 09:00, Bob <support@desk.example> escreveu:",
    ),
    "Spanish": (
        "Sí, está encendida.",
        "El lun, 23 nov 2026 a las 9:00, Bob (<support@desk.example>) escribió:",
    ),
    "German": ("Ja, er ist an.", "Am Mo., 23. Nov. 2026 um 09:00 Uhr schrieb Bob <support@desk.example>:"),
    "Russian": ("Да, включён.", "пн, 23 нояб. 2026 г. в 09:00, Bob <support@desk.example>:"),
    "French": (
        "Oui, elle est allumée.",
        "Le lun. 23 nov. 2026 à 09:00, Bob <support@desk.example> a écrit :",
    ),
    "Italian": (
        "Sì, è accesa.",
        "Il giorno lun 23 nov 2026 alle ore 09:00 Bob <support@desk.example> ha scritto:",
    ),
    "Dutch": ("Ja, hij staat aan.", "Op ma 23 nov 2026 om 09:00 schreef Bob <support@desk.example>:"),
    "Polish": ("Tak, jest włączona.", "pon., 23 lis 2026 o 09:00 Bob <support@desk.example> napisał(a):"),
    "Japanese": ("はい、入っています。", "2026年11月23日(月) 9:00 Bob <support@desk.example>:"),
}
for language, (reply, introduced) in GMAIL.items():
    case(
        f"Gmail, {language}, plain",
        letter(f"{reply}\n\n{introduced}\n\n> {OLD}\n>\n> Bob\n"),
        said=reply, quoted=OLD, robot="",
    )  # fmt: skip
    case(
        f"Gmail, {language}, with HTML",
        html_letter(
            f"{reply}\n\n{introduced}\n\n> {OLD}\n",
            f'<div dir="ltr">{reply}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
            f'{introduced.replace("<", "&lt;").replace(">", "&gt;")}<br></div><blockquote class="gmail_quote" style="margin:0px '
            f'0px 0px 0.8ex">{OLD}</blockquote></div>',
        ),
        said=reply, quoted=OLD,
    )  # fmt: skip

OUTLOOK = {
    "English": ("Yes, it is on.", "From", "Sent", "To", "Subject", "Monday, November 23, 2026 9:00 AM"),
    "Portuguese": (
        "Sim, está ligada.",
        "De",
        "Enviado",
        "Para",
        "Assunto",
        "segunda-feira, 23 de novembro de 2026 09:00",
    ),
    "Portuguese, older": (
        "Está ligada.",
        "De",
        "Enviada em",
        "Para",
        "Assunto",
        "segunda-feira, 23 de novembro de 2026 09:00",
    ),
    "Spanish": (
        "Sí, está encendida.",
        "De",
        "Enviado el",
        "Para",
        "Asunto",
        "lunes, 23 de noviembre de 2026 9:00",
    ),
    "German": ("Ja, er ist an.", "Von", "Gesendet", "An", "Betreff", "Montag, 23. November 2026 09:00"),
    "Russian": ("Да, включён.", "От", "Отправлено", "Кому", "Тема", "23 ноября 2026 г. 9:00"),
    "French": ("Oui, allumée.", "De", "Envoyé", "À", "Objet", "lundi 23 novembre 2026 09:00"),
    "Italian": ("Sì, è accesa.", "Da", "Inviato", "A", "Oggetto", "lunedì 23 novembre 2026 09:00"),
    "Dutch": ("Ja, hij staat aan.", "Van", "Verzonden", "Aan", "Onderwerp", "maandag 23 november 2026 9:00"),
}
for language, (reply, from_, sent, to, subject, when) in OUTLOOK.items():
    head = [f"{from_}: Bob <support@desk.example>", f"{sent}: {when}", f"{to}: Alice", f"{subject}: Printer"]
    case(
        f"Outlook, {language}, plain",
        letter(reply + "\n\n" + "\n".join(head) + f"\n\n{OLD}\n"),
        said=reply, quoted=OLD,
    )  # fmt: skip
    shown = "<br>".join(f"<b>{line.split(':')[0]}:</b>{line.split(':', 1)[1]}" for line in head).replace(
        "<support@desk.example>", ""
    )
    case(
        f"Outlook, {language}, HTML of the desktop",
        html_letter(
            None,
            '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style></head><body>'
            f'<div class="WordSection1"><p class="MsoNormal">{reply}<o:p></o:p></p><div><div style="border:none;border-top:solid '
            f'#E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{shown}<o:p></o:p></p></div></div>'
            f'<p class="MsoNormal">{OLD}</p></div></body></html>',
        ),
        said=reply, quoted=OLD, html_lacks=["o:p", "MsoNormal", "margin:0"],
    )  # fmt: skip

case(
    "Outlook on the web",
    html_letter(
        None,
        '<div class="elementToProof">Yes, it is <b>on</b>.</div><div id="appendonsend"></div><hr style="width:98%">'
        f'<div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Bob<br><b>Sent:</b> Monday</div><div>{OLD}</div>',
    ),
    said="Yes, it is on.", quoted=OLD, html_has=["<b>on</b>"], html_lacks=[OLD],
)  # fmt: skip
case(
    "the new Outlook",
    html_letter(
        None,
        '<div>Yes, it is on.</div><div id="mail-editor-reference-message-container"><div id="divRplyFwdMsg"><b>From:</b> Bob'
        f"</div><div>{OLD}</div></div>",
    ),
    said="Yes, it is on.", quoted=OLD,
)  # fmt: skip
case(
    "Outlook for iOS",
    letter(f"Yes, it is on.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Bob <b@desk.example>\n"
           f"Sent: Monday, November 23, 2026 9:00:00 AM\nTo: Alice <alice@example.com>\nSubject: Printer\n\n{OLD}"),
    said="Yes, it is on.\n\nGet Outlook for iOS<https://aka.ms/o0ukef>", quoted=OLD,
)  # fmt: skip
case(
    "Outlook 2003 with its line",
    letter(f"Yes, it is on.\n\n-----Original Message-----\nFrom: Bob [mailto:b@desk.example]\nSent: Monday\n\n{OLD}"),
    said="Yes, it is on.", quoted=OLD,
)  # fmt: skip
case(
    "Outlook in Portuguese with its line",
    letter(f"Sim.\n\n-----Mensagem original-----\nDe: Bob\nEnviada em: segunda-feira\nPara: Alice\n\n{OLD}"),
    said="Sim.", quoted=OLD,
)  # fmt: skip
case(
    "Lotus Notes, bold names",
    letter(f"Yes.\n\n*From:* Bob <b@desk.example>\n*Date:* 23/11/2026 09:00\n*To:* Alice\n*Subject:* Printer\n\n{OLD}"),
    said="Yes.", quoted=OLD,
)  # fmt: skip

APPLE = {
    "English": ("Yes.", "On 23 Nov 2026, at 09:00, Bob <support@desk.example> wrote:"),
    "Portuguese": ("Sim.", "Em 23 de nov. de 2026, à(s) 09:00, Bob <support@desk.example> escreveu:"),
    "Portuguese of Portugal": ("Está.", "No dia 23/11/2026, às 09:00, Bob <support@desk.example> escreveu:"),
    "German": ("Ja.", "Am 23.11.2026 um 09:00 schrieb Bob <support@desk.example>:"),
    "Spanish": ("Sí.", "El 23 nov 2026, a las 9:00, Bob <support@desk.example> escribió:"),
    "Russian": ("Да.", "23 нояб. 2026 г., в 09:00, Bob <support@desk.example> написал(а):"),
    "French": ("Oui.", "Le 23 nov. 2026 à 09:00, Bob <support@desk.example> a écrit :"),
}
for language, (reply, introduced) in APPLE.items():
    case(
        f"Apple Mail, {language}",
        html_letter(
            f"{reply}\n\n{introduced}\n>\n> {OLD}\n",
            f'<html><body style="overflow-wrap: break-word;">{reply}<div><br><blockquote type="cite"><div>'
            f"{introduced.replace('<', '&lt;').replace('>', '&gt;')}</div><br><div>{OLD}</div></blockquote></div></body></html>",
        ),
        said=reply, quoted=OLD,
    )  # fmt: skip
case(
    "iPhone with its signature",
    letter(f"Yes.\n\nSent from my iPhone\n\n> On 23 Nov 2026, at 09:00, Bob <b@desk.example> wrote:\n> \n> {OLD}\n"),
    said="Yes.\n\nSent from my iPhone", quoted=OLD,
)  # fmt: skip
case(
    "iPhone in Portuguese",
    letter(f"Sim.\n\nEnviado do meu iPhone\n\n> Em 23 de nov. de 2026, à(s) 09:00, Bob <b@desk.example> escreveu:\n> \n> {OLD}\n"),
    said="Sim.\n\nEnviado do meu iPhone", quoted=OLD,
)  # fmt: skip

THUNDERBIRD = {
    "English": "On 11/23/26 09:00, Bob wrote:",
    "Portuguese": "Em 23/11/2026 09:00, Bob escreveu:",
    "German": "Am 23.11.26 um 09:00 schrieb Bob:",
    "Russian": "23.11.2026 09:00, Bob пишет:",
    "Spanish": "El 23/11/26 a las 9:00, Bob escribió:",
}
for language, introduced in THUNDERBIRD.items():
    case(
        f"Thunderbird, {language}, answer on top",
        html_letter(
            f"It is on.\n\n{introduced}\n> {OLD}\n",
            f'<html><body>It is on.<br><div class="moz-cite-prefix">{introduced}<br></div><blockquote type="cite" '
            f'cite="mid:1@x">{OLD}</blockquote></body></html>',
        ),
        said="It is on.", quoted=OLD,
    )  # fmt: skip
    case(
        f"Thunderbird, {language}, answer below",
        letter(f"{introduced}\n> {OLD}\n\nIt is on.\n\n-- \nAlice\n"),
        said="It is on.\n\n-- \nAlice", quoted=OLD,
    )  # fmt: skip
case(
    "Thunderbird, HTML, answer below",
    html_letter(
        None, f'<div class="moz-cite-prefix">On 23/11/26 09:00, Bob wrote:</div><blockquote type="cite">{OLD}</blockquote><p>It is on.</p>'
    ),
    said="It is on.", quoted=OLD,
)  # fmt: skip
case(
    "Yahoo",
    html_letter(
        None,
        '<div class="ydp1">Yes.</div><div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted yahoo_quoted"><div>On Monday, 23 November '
        f"2026, Bob wrote:</div><div>{OLD}</div></div>",
    ),
    said="Yes.", quoted=OLD,
)  # fmt: skip
case(
    "Proton",
    html_letter(
        None,
        f'<div>Yes.</div><div class="protonmail_quote">On Monday, Bob wrote:<br><blockquote class="protonmail_quote" type="cite">{OLD}'
        "</blockquote></div>",
    ),
    said="Yes.", quoted=OLD,
)  # fmt: skip
case(
    "Zoho",
    html_letter(None, f'<div>Yes.</div><div class="zmail_extra"><div>---- On Mon, 23 Nov 2026 Bob wrote ----</div>{OLD}</div>'),
    said="Yes.", quoted=OLD,
)  # fmt: skip
case(
    "Yandex",
    letter(f"Да.\n\n23.11.2026, 09:00, \"Bob\" <b@desk.example>:\n> {OLD}\n"), said="Да.", quoted=OLD,
)  # fmt: skip
case(
    "Mail.ru",
    letter(f"Да.\n\n>Понедельник, 23 ноября 2026, 9:00 +03:00 от Bob <b@desk.example>:\n>\n>{OLD}\n"), said="Да.", quoted=OLD,
)  # fmt: skip
case(
    "K-9 on Android",
    letter(f"Yes.\n-- \nSent from my Android device with K-9 Mail.\n\nOn 23 November 2026 09:00:00 GMT-03:00, Bob <b@desk.example> "
           f"wrote:\n>{OLD}\n"),
    said="Yes.\n-- \nSent from my Android device with K-9 Mail.", quoted=OLD,
)  # fmt: skip
case(
    "an introduction wrapped over three lines",
    letter(f"Yes.\n\nOn Monday, 23 November 2026 at 09:00, The Very Long Name\nof a Department <department@desk.example>\nwrote:\n\n> {OLD}\n"),
    said="Yes.", quoted=OLD,
)  # fmt: skip
case(
    "an introduction without marks behind it",
    letter(f"Yes.\n\nEm 23/11/2026 09:00, Bob escreveu:\n\n{OLD}\nBob\n"), said="Yes.", quoted=OLD,
)  # fmt: skip

# --- shapes: what is an answer, what is repeated -----------------------------------------------------------------------

case(
    "point by point, plain",
    letter("On 23/11/26 09:00, Bob wrote:\n> Is it on?\nYes.\n> Is there paper?\nNo, none.\n"),
    has=["Is it on?", "Yes.", "Is there paper?", "No, none."], quoted="",
)  # fmt: skip
case(
    "point by point, HTML",
    html_letter(None, '<blockquote type="cite">Is it on?</blockquote><p>Yes.</p><blockquote type="cite">Paper?</blockquote><p>No.</p>'),
    has=["Is it on?", "Yes.", "Paper?", "No."], quoted="",
)  # fmt: skip
case("nothing but a quote", letter(f"On 23/11/26 09:00, Bob wrote:\n> {OLD}\n> Bob\n"), has=[OLD], quoted="")
case(
    "nothing but Outlook's block",
    letter(f"From: Bob\nSent: Monday\nTo: Alice\nSubject: Printer\n\n{OLD}"),
    has=[OLD],
    quoted="",
)
case(
    "only a signature above the quote",
    letter(f"-- \nAlice\n\nOn 23/11/26 09:00, Bob wrote:\n> {OLD}\n"),
    said="-- \nAlice",
    quoted=OLD,
)
case("marks below without an introduction", letter(f"Yes.\n\n> {OLD}\n> Bob\n"), said="Yes.", quoted=OLD)
case("marks above without an introduction", letter(f"> {OLD}\n> Bob\n\nYes.\n"), said="Yes.", quoted=OLD)
case("one marked line is no quote", letter("It says:\n> error 5\n"), said="It says:\n> error 5", quoted="")
case(
    "marks between words",
    letter("It says\n> error 5\n> retry\nand stops.\n"),
    has=["error 5", "and stops."],
    quoted="",
)
case(
    "a question with 'wrote' in it",
    letter("On page 3 the log wrote:\nfatal\nand stopped."),
    has=["fatal", "stopped"],
)
case(
    "words that look like one header",
    letter("From: the kitchen it smells.\nHelp."),
    said="From: the kitchen it smells.\nHelp.",
    quoted="",
)
case(
    "a list of times",
    letter("Failures:\n09:00 first\n10:00 second"),
    said="Failures:\n09:00 first\n10:00 second",
    quoted="",
)
case(
    "a rule of dashes in the text",
    letter("Part 1\n--------------------\nPart 2"),
    said="Part 1\n--------------------\nPart 2",
    quoted="",
)
case(
    "a signature is kept",
    letter("It is on.\n\n-- \nAlice\nACME Ltda.\n"),
    said="It is on.\n\n-- \nAlice\nACME Ltda.",
    quoted="",
)
case(
    "quotes within quotes",
    letter(f"Yes.\n\nOn 23/11/26 09:00, Bob wrote:\n> {OLD}\n>> It does not print.\n>>> deeper\n"), said="Yes.", quoted="deeper",
)  # fmt: skip
case(
    "a signature below the quote",
    letter(f"Yes.\n\nOn 23/11/26 09:00, Bob wrote:\n> {OLD}\n\n-- \nAlice\n"), said="Yes.\n\n-- \nAlice", quoted=OLD,
)  # fmt: skip
for name, line in {
    "Gmail": "---------- Forwarded message ---------\nFrom: Carlos <c@x.example>\nDate: Mon\nSubject: Broken\nTo: a@x.example",
    "Apple": "Begin forwarded message:\n\nFrom: Carlos\nSubject: Broken\nDate: Monday\nTo: Alice",
    "Gmail in Portuguese": "---------- Mensagem encaminhada ---------\nDe: Carlos <c@x.example>\nData: seg\nAssunto: Quebrou\nPara: a@x",
    "Thunderbird": "-------- Forwarded Message --------\nSubject: Broken\nDate: Mon\nFrom: Carlos\nTo: Alice",
    "Gmail in German": "---------- Weitergeleitete Nachricht ---------\nVon: Carlos\nDatum: Mo\nBetreff: Kaputt\nAn: Alice",
}.items():
    case(
        f"forwarded, {name}",
        letter(f"Please look.\n\n{line}\n\nIt is broken.\n"),
        has=["Please look.", "It is broken."],
        quoted="",
    )
case(
    "forwarded by Outlook, known by its subject",
    letter("See below.\n\nDe: Carlos\nEnviado: segunda\nPara: Alice\nAssunto: Quebrou\n\nNada imprime.", subject="ENC: Quebrou"),
    has=["See below.", "Nada imprime."], quoted="", subject="ENC: Quebrou",
)  # fmt: skip
case(
    "forwarded by Gmail, HTML",
    html_letter(
        None,
        '<div>Please look.</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Carlos'
        "</div>It is broken.</div>",
    ),
    has=["Please look.", "It is broken."], quoted="",
)  # fmt: skip
case(
    "HTML beside a placeholder",
    html_letter("This is an HTML message. Please use a program that shows it.", "<p>It does not print. " + "Really. " * 60 + "</p>"),
    has=["It does not print. Really."],
)  # fmt: skip
case("HTML beside nothing", html_letter("\n", "<p>It does not print.</p>"), said="It does not print.")
case(
    "HTML alone",
    html_letter(None, "<h1>Broken</h1><p>It &lt;does&gt; not&nbsp;print.</p>"),
    has=["Broken", "It <does> not print."],
)
case(
    "lists, tables and links stay readable",
    html_letter(None, '<ul><li>one</li><li>two</li></ul><table><tr><td>a</td><td>b</td></tr></table><a href="https://x.example/1">log</a>'),
    has=["- one", "- two", "a\tb", "log (https://x.example/1)"], html_has=["<ul>", "<table>", 'href="https://x.example/1"'],
)  # fmt: skip
case(
    "scripts, styles, forms and frames are gone",
    html_letter(None, '<style>p{}</style><script>alert(1)</script><p style="position:fixed" onclick="x()">Hi <b>you</b></p>'
                '<form action="//e.example"><input name=p></form><iframe src="//e.example"></iframe><a href="javascript:x()">go</a>'),
    has=["Hi you"], html_has=["<b>you</b>"], html_lacks=["script", "style", "form", "iframe", "onclick", "javascript", "input"],
)  # fmt: skip
case(
    "remote pictures are blocked, their names stay",
    html_letter(None, '<p>Hi <b>x</b> <img src="http://t.example/1.gif" alt="our logo"><img src=https://t.example/2.gif width=1></p>'),
    html_has=["[our logo]"], html_lacks=["t.example", "<img"],
)  # fmt: skip
case(
    "HTML that says nothing more than its text is not kept",
    html_letter("Hi", "<div>Hi</div>"),
    said="Hi",
    html="",
)

# --- charsets -----------------------------------------------------------------------------------------------------------

ACTION = "Ação, coração e impressão: não imprime às 9h"
for charset in ("utf-8", "iso-8859-1", "iso-8859-15", "windows-1252", "macintosh", "cp850"):
    for transfer in ("8bit", "base64", "quoted-printable"):
        case(f"Portuguese in {charset}, {transfer}", encoded(ACTION, charset, transfer), said=ACTION)
RUSSIAN = "Принтер не печатает, помогите"
for charset in ("koi8-r", "windows-1251", "iso-8859-5", "utf-8", "cp866"):
    case(f"Russian in {charset}", encoded(RUSSIAN, charset, "base64"), said=RUSSIAN)
JAPANESE = "プリンターが動きません"
for charset in ("iso-2022-jp", "shift_jis", "euc-jp", "utf-8"):
    case(
        f"Japanese in {charset}",
        encoded(JAPANESE, charset, "8bit" if charset == "iso-2022-jp" else "base64"),
        said=JAPANESE,
    )
case("Chinese in gb2312", encoded("打印机坏了", "gb2312", "base64"), said="打印机坏了")
case(
    "Chinese in gb18030 called gb2312",
    encoded("打印机坏了镕", "gb18030", "base64", label="gb2312"),
    said="打印机坏了镕",
)
case("Chinese in big5", encoded("印表機壞了", "big5", "base64"), said="印表機壞了")
case(
    "Korean in ks_c_5601-1987",
    encoded("프린터 고장", "cp949", "base64", label="ks_c_5601-1987"),
    said="프린터 고장",
)
case("Hebrew in iso-8859-8-i", encoded("המדפסת", "iso-8859-8", "base64", label="iso-8859-8-i"), said="המדפסת")
case("Greek in windows-1253", encoded("Ο εκτυπωτής", "windows-1253", "base64"), said="Ο εκτυπωτής")
case(
    "Polish in iso-8859-2",
    encoded("Drukarka nie działa", "iso-8859-2", "quoted-printable"),
    said="Drukarka nie działa",
)
case(
    "Turkish in windows-1254",
    encoded("Yazıcı çalışmıyor", "windows-1254", "base64"),
    said="Yazıcı çalışmıyor",
)
case("Thai in tis-620", encoded("เครื่องพิมพ์", "tis-620", "base64"), said="เครื่องพิมพ์")
case("Latin-1 called UTF-8", encoded(ACTION, "latin-1", label="utf-8"), said=ACTION)
case("UTF-8 called Latin-1", encoded(ACTION, "utf-8", label="iso-8859-1"), said=ACTION)
case("UTF-8 called ASCII", encoded(ACTION, "utf-8", label="us-ascii"), said=ACTION)
case(
    "Windows quotes called Latin-1",
    encoded("“Erro” – não…", "windows-1252", label="iso-8859-1"),
    said="“Erro” – não…",
)
case("8 bits without a charset", letter(ACTION.encode("latin-1"), Content_Type="text/plain"), said=ACTION)
case("8 bits without a type", letter(ACTION.encode(), Content_Type=None), said=ACTION)
case("an unknown charset over UTF-8", encoded(ACTION, "utf-8", label="x-unknown"), said=ACTION)
case("unknown-8bit over Latin-1", encoded(ACTION, "latin-1", label="unknown-8bit"), said=ACTION)
case(
    "a charset with junk behind it",
    encoded(ACTION, "utf-8", label='"utf-8http-equivContent-Type"'),
    said=ACTION,
)
case("utf8mb4", encoded(ACTION, "utf-8", label="utf8mb4"), said=ACTION)
case("an empty charset", encoded(ACTION, "utf-8", label='""'), said=ACTION)
case(
    "UTF-7 is not decoded",
    letter("+ADw-script+AD4-", Content_Type="text/plain; charset=utf-7"),
    said="+ADw-script+AD4-",
)
case("a codec that is no charset", letter("616263", Content_Type="text/plain; charset=hex"), said="616263")
case("UTF-16 with its mark", encoded(ACTION, "utf-16", "base64"), said=ACTION)
case("UTF-8 with its mark", letter(b"\xef\xbb\xbf" + ACTION.encode()), said=ACTION)
case("UTF-8 cut within a character", letter(b"x" * 80 + "ção".encode()[:-2]), has=["x" * 80 + "ç"])
case(
    "HTML in windows-1252",
    letter("<p>“não”</p>".encode("cp1252"), Content_Type="text/html; charset=windows-1252"),
    said="“não”",
)
case(
    "broken quoted-printable",
    letter("50=25 off =ZZ and =", Content_Transfer_Encoding="quoted-printable"),
    has=["50% off", "and"],
)
case("emoji", letter("It 🔥 burns 👩‍🚒"), said="It 🔥 burns 👩‍🚒")

# --- headers ------------------------------------------------------------------------------------------------------------

case(
    "subject in encoded words",
    letter(subject=word("Impressão não funciona há dias")),
    subject="Impressão não funciona há dias",
)
case(
    "subject in Q words of Latin-1",
    letter(subject="=?iso-8859-1?Q?Impress=E3o?= =?iso-8859-1?Q?_parada?="),
    subject="Impressão parada",
)
case(
    "a character split between two words",
    letter(subject="=?utf-8?B?SW1wcmVzc8M=?= =?utf-8?B?o28=?="),
    subject="Impressão",
)
case(
    "words of two charsets",
    letter(subject="=?koi8-r?B?8NLJztTF0g==?= =?utf-8?Q?_n=C3=A3o?="),
    subject="Принтер não",
)
case(
    "ISO-2022-JP subject", letter(subject="=?ISO-2022-JP?B?GyRCJVclaiVzJT8hPBsoQg==?="), subject="プリンター"
)
case(
    "an encoded word in quotes",
    letter(sender='"=?utf-8?Q?Jos=C3=A9?=" <jose@x.example>'),
    sender_is=("jose@x.example", "José"),
)
case("a word with a language (RFC 2231)", letter(subject="=?utf-8*pt?Q?n=C3=A3o?="), subject="não")
case("base64 without its padding", letter(subject="=?utf-8?B?bsOjbw?="), subject="não")
case(
    "blanks within a Q word",
    letter(subject="=?utf-8?Q?n=C3=A3o imprime?="),
    subject="não imprime",
)
case("words glued to text", letter(subject="Re:=?utf-8?Q?_n=C3=A3o?=!"), subject="Re: não!")
case("raw UTF-8 in the subject", letter(subject="Impressão"), subject="Impressão")
case(
    "raw Latin-1 in the subject",
    letter().replace(b"Subject: Printer", "Subject: Impressão".encode("latin-1")),
    subject="Impressão",
)
case("raw UTF-8 in the name", letter(sender="João <joao@x.example>"), sender_is=("joao@x.example", "João"))
case(
    "a folded subject",
    letter(subject="Printer does\n not print\n\tat all"),
    subject="Printer does not print at all",
)
case("no subject", letter(subject=None), subject="")
case("no Message-ID", letter(message_id=None), message_id="")
case("a Message-ID without brackets", letter(message_id="abc@x"), message_id="")
case("a Message-ID with blanks around", letter(message_id="  <abc@x>  (added)"), message_id="abc@x")
case("no date", letter(date=None), written="2026-11-23T13:00")
case("a broken date", letter(date="yesterday evening"), written="2026-11-23T13:00")
case("a date in the future", letter(date="Mon, 23 Nov 2099 09:58:00 -0300"), written="2026-11-23T13:00")
case("a date without a zone", letter(date="Mon, 23 Nov 2026 09:58:00"), written="2026-11-23T09:58")
case("a date with its zone's name", letter(date="Mon, 23 Nov 2026 09:58:00 GMT"), written="2026-11-23T09:58")
case("a date in year 0", letter(date="Mon, 01 Jan 0000 00:00:00 +0000"), written="2026-11-23T13:00")
case("no From, but a Sender", letter(sender=None, Sender="s@x.example"), sender_is=("s@x.example", ""))
case("neither From nor Sender", letter(sender=None), sender_is=("", ""))
case("a bare address", letter(sender="alice@example.com"), sender_is=("alice@example.com", ""))
case("an address in capitals", letter(sender="ALICE@EXAMPLE.COM"), sender_is=("alice@example.com", ""))
case(
    "a name with a comma, unquoted",
    letter(sender="Silva, Alice <alice@example.com>"),
    sender_email="alice@example.com",
)
case(
    "a name that is an address",
    letter(sender='"bob@example.com" <mallory@evil.example>'),
    sender_email="mallory@evil.example",
)
case("two From addresses: the first", letter(sender="a@x.example, b@x.example"), sender_email="a@x.example")
case("brackets doubled", letter(sender="Alice <<alice@example.com>>"), sender_email="alice@example.com")
case("a group of recipients", letter(to="undisclosed-recipients:;"), recipients=())
case(
    "every recipient counts",
    letter(to="a@x.example, S <support+tok@desk.example>", Cc="c@x.example", Delivered_To="d@x.example"),
    recipients=("d@x.example", "a@x.example", "support+tok@desk.example", "c@x.example"),
)  # fmt: skip
case(
    "the nearest reference first",
    letter(In_Reply_To="<3@x>", References="<1@x>\n <2@x> <3@x>"),
    references=("3@x", "2@x", "1@x"),
)
case("references without blanks", letter(References="<1@x><2@x>"), references=("2@x", "1@x"))
case(
    "an mbox's first line",
    b"From alice@example.com Mon Nov 23 09:58:00 2026\n" + letter(),
    said="It does not print.",
)
case("lines ended by CR LF", letter("one\ntwo").replace(b"\n", b"\r\n"), said="one\ntwo")
case("lines ended by CR", letter("one\ntwo").replace(b"\n", b"\r"), has=["one"])

# --- MIME ---------------------------------------------------------------------------------------------------------------

MIXED = 'multipart/mixed; boundary="m"'
case(
    "a boundary that is not declared",
    letter("--m\nContent-Type: text/plain\n\nWords\n--m--", Content_Type="multipart/mixed"),
    said="Words",
)
case(
    "a boundary that is not the declared one",
    letter("--m\n\nWords\n--m--", Content_Type='multipart/mixed; boundary="z"'),
    has=["Words"],
)
case(
    "no closing boundary",
    letter("--m\nContent-Type: text/plain\n\nWords\n", Content_Type=MIXED),
    said="Words",
)
case(
    "text before the first part is not meant",
    letter("preamble\n--m\n\nWords\n--m--\nepilogue", Content_Type=MIXED),
    said="Words",
)
case("a type without a slash", letter("Words", Content_Type="text"), said="Words")
case(
    "an unknown text type",
    letter("--m\n\nWords\n--m\nContent-Type: text/x-log\n\nlog\n--m--", Content_Type=MIXED),
    said="Words",
)
case("Markdown is words", letter("# Broken", Content_Type="text/markdown"), said="# Broken")
case("a file", with_files("See.", ("scan.png", "image/png", PNG)), said="See.", files=["scan.png"])
case(
    "two files of one name",
    with_files("See.", ("a.png", "image/png", PNG), ("a.png", "image/png", PNG)),
    files=["a.png", "a.png"],
)
case(
    "a text file is a file", with_files("See.", ("a.log", "text/plain", b"log")), said="See.", files=["a.log"]
)
case(
    "an HTML file is a file",
    with_files("See.", ("a.html", "text/html", b"<p>x")),
    said="See.",
    files=["a.html"],
)
case(
    "a file whose name is in RFC 2231",
    letter("--m\n\nSee.\n--m\nContent-Type: application/pdf\nContent-Disposition: attachment;\n filename*0*=utf-8''relat%C3%B3;\n"
           " filename*1*=rio.pdf\n\nx\n--m--", Content_Type=MIXED),
    files=["relatório.pdf"],
)  # fmt: skip
case(
    "a file whose name is an encoded word",
    letter('--m\n\nSee.\n--m\nContent-Type: application/pdf; name="=?utf-8?B?cmVsYXTDs3Jpby5wZGY=?="\n\nx\n--m--', Content_Type=MIXED),
    files=["relatório.pdf"],
)  # fmt: skip
case(
    "a file whose name is raw Latin-1",
    letter("--m\n\nSee.\n--m\nContent-Disposition: attachment; filename=\"ação.txt\"\n\nx\n--m--".encode("latin-1"), Content_Type=MIXED),
    files=["ação.txt"],
)  # fmt: skip
case(
    "a file that turns its name around",
    letter("--m\n\nSee.\n--m\nContent-Disposition: attachment; filename=\"a\u202egnp.exe\"\n\nx\n--m--", Content_Type=MIXED),
    files=["agnp.exe"],
)  # fmt: skip
case(
    "a file without a name",
    letter("--m\n\nSee.\n--m\nContent-Type: image/jpeg\nContent-Disposition: attachment\n\nx\n--m--", Content_Type=MIXED), files=["file.jpg"],
)  # fmt: skip
case("a file alone", letter(base64.encodebytes(PNG), Content_Type='image/png; name="p.png"', Content_Transfer_Encoding="base64"),
     said="", files=["p.png"])  # fmt: skip
case(
    "Apple: words, picture, words",
    letter(b"--m\nContent-Type: text/plain\n\nBefore\n--m\nContent-Type: image/png; name=\"p.png\"\nContent-Disposition: inline; "
           b"filename=p.png\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(PNG) + b"--m\nContent-Type: text/plain\n\n"
           b"After\n--m--", Content_Type=MIXED),
    said="Before\n\nAfter", files=["p.png"],
)  # fmt: skip
case(
    "a picture of the mail itself",
    with_files('<p>Look <img src="cid:p@1" alt="p"></p>', ("p.png", "image/png", PNG, "p@1"), kind="related"),
    html_has=['src="cid:p@1"'], files=["p.png"],
)  # fmt: skip
case(
    "a forwarded mail as a file",
    letter("--m\n\nSee.\n--m\nContent-Type: message/rfc822\n\nSubject: Inner one\nFrom: c@x.example\n\nInner words\n--m--", Content_Type=MIXED),
    said="See.", files=["Inner one.eml"],
)  # fmt: skip
case(
    "an invitation",
    letter("--m\n\nLet us meet.\n--m\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--m--", Content_Type=MIXED),
    said="Let us meet.", files=["file.ics"],
)  # fmt: skip
case(
    "a signed mail: its signature is no file",
    letter('--m\n\nSigned.\n--m\nContent-Type: application/pkcs7-signature; name="smime.p7s"\n\nx\n--m--',
           Content_Type='multipart/signed; boundary="m"; protocol="application/pkcs7-signature"'),
    said="Signed.", files=[],
)  # fmt: skip
case(
    "an encrypted mail",
    letter('--m\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--m\nContent-Type: application/octet-stream; name="encrypted.asc"\n\n'
           "-----BEGIN PGP MESSAGE-----\n--m--", Content_Type='multipart/encrypted; boundary="m"'),
    said="", files=["file.pgp", "encrypted.asc"],
)  # fmt: skip
case(
    "uuencoded",
    letter("begin 644 a.txt\n#86)C\n`\nend\n", Content_Transfer_Encoding="x-uuencode"),
    said="abc",
)
case(
    "alternatives with related inside",
    letter("--a\nContent-Type: text/plain\n\nWords\n--a\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n"
           "<p><b>Words</b></p>\n--r--\n--a--", Content_Type='multipart/alternative; boundary="a"'),
    said="Words", html_has=["<b>Words</b>"],
)  # fmt: skip
case("alternatives with AMP", letter(
    "--a\nContent-Type: text/plain\n\nWords\n--a\nContent-Type: text/x-amp-html\n\n<html amp4email>\n--a--",
    Content_Type='multipart/alternative; boundary="a"'), said="Words", files=[])  # fmt: skip
case("an empty body", letter(""), said="", files=[])


def tnef(*attributes):
    out = struct.pack("<IH", 0x223E9F78, 1)
    for level, name, value in attributes:
        out += struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
    return out


WINMAIL = tnef(
    (1, 0x0002800C, b"From Outlook\0"),
    (2, 0x00069002, b"\0" * 14),
    (2, 0x00018010, b"budget.xls\0"),
    (2, 0x0006800F, b"cells"),
)
case(
    "winmail.dat is opened",
    with_files("See.", ("winmail.dat", "application/ms-tnef", WINMAIL)),
    said="See.",
    files=["budget.xls"],
)
case(
    "winmail.dat brings the words",
    with_files("", ("winmail.dat", "application/ms-tnef", WINMAIL)),
    said="From Outlook",
    files=["budget.xls"],
)
case(
    "a broken winmail.dat stays a file",
    with_files("See.", ("winmail.dat", "application/ms-tnef", b"nonsense")),
    files=["winmail.dat"],
)
case(
    "a cut winmail.dat gives what is there",
    with_files("See.", ("winmail.dat", "application/ms-tnef", WINMAIL[:-3])),
    files=["budget.xls"],
)

# --- robots and lists ---------------------------------------------------------------------------------------------------

for header_, value, why in (
    ("Auto_Submitted", "auto-replied", "auto-replied"),
    ("Auto_Submitted", "auto-generated (rejected)", "auto-generated"),
    ("Auto_Submitted", "auto-notified; owner-email=x", "auto-notified"),
    ("Precedence", "bulk", "bulk"),
    ("Precedence", "Junk", "junk"),
    ("Precedence", "list", "list"),
    ("Precedence", "auto_reply", "auto_reply"),
    ("List_Id", "<news.x.example>", "List-Id"),
    ("List_Unsubscribe", "<mailto:u@x.example>", "List-Unsubscribe"),
    ("Mailing_List", "list x@x.example", "Mailing-List"),
    ("X_Autoreply", "yes", "X-Autoreply"),
    ("X_Autorespond", "1", "X-Autorespond"),
    ("X_AutoReply_From", "a@x.example", "X-AutoReply-From"),
    ("Return_Path", "<>", "Return-Path"),
    ("sender", "no-reply@shop.example", "no-reply@"),
    ("sender", "noreply+123@shop.example", "noreply+123@"),
    ("sender", "nao-responda@loja.example", "nao-responda@"),
    ("sender", "MAILER-DAEMON@mx.example", "mailer-daemon@"),
    ("sender", "postmaster@mx.example", "postmaster@"),
    ("sender", "bounces-77@lists.example", "bounces-77@"),
    ("subject", "Automatic reply: Printer", "automatic answer"),
    ("subject", "Out of Office: Printer", "automatic answer"),
    ("subject", "Resposta automática: Impressora", "automatic answer"),
    ("subject", "Automatische Antwort: Drucker", "automatic answer"),
    ("subject", word("Автоматический ответ: Принтер"), "automatic answer"),
    ("subject", "Undelivered Mail Returned to Sender", "automatic answer"),
):
    case(f"robot: {header_} {value}", letter(**{header_: value}), robot=why, may_be_answered=False)
for header_, value in (
    ("Auto_Submitted", "no"),
    ("Precedence", "first-class"),
    ("X_Autoreply", "no"),
    ("Return_Path", "<alice@example.com>"),
    ("sender", "noreen@example.com"),
    ("sender", "postmasters.union@example.com"),
    ("subject", "The out of office reply does not work"),
    ("subject", "Re: automatic updates"),
):
    case(f"person: {header_} {value}", letter(**{header_: value}), robot="", may_be_answered=True)
case(
    "a person's mail that wants no automatic answer",
    letter(X_Auto_Response_Suppress="OOF, AutoReply"),
    robot="",
    may_be_answered=False,
)
case(
    "a person's mail that wants no receipts",
    letter(X_Auto_Response_Suppress="DR, RN"),
    robot="",
    may_be_answered=True,
)

# --- bounces ------------------------------------------------------------------------------------------------------------


def dsn(fields, returned="Content-Type: text/rfc822-headers\n\nMessage-ID: <ours@desk.example>\n", **more):
    body = f"--r\n\nSorry.\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n{fields}\n\n--r\n{returned}--r--\n"
    return letter(body, **{"sender": "MAILER-DAEMON@mx.example", **more},
                  Content_Type='multipart/report; report-type=delivery-status; boundary="r"')  # fmt: skip


case(
    "Postfix: unknown user",
    dsn("Final-Recipient: rfc822; alice@example.com\nOriginal-Recipient: rfc822;Alice@example.com\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown"),
    bounce=("alice@example.com", "failed", "5.1.1", "ours@desk.example"), robot="report",
)  # fmt: skip
case(
    "Exchange: the whole mail comes back",
    dsn("Final-recipient: RFC822;alice@example.com\nAction: failed\nStatus: 5.2.2",
        "Content-Type: message/rfc822\n\nMessage-ID: <ours@desk.example>\nSubject: x\n\nbody\n"),
    bounce=("alice@example.com", "failed", "5.2.2", "ours@desk.example"),
)  # fmt: skip
case("still trying", dsn("Final-Recipient: rfc822; a@x.example\nAction: delayed\nStatus: 4.4.1"),
     bounce=("a@x.example", "delayed", "4.4.1", "ours@desk.example"))  # fmt: skip
case("given up after days", dsn("Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 4.4.7"),
     bounce=("a@x.example", "failed", "4.4.7", "ours@desk.example"))  # fmt: skip
case("a receipt of delivery", dsn("Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0"),
     bounce=("a@x.example", "delivered", "2.0.0", "ours@desk.example"))  # fmt: skip
case("no word of an action", dsn("Final-Recipient: rfc822; a@x.example\nStatus: 5.7.1"),
     bounce=("a@x.example", "failed", "5.7.1", "ours@desk.example"))  # fmt: skip
case("nothing of the mail returned", dsn("Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.0.0", ""),
     bounce=("a@x.example", "failed", "5.0.0", ""))  # fmt: skip
case(
    "Exim",
    letter("This message was created automatically.\n\nMessage-ID: <ours@desk.example>\n", sender="Mailer-Daemon@mx.example",
           X_Failed_Recipients="alice@example.com"),
    bounce=("alice@example.com", "failed", "5.0.0", "ours@desk.example"),
)  # fmt: skip
case("an ordinary mail is no bounce", letter("It bounced: 550 5.1.1 user unknown"), bounce=None)

# --- verdicts of the provider -------------------------------------------------------------------------------------------

for name, value, forged in (
    ("all passed", "mx.x; spf=pass smtp.mailfrom=x; dkim=pass header.d=x; dmarc=pass header.from=x", False),
    (
        "DMARC failed",
        "mx.x; spf=pass smtp.mailfrom=evil; dkim=none; dmarc=fail (p=REJECT) header.from=x",
        True,
    ),
    ("DMARC failed within a comment only", "mx.x; dmarc=pass (was dmarc=fail before) header.from=x", False),
    ("a forwarder: SPF failed, DKIM passed", "mx.x; spf=fail smtp.mailfrom=x; dkim=pass header.d=x", False),
    ("both failed, nobody asked DMARC", "mx.x; spf=fail smtp.mailfrom=x; dkim=fail header.d=x", True),
    ("SPF failed softly", "mx.x; spf=softfail smtp.mailfrom=x; dkim=fail header.d=x", False),
    ("one good signature of two", "mx.x; dkim=fail header.d=y; dkim=pass header.d=x; spf=fail", False),
    ("nobody asked", "mx.x; none", False),
):
    case(f"verdict: {name}", letter(Authentication_Results=value), is_forged=forged)
case("the filter's flag", letter(X_Spam_Flag="YES"), is_spam=True)
case("the filter's status", letter(X_Spam_Status="Yes, score=9.1 required=5.0"), is_spam=True)
case("the filter found nothing", letter(X_Spam_Status="No, score=-1.1", X_Spam_Flag="NO"), is_spam=False)
