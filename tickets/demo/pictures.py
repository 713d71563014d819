"""Small files for the stories: a picture that looks like a screen with a message in it, and a text."""

from __future__ import annotations

import struct
import zlib
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile

WIDTH, HEIGHT = 480, 300
PAPER, BAR, SIDE, ROW, BOX, EDGE = (
    (247, 248, 250), (44, 62, 92), (226, 230, 238), (205, 211, 222), (253, 232, 230), (196, 59, 46),
)  # fmt: skip
LOG = """{date} 09:41:07 INFO  sessao iniciada
{date} 09:41:09 INFO  fila carregada: 148 itens
{date} 09:41:31 WARN  resposta lenta do canal (4120 ms)
{date} 09:41:58 ERROR tempo esgotado ao confirmar o envio: lote 7, item 112
{date} 09:41:58 INFO  nova tentativa em 30 s
"""


def file_named(name: str, date: str) -> SimpleUploadedFile:
    if name.endswith(".png"):
        return SimpleUploadedFile(name, picture(sum(name.encode())), "image/png")
    return SimpleUploadedFile(name, LOG.format(date=date).encode(), "text/plain")


@cache
def picture(seed: int) -> bytes:
    """A PNG: title bar, side menu, rows, and a box with a red edge."""
    lines = b"".join(b"\0" + line(y, seed) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def line(y: int, seed: int) -> bytes:
    """The pixels of one row, painted from left to right, one stroke over the other."""
    if y < 28:
        return bytes(BAR) * WIDTH
    strokes = [(0, WIDTH, PAPER), (0, 96, SIDE)]
    if y % 28 in range(8, 16):
        strokes.append((14, 60 + seed % 25, ROW))
    if y % 26 in range(10, 16):
        strokes.append((116, 300 + (y // 26 * seed) % 150, ROW))
    below = y - 110 - seed % 60  # the box begins here
    if 0 < below < 84:
        strokes += [(150, 430, BOX), (150, 156, EDGE)]
        if below in range(20, 28):
            strokes.append((172, 410, EDGE))
        if below in range(44, 50):
            strokes.append((172, 330 + seed % 70, EDGE))
    row = bytearray(3 * WIDTH)
    for start, end, colour in strokes:
        row[3 * start : 3 * end] = bytes(colour) * (end - start)
    return bytes(row)
