"""Mails made to hurt: each is understood or parked, in bounded time, and nothing waits behind it."""

import base64
import time

import pytest

from tests.intake_email.letters import AT, letter
from tickets.intake.email.bounds import Unreadable, check
from tickets.intake.email.mail import read_mail

SECONDS = 4.0  # on a busy machine; each takes well under a second on an idle one


def deep_mime(levels):
    head, tail = [], []
    for n in range(levels):
        head.append(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n')
        tail.append(f"\n--b{n}--\n")
    return (
        "From: a@x.example\nSubject: deep\n" + "".join(head) + "\n\nbottom\n" + "".join(reversed(tail))
    ).encode()


def deep_mails(levels):
    return b"From: a@x.example\n" + b"Content-Type: message/rfc822\n\n" * levels + b"Subject: bottom\n\nx"


def many_parts(count):
    return letter("--m\n\nx\n" * count + "--m--\n", Content_Type='multipart/mixed; boundary="m"')


def html(source):
    return letter(source, Content_Type="text/html")


PARKED = {
    "ten thousand levels": deep_mime(10_000),
    "a hundred levels": deep_mime(100),
    "boundaries behind many blanks": deep_mime(100).replace(b"boundary=", b"boundary" + b" " * 9 + b"= "),
    "boundaries without an end": deep_mime(100).replace(b'="b', b'="' + b"x" * 300 + b"b"),
    "many lines within open boundaries": deep_mime(10).replace(b"bottom", b"x\n" * 1_000_000),
    "many carriage returns within open boundaries": deep_mime(10).replace(b"bottom", b"x\r" * 1_000_000),
    "mails in mails": deep_mails(5_000),
    "ten thousand parts": many_parts(10_000),
    "a million headers": b"From: a@x.example\n" + b"X-A: b\n" * 1_000_000 + b"\nx",
    "one huge header": b"From: a@x.example\nSubject: " + b"A" * 3_000_000 + b"\n\nx",
    "nothing": b"",
    "blanks": b" \r\n \r\n",
}
UNDERSTOOD = {
    "twenty levels": deep_mime(20),
    "lines within the bound": deep_mime(10).replace(b"bottom", b"x\n" * 200_000),
    "twenty thousand newlines": letter("a" + "\n" * 20_000 + "b"),
    "twenty thousand blanks": letter("a" + " " * 20_000 + "b\n" + " " * 20_000 + "c"),
    "newlines and marks": letter("a" + "\n >" * 20_000 + "b"),
    "rules without words": letter("-" * 20_000 + " " * 20_000 + "b"),
    "newlines in a bounce": letter("a" + "\n" * 20_000 + "b", X_Failed_Recipients="a@x.example"),
    "blanks in a bounce": letter("a\n" + " " * 20_000 + "b", X_Failed_Recipients="a@x.example"),
    "newlines in html": html("<b>a</b>" + "\n" * 20_000 + "b"),
    "blanks in html": html("<b>a</b>" + " " * 20_000 + "b"),
    "blanks between empty blocks": html("<b>a</b><div></div>" + " " * 20_000 + "<p></p>" + " " * 20_000 + "b"),
    "blanks within an empty block": html("<b>a</b><div>" + " " * 20_000 + "b</div>"),
    "blanks before a quote": html("<b>a</b>" + " " * 20_000 + "b<div class=gmail_quote>c</div>"),
    "breaks before a quote": html("<b>a</b>" + "<br>&nbsp;" * 10_000 + "b<div class=gmail_quote>c</div>"),
    "pictures in a picture's name": html('<b>a</b><img alt="' + "<img " * 40_000 + '">'),
    "borders of borders": html('<b>a</b><div style="' + "border:" * 20_000 + '">b</div>'),
    "moments and addresses": letter(("10:00 " * 20 + "a@" * 60 + " " + "x " * 60 + ":\n") * 5_000),
    "moments and a far address": letter(("10:00 " * 20 + "a@" * 60 + " " + "x " * 100 + "y@z:\n") * 5_000),
    "wrote and wrote": letter(("wrote " * 80 + ";:\n") * 10_000),
    "charset of commas": letter("a", Content_Type='text/plain; charset="' + "," * 100_000 + '"'),
    "four hundred parts": many_parts(400),
    "null bytes": letter(b"a\0b\0c" + b"\0" * 100_000),
    "nul in headers": letter(subject="a\0b"),
    "nested divs": html("<div>" * 90_000 + "x"),
    "nested tables": html("<table><tr><td>" * 30_000 + "x"),
    "open comments": html("<!--" * 60_000 + "x"),
    "open attributes": html('<a href="x' * 25_000),
    "angle brackets": html("<" * 250_000),
    "quotes in tags": html("<a '\"" * 50_000),
    "font soup": html("".join(f"<p><font color={n}>" for n in range(12_000)) + "x"),
    "entities": html("&#x41;" * 60_000 + "&amp" * 10_000),
    "blockquotes": html("<blockquote type=cite>" * 10_000 + "x"),
    "inflating base64": letter(
        base64.encodebytes(b"A" * 6_000_000), Content_Type="text/plain", Content_Transfer_Encoding="base64"
    ),
    "attribution soup": letter("On 1 wrote\n" * 60_000),
    "colons": letter("On 12/10/2026 10:00 a@b.example:\n" * 30_000),
    "header blocks": letter("From: x\n" * 60_000),
    "one endless line": letter("On " + "a" * 2_000_000 + " wrote:"),
    "encoded word bomb": letter(subject="=?utf-8?q?a?= " * 5_000),
    "address bomb": letter(to=", ".join(f"a{n}@x.example" for n in range(20_000))),
    "angle bomb": letter(sender="<" * 50_000 + "a@x.example"),
    "comment bomb": letter(sender="(" * 5_000 + "a@x.example"),
    "reference bomb": letter(References=" ".join(f"<{n}@x>" for n in range(40_000))),
    "boundary that is a pattern": letter("--(a+)+$\n\nx\n--(a+)+$--", Content_Type='multipart/mixed; boundary="(a+)+$"'),
    "unknown transfer encoding": letter("abc", Content_Transfer_Encoding="x-rot26"),
    "broken base64": letter("@@@@=a=b", Content_Transfer_Encoding="base64"),
    "broken uuencode": letter("begin 644 x\n!!!!\nend", Content_Transfer_Encoding="x-uuencode"),
    "no headers": b"just words without any header",
    "only a header": b"Subject: x",
    "binary": bytes(range(256)) * 400,
    "filename traversal": letter(
        "--m\nContent-Disposition: attachment; filename=\"../../etc/passwd\"\n\nx\n--m--",
        Content_Type='multipart/mixed; boundary="m"',
    ),
    "filename continuation bomb": letter(
        "--m\nContent-Disposition: attachment; " + "; ".join(f"filename*{n}*=utf-8''a" for n in range(900)) + "\n\nx\n--m--",
        Content_Type='multipart/mixed; boundary="m"',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PARKED)
def test_what_costs_too_much_is_refused_before_it_is_parsed(name):
    started = time.monotonic()
    with pytest.raises(Unreadable) as refusal:
        read_mail(PARKED[name], AT)
    assert str(refusal.value)
    assert time.monotonic() - started < SECONDS


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_is_merely_nasty_is_understood_in_time(name):
    started = time.process_time()  # what it costs, however busy the machine is
    mail = read_mail(UNDERSTOOD[name], AT)
    assert time.process_time() - started < SECONDS
    said = mail.subject + mail.text + mail.html + "".join(file.name for file in mail.files)
    assert "\0" not in said
    assert said.encode("utf-8")
    assert all("/" not in file.name for file in mail.files)


def test_a_mail_of_25_megabytes_in_three_multiparts_is_not_too_much():
    check(deep_mime(3).replace(b"bottom", (b"A" * 76 + b"\r\n") * 440_000))


def test_blanks_and_rules_before_a_quote_are_left_out_and_words_stay():
    mail = read_mail(html("<b>a</b> b<br>&nbsp;<hr> <br><div class=gmail_quote>c</div>"), AT)
    assert mail.html == "<b>a</b> b"


def test_a_poison_mail_is_parked_seen_and_blocks_nothing(desk_of, person, client_for, bring):
    tenant = desk_of("zoom")
    row = bring(deep_mime(10_000))
    assert (row.state, row.attempts) == ("parked", 1)
    assert (row.sender, row.subject) == ("a@x.example", "deep")
    assert "nested" in row.reason
    assert row.raw is not None
    assert bring(letter()).ticket is not None
    page = (
        client_for(tenant, person("dora")).get("/admin/intake/inbound/?state__exact=parked").content.decode()
    )
    assert "nested" in page


def test_any_bytes_at_all_are_understood_or_refused():
    import random

    whole = letter(
        "--m\nContent-Type: text/html\n\n<p>x</p>\n--m--", Content_Type='multipart/mixed; boundary="m"'
    )
    chance = random.Random(7)
    for _ in range(400):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 12)):
            position = chance.randrange(len(broken))
            broken[position : position + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        try:
            read_mail(bytes(broken), AT)
        except Unreadable:
            continue
