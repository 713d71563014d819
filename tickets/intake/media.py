"""A file of a messenger: its address is asked for, then it is fetched, both with the bearer token, bounded in size and time."""

from __future__ import annotations

import json
import tempfile
from typing import Any

import httpx
from django.core.files import File

from tenants import outside

LARGEST = 100_000_000  # bytes, where the policy has no rule (WhatsApp's own limit for documents)
IN_MEMORY = 1_000_000
TOTAL = 30.0  # seconds for both steps
CHUNK = 65_536


class NotFetched(Exception):
    """The provider did not give it; it may later."""


class TooLarge(Exception):
    """It will not be attached, so it is not fetched."""


def fetch(url: str, token: str, name: str, largest: int) -> File:
    """The file behind a Graph media id's `url`, at most `largest` bytes."""
    timeout = httpx.Timeout(10.0, connect=5.0)
    headers = {"Authorization": f"Bearer {token}", "User-Agent": "helpdesk", "Accept-Encoding": "identity"}
    try:
        with httpx.Client(
            transport=outside.Transport(TOTAL), timeout=timeout, trust_env=False, headers=headers
        ) as client:
            about = _about(client, url)
            if int(about.get("file_size") or 0) > largest:
                raise TooLarge(name)
            return _content(client, str(about["url"]), name, largest)
    except (httpx.HTTPError, outside.Refused, outside.TooLong, ValueError, KeyError, TypeError) as failure:
        raise NotFetched(f"The file could not be fetched: {type(failure).__name__}") from failure


def _about(client: httpx.Client, url: str) -> dict[str, Any]:
    outside.check_url(url)
    with client.stream("GET", url) as response:
        if response.status_code != 200:
            raise NotFetched(f"The file's address was not given: {response.status_code}")
        return json.loads(b"".join(_bounded(response, 64_000)))


def _content(client: httpx.Client, url: str, name: str, largest: int) -> File:
    outside.check_url(url)
    kept = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed with the File that is returned)
    with client.stream("GET", url) as response:
        if response.status_code != 200:
            raise NotFetched(f"The file was not given: {response.status_code}")
        for piece in _bounded(response, largest):
            kept.write(piece)
    size = kept.tell()
    kept.seek(0)
    file = File(kept, name=name)
    file.size = size
    return file


def _bounded(response: httpx.Response, largest: int) -> Any:
    read = 0
    for piece in response.iter_raw(CHUNK):
        read += len(piece)
        if read > largest:
            raise TooLarge(str(response.url.path))
        yield piece
