"""Files of a tenant lie in a folder of its own, under random names, readable by the program alone."""

from __future__ import annotations

import secrets
from pathlib import PurePosixPath
from typing import Any

from django.core.files.storage import FileSystemStorage
from django.db import connection


class TenantFiles(FileSystemStorage):
    """`upload_to/name` becomes `<schema>/upload_to/<random><suffix>`; what a file was called is kept in its row."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        path = PurePosixPath(name)
        suffix = path.suffix if path.suffix[1:].isalnum() and len(path.suffix) < 10 else ""
        folder = "" if str(path.parent) == "." else f"{path.parent}/"
        return f"{connection.schema_name}/{folder}{secrets.token_urlsafe(24)}{suffix}"

    def url(self, name: str | None) -> str:
        raise NotImplementedError("Files are served by a view after a right check, never by their path.")

    def _open(self, name: str, mode: str = "rb") -> Any:
        if not name.startswith(f"{connection.schema_name}/"):
            raise FileNotFoundError(name)
        return super()._open(name, mode)
