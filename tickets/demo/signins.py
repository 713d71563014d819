"""`var/demo.json`: where to go and how to sign in. Only its owner may read it."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from tenants.links import with_port
from tenants.people.models import User
from tickets.demo.people import address, password_of
from tickets.demo.script import SLUGS, Script, script_of

PLATFORM = "platform@helpdesk.example"


def file() -> Path:
    return Path(os.environ.get("HELPDESK_VAR", settings.BASE_DIR / "var")) / "demo.json"


def read() -> list[dict[str, Any]]:
    """What was written last, [] without a demo."""
    try:
        return json.loads(file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []


def write() -> None:
    """All or nothing, with mode 0600 from the first byte."""
    entries = [entry for slug in SLUGS for entry in of_desk(script_of(slug))]
    entries.append(entry_of("platform", url("", "/admin/"), "admin", PLATFORM))
    folder = file().parent
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".demo.json.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        target.write(json.dumps(entries, indent=2, ensure_ascii=False) + "\n")
    os.replace(name, file())


def of_desk(script: Script) -> list[dict[str, str]]:
    """One person of each role; the customer is the first of the first company."""
    company = script.companies[0]
    people = {"customer": address(company["people"][0], company["domain"])}
    for role in (User.Role.AGENT, User.Role.SUPERVISOR, User.Role.ACCOUNT_MANAGER, User.Role.ADMIN):
        said = next((each for each in script.staff if each["role"] == role), None)
        if said is not None:
            people[str(role.value)] = address(said, script.desk["domain"])
    return [entry_of(script.slug, url(script.slug, "/"), role, email) for role, email in people.items()]


def entry_of(tenant: str, where: str, role: str, email: str) -> dict[str, str]:
    return {"tenant": tenant, "url": where, "role": role, "email": email, "password": password_of(tenant)}


def url(slug: str, path: str) -> str:
    host = f"{slug}.{settings.BASE_DOMAIN}" if slug else settings.BASE_DOMAIN
    return f"{settings.SCHEME}://{with_port(host)}{path}"
