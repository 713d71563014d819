"""Files come as multipart/form-data: fields as in JSON, lists by repeating a field, objects as JSON, and `files`."""

from __future__ import annotations

import json
from typing import Any

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.serializers import DictField, ListField

from tickets.api import problems
from tickets.api.fields import Strict

LARGEST = 210_000_000  # bytes of one request: ten files as large as an attachment rule has them by default
FILES = "files"


class Form(MultiPartParser):
    """Bounded: what is declared too large is not read."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0
        if int(length) > LARGEST:
            raise problems.TooLarge()
        return super().parse(stream, media_type, parser_context)


def plain(form: Any, accepted: type[Strict]) -> dict[str, Any]:
    """The form's fields as JSON would have them; `files` stays a list of files."""
    fields, values = accepted().fields, {}
    for name, sent in form.lists():
        if name == FILES or isinstance(fields.get(name), ListField):
            values[name] = sent
        elif isinstance(fields.get(name), DictField):
            values[name] = _read(name, sent[-1])
        else:
            values[name] = sent[-1]
    return values


def _read(name: str, written: Any) -> Any:
    try:
        return json.loads(written)
    except (TypeError, ValueError, RecursionError):
        raise ValidationError({name: ["In a form, write this field as a JSON object."]}) from None


def files_of(data: dict[str, Any]) -> list[Any]:
    """Take the files out of what was sent. What is no file, or has no name that can be kept, is refused."""
    files = data.pop(FILES, [])
    for file in files:
        if not hasattr(file, "chunks"):
            raise ValidationError({FILES: ["Send files as files: with a file name."]})
        if "\x00" in (file.name or ""):
            raise ParseError("A file's name holds a NUL character.")
    return files
