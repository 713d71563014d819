"""PURE. winmail.dat: Outlook's own wrapping of attachments (TNEF, MS-OXTNEF). Only files and the plain body are taken out."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

SIGNATURE = 0x223E9F78
BODY, TITLE, DATA, RENDERING = 0x800C, 0x8010, 0x800F, 0x9002
MOST_ATTRIBUTES = 2_000


@dataclass
class Unwrapped:
    body: bytes = b""
    files: list[tuple[bytes, bytes]] = field(default_factory=list)  # (name, content)


def unwrap(data: bytes) -> Unwrapped | None:
    """What is inside, or None where it is no TNEF. A truncated one gives what came before the cut."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return None
    found, position = Unwrapped(), 6
    name, content = b"", b""
    for _ in range(MOST_ATTRIBUTES):
        if position + 9 > len(data):
            break
        _level, attribute, length = struct.unpack_from("<BII", data, position)
        value = data[position + 9 : position + 9 + length]
        position += 9 + length + 2  # a checksum follows
        kind = attribute & 0xFFFF
        if kind == BODY:
            found.body = value.rstrip(b"\0")
        elif kind == RENDERING:  # each attachment begins with it
            _keep(found, name, content)
            name, content = b"", b""
        elif kind == TITLE:
            name = value.split(b"\0")[0]
        elif kind == DATA:
            content = value
    _keep(found, name, content)
    return found


def _keep(found: Unwrapped, name: bytes, content: bytes) -> None:
    if content:
        found.files.append((name or b"file", content))
