"""PURE. Bytes to text as mails in the wild need it: wrong names, wrong claims, 8 bits where seven were promised.

The claim is believed where it can be true, with two exceptions that every mail program makes: Latin-1 means Windows-1252, and a
Latin claim over bytes that are valid UTF-8 is UTF-8. UTF-7 is refused: it exists to smuggle. Nothing raises; nothing is lost.
"""

from __future__ import annotations

import codecs
import re

ALIASES = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "ansi_x3.110-1983": "cp1252",
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf": "utf-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "koi8": "koi8_r",
    "win-1251": "cp1251",
    "cp-1251": "cp1251",
    "cp-850": "cp850",
    "windows-874": "cp874",
    "tis-620": "cp874",
}
REFUSED = {
    "utf-7", "utf7", "utf-7-imap", "unicode-1-1-utf-7", "punycode", "idna", "undefined", "mbcs", "oem", "raw-unicode-escape",
    "unicode-escape",
}  # fmt: skip
LATIN = {"cp1252", "iso8859-15", "iso8859-1", "mac-roman", "cp850"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")


def decode(data: bytes, charset: str = "") -> str:
    """`data` as text without control characters, whatever `charset` claims."""
    return clean(_decoded(data, charset))


def clean(text: str) -> str:
    """Without NUL and other control characters (PostgreSQL refuses NUL), one kind of line end."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(data: bytes, charset: str) -> str:
    if data[:3] == codecs.BOM_UTF8:
        return data[3:].decode("utf-8", "replace")
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    codec = codec_of(charset)
    if codec is None or codec in LATIN or codec == "utf-8":
        return _utf8_or(data, codec if codec in LATIN else "cp1252")
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(codec, "replace")


def _utf8_or(data: bytes, codec: str) -> str:
    """Text in another encoding is hardly ever valid UTF-8 by chance, so that this is asked first."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > 64 and error.end >= len(data) - 3:  # cut in the middle of a character
            return data.decode("utf-8", "replace")
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return data.decode("latin-1") if codec == "cp1252" else data.decode(codec, "replace")


def codec_of(charset: str) -> str | None:
    """Python's name of a text codec for what a mail calls it; None where it is unknown or refused."""
    name = charset[:200].strip().strip("\"'").lower().split("*")[0].replace(" ", "")
    name = re.sub(r"http-equiv.*$|[;,].*$", "", name)
    name = re.sub(r"^(charset=)?\"?", "", name)
    name = ALIASES.get(name, name)
    if not name or len(name) > 40 or not name.isascii() or name in REFUSED:
        return None
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    found = codec.name.replace("_", "-") if codec.name not in ("iso2022_jp_ext",) else codec.name
    if found in REFUSED or not getattr(codec, "_is_text_encoding", True):
        return None
    return found
