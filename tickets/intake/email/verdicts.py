"""PURE. What our provider found out about a sender (RFC 8601). Anybody can write the header: only our provider's counts.

Its header stands on top of all others; where the door names the provider's own id (`authserv-id`), only one with that id counts.
We act on failures alone, so that a forged "pass" gains nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from tickets.intake.email.headers import header, headers

FOUND = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """pass, fail, none, softfail ...; "" where nobody said."""

    dmarc: str = ""
    spf: str = ""
    dkim: str = ""

    @property
    def is_forged(self) -> bool:
        """The domain of the From line disowns the mail: DMARC failed, or nobody asked it and both of its tests failed."""
        if self.dmarc:
            return self.dmarc == "fail"
        return self.spf in ("fail", "hardfail") and self.dkim in ("fail", "permerror")


def read_verdicts(message: Message, authserv_id: str = "", told: dict[str, str] | None = None) -> Verdicts:
    """`told`: what the provider said beside the mail, which goes before any header."""
    if told:
        return Verdicts(**{name: told.get(name, "").lower() for name in ("dmarc", "spf", "dkim")})
    results = headers(message, "Authentication-Results")
    if authserv_id:
        results = [r for r in results if r.split(";")[0].split()[:1] == [authserv_id]]
    if not results:
        received = header(message, "Received-SPF").split(" ")[0].lower()
        return Verdicts(spf=received if not authserv_id else "")
    found: dict[str, str] = {}
    for method, result in FOUND.findall(re.sub(r"\([^)]{0,500}\)", "", results[0][:5_000])):
        method, result = method.lower(), result.lower()
        if method == "dkim" and "pass" in (result, found.get("dkim")):  # one good signature is enough
            found["dkim"] = "pass"
        else:
            found.setdefault(method, result)
    return Verdicts(**found)


def is_marked_spam(message: Message) -> bool:
    """What the provider's filter wrote into the mail."""
    flag = header(message, "X-Spam-Flag").lower() or header(message, "X-Mailgun-Sflag").lower()
    status = header(message, "X-Spam-Status").lower()
    return (
        flag == "yes" or status.startswith("yes") or header(message, "X-SES-Spam-Verdict").upper() == "FAIL"
    )
