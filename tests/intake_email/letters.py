"""Mails as the programs of the world write them: builders that the tests and the corpus share."""

import base64
import quopri
from datetime import UTC, datetime
from email.header import Header

AT = datetime(2026, 11, 23, 13, tzinfo=UTC)  # when they come in: a Monday, 10:00 in São Paulo


def letter(
    body="It does not print.",
    *,
    sender="Alice <alice@example.com>",
    to="support@desk.example",
    subject="Printer",
    message_id="<m1@mail.example>",
    date="Mon, 23 Nov 2026 09:58:00 -0300",
    **more,
):
    """A plain mail as bytes. `more`: further headers, `_` for `-`; None takes one of the usual ones away."""
    given = {"From": sender, "To": to, "Subject": subject, "Message-ID": message_id, "Date": date}
    given |= {name.replace("_", "-"): value for name, value in more.items()}
    given.setdefault("Content-Type", "text/plain; charset=utf-8")
    head = "".join(f"{name}: {value}\n" for name, value in given.items() if value is not None)
    return (
        head.encode("utf-8", "surrogateescape") + b"\n" + (body if isinstance(body, bytes) else body.encode())
    )


def html_letter(text, html, **more):
    """Both forms, as most programs send them; `text` None: HTML alone."""
    if text is None:
        return letter(html, **more, Content_Type="text/html; charset=utf-8")
    body = (
        "--alt\nContent-Type: text/plain; charset=utf-8\n\n" + text
        + "\n--alt\nContent-Type: text/html; charset=utf-8\n\n" + html + "\n--alt--\n"
    )  # fmt: skip
    return letter(body, **more, MIME_Version="1.0", Content_Type='multipart/alternative; boundary="alt"')


def with_files(text, *files, kind="mixed", **more):
    """files: (name, type, content) or (name, type, content, content id)."""
    body = b"--mix\nContent-Type: text/plain; charset=utf-8\n\n" + text.encode() + b"\n"
    if text.startswith("<"):
        body = body.replace(b"text/plain", b"text/html")
    for name, type_, content, *cid in files:
        body += f'--mix\nContent-Type: {type_}; name="{name}"\nContent-Transfer-Encoding: base64\n'.encode()
        if cid:
            body += f"Content-ID: <{cid[0]}>\nContent-Disposition: inline\n\n".encode()
        else:
            body += f'Content-Disposition: attachment; filename="{name}"\n\n'.encode()
        body += base64.encodebytes(content)
    return letter(body + b"--mix--\n", **more, Content_Type=f'multipart/{kind}; boundary="mix"')


def encoded(text, charset, transfer="8bit", **more):
    """A plain mail in this charset and transfer encoding."""
    data = text.encode(charset)
    if transfer == "base64":
        data = base64.encodebytes(data)
    elif transfer == "quoted-printable":
        data = quopri.encodestring(data)
    label = more.pop("label", charset)
    return letter(
        data, **more, Content_Type=f"text/plain; charset={label}", Content_Transfer_Encoding=transfer
    )


def word(text, charset="utf-8"):
    """An encoded word (RFC 2047)."""
    return Header(text, charset).encode()


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
