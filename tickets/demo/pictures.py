"""Small files for the stories: a picture that looks like a screen with a message in it, and a text."""

from __future__ import annotations

import struct
import zlib

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


def picture(seed: int) -> bytes:
    """A PNG: title bar, side menu, rows, and a box with a red edge."""
    lines = (b"\0" + b"".join(bytes(colour(x, y, seed)) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def colour(x: int, y: int, seed: int) -> tuple[int, int, int]:
    top = 110 + seed % 60
    if y < 28:
        return BAR
    if x < 96:
        return ROW if y % 28 in range(8, 16) and x in range(14, 60 + seed % 25) else SIDE
    if 150 < x < 430 and top < y < top + 84:
        if x < 156:
            return EDGE
        is_text = y - top in range(20, 28) or (y - top in range(44, 50) and x < 330 + seed % 70)
        return EDGE if is_text and 172 < x < 410 else BOX
    is_row = y % 26 in range(10, 16) and 116 < x < 300 + (y // 26 * seed) % 150
    return ROW if is_row else PAPER
