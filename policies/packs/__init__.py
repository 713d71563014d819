"""The policies that come with the product, each one readable file: five real ones and a tour of minutes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from policies.codec import load
from policies.document import Policy

FOLDER = Path(__file__).parent


def pack_names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def pack_text(name: str) -> str:
    """The file of pack `name` as it stands; KeyError, naming the packs there are, for an unknown one."""
    if name not in pack_names():
        raise KeyError(f"no pack {name!r}; there are {', '.join(pack_names())}")
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


@lru_cache(maxsize=32)
def load_pack(name: str) -> Policy:
    return load(pack_text(name))
