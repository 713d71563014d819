"""A file looked at: what it is and, where a rule asks for it, how long it lasts. Each file is looked at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tickets.attachments import measuring
from tickets.attachments.kinds import HEAD, container_of, kind_by_content


@dataclass(frozen=True, slots=True)
class Look:
    kind: str  # MIME type
    container: str  # the demuxer that can measure it; "" for what does not move
    is_measured: bool = False
    seconds: float | None = None
    problem: str = ""  # "unreadable", "slow": why it was not measured

    @property
    def is_video(self) -> bool:
        return self.kind.startswith("video/")


def look(file: Any, *, measure: bool = False) -> Look:
    """`measure`: ask the file itself how long it lasts, and whether it is a video or only sound in the same container."""
    seen = getattr(file, "looked_at", None)
    if seen is None:
        head = _head_of(file)
        seen = Look(kind_by_content(head, file.name or ""), container_of(head))
    if measure and seen.container and not seen.is_measured:
        seen = _measured(file, seen)
    file.looked_at = seen
    return seen


def kind_of(file: Any) -> str:
    """The MIME type by content."""
    return look(file).kind


def _head_of(file: Any) -> bytes:
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return head


def _measured(file: Any, seen: Look) -> Look:
    seen = replace(seen, is_measured=True)
    try:
        found = measuring.measured(file, seen.container)
    except measuring.Unreadable:  # pictures in a video's container (HEIC, AVIF) need not be readable as one
        return seen if seen.kind.startswith("image/") else replace(seen, problem="unreadable")
    except measuring.TooSlow:
        return replace(seen, problem="slow")
    return replace(seen, kind=_kind(seen.kind, is_video=found.is_video), seconds=found.seconds)


def _kind(kind: str, *, is_video: bool) -> str:
    family, _, name = kind.partition("/")
    if is_video:
        return kind if family == "video" else f"video/{name}"
    return f"audio/{name}" if family == "video" else kind
