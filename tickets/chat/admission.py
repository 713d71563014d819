"""Who may chat (TD01), and where everybody else is pointed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from policies.decisions import decide
from policies.document import Policy, Text
from policies.facts import Facts
from tenants.customers.models import Membership
from tickets.chat.models import ChatSettings


@dataclass(frozen=True, slots=True)
class Admission:
    """`why` it is closed: "" (it is open), "off", "agent", "sign_in", "not_enabled", "channel"."""

    why: str = ""
    asks_who: bool = False  # a visitor, who gives name and e-mail
    pointer: Text | None = None

    @property
    def is_open(self) -> bool:
        return not self.why


def settings_now() -> ChatSettings:
    return ChatSettings.objects.filter(id=1).first() or ChatSettings()


def admit(person: Any, settings: ChatSettings, policy: Policy | None) -> Admission:
    """Whether `person` (a User, or an anonymous visitor) may begin a chat now."""
    if not settings.is_on or policy is None:
        return Admission("off")
    pointer = settings.pointer or None
    if not person.is_authenticated:
        if not settings.visitors:
            return Admission("sign_in", pointer=pointer)
        return _by_policy(policy, "") or Admission(asks_who=True)
    if person.is_agent:
        return Admission("agent")
    membership = Membership.objects.select_related("company").filter(person=person).first()
    company = membership.company if membership else None
    plan = (company.plan if company else "") or (policy.plans[0].key if policy.plans else "")
    if settings.audience == ChatSettings.Audience.CHOSEN and plan not in settings.plans:
        if company is None or not settings.companies.filter(pk=company.pk).exists():
            return Admission("not_enabled", pointer=pointer)
    return _by_policy(policy, plan) or Admission()


def _by_policy(policy: Policy, plan: str) -> Admission | None:
    """The policy's own word on its channel `chat`: undeclared, for other plans, or a pointer elsewhere."""
    decision = decide(policy, Facts(channel="chat", plan=plan))
    if decision.accepted:
        return None
    return Admission("channel", pointer=decision.pointer or decision.sentence)


def origins_of(text: str) -> list[str]:
    """The origins of the setting `sites`, one a line, as `frame-ancestors` wants them. ValidationError names a wrong line."""
    found = []
    for line in text.split():
        parts = urlsplit(line if "://" in line else f"https://{line}")
        host = (parts.hostname or "").removeprefix("*.")
        try:
            port = parts.port
        except ValueError:
            port = -1
        plain = host and host.replace("-", "").replace(".", "").isalnum() and host.isascii()
        secure = parts.scheme == "https" or (parts.scheme == "http" and host.endswith("localhost"))
        if (
            not plain
            or not secure
            or port == -1
            or parts.path not in ("", "/")
            or parts.query
            or parts.username
        ):
            raise ValidationError(
                _("“%(line)s” is not a site's address. Write it like https://www.example.com, one a line.")
                % {"line": line[:100]}
            )
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        if origin not in found:
            found.append(origin)
    return found
