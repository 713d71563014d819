"""PURE. What a file is, by its first bytes. Its name only tells apart what is text anyway."""

from __future__ import annotations

import mimetypes

import puremagic

HEAD = 8192  # bytes that are looked at
BY_NAME_ALONE = 0.1  # puremagic's confidence where only the name spoke
UNKNOWN = "application/octet-stream"
BOXES = (
    b"ftyp",
    b"moov",
    b"mdat",
    b"moof",
    b"styp",
    b"sidx",
    b"free",
    b"skip",
    b"wide",
    b"pnot",
)  # ISO 14496-12
CONTAINERS = {  # demuxer -> its MIME type where nothing more precise is known
    "mov": "video/mp4",
    "matroska": "video/webm",
    "avi": "video/x-msvideo",
    "ogg": "video/ogg",
    "asf": "video/x-ms-asf",
    "flv": "video/x-flv",
    "mpeg": "video/mpeg",
    "mpegvideo": "video/mpeg",
    "mpegts": "video/mp2t",
    "ivf": "video/x-ivf",
}
STARTS = {
    b"\x1aE\xdf\xa3": "matroska",
    b"OggS": "ogg",
    b"0&\xb2u\x8ef\xcf\x11": "asf",
    b"FLV\x01": "flv",
    b"\x00\x00\x01\xba": "mpeg",
    b"\x00\x00\x01\xb3": "mpegvideo",
    b"DKIF": "ivf",
}


def container_of(head: bytes) -> str:
    """The demuxer that reads it, "" for what holds no moving pictures (a GIF counts as a picture)."""
    if head[4:8] in BOXES:
        return "mov"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    for packet, first in ((188, 0), (192, 4)):  # MPEG-TS; cameras put 4 bytes of time before each packet
        if len(head) > first + 3 * packet and head[first : first + 4 * packet : packet] == b"GGGG":
            return "mpegts"
    return next((name for start, name in STARTS.items() if head.startswith(start)), "")


def kind_by_content(head: bytes, name: str) -> str:
    """The MIME type of a file that begins with `head`. "picture.png" full of something else is that something else."""
    kind, container = _known(head, name), container_of(head)
    if container and not kind.startswith(("video/", "audio/", "image/")):
        return CONTAINERS[container]
    return kind or (_text(head, name) or UNKNOWN)


def _known(head: bytes, name: str) -> str:
    return next((kind for kind, trust in _guesses(head, name) if kind and trust > BY_NAME_ALONE), "")


def _text(head: bytes, name: str) -> str:
    """Plain text, or the kind of text that its name says; "" for what is no text."""
    if b"\0" in head:
        return ""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or len(head) < HEAD:  # not merely cut within its last character
            return ""
    named = mimetypes.guess_type(name)[0] or ""
    return named if named.startswith("text/") or named == "application/json" else "text/plain"


def _guesses(head: bytes, name: str) -> list[tuple[str, float]]:
    try:
        return [(str(each.mime_type), each.confidence) for each in puremagic.magic_string(head, name)]
    except (puremagic.PureError, ValueError):
        return []
