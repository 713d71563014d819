"""What looks like a secret, masked to its first and last characters (TD17). PURE: text in, text out.

Named shapes only: a provider's prefix, a header, a word such as "senha" before a value, a card number that adds up. No
guess by entropy: hashes, UUIDs, order numbers and log lines stay as they are. The text is read in one pass a shape, each
bounded, so that a long message costs what its length costs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

HIDDEN = "•" * 6


@dataclass(frozen=True, slots=True)
class Masked:
    """`kinds`: what was found, e.g. ("key", "password"); empty where the text is as it was."""

    text: str
    kinds: tuple[str, ...] = ()


def masked(text: str) -> Masked:
    """`text` without its secrets."""
    kinds: list[str] = []
    for kind, pattern, is_one in SHAPES:

        def hide(found: re.Match[str], kind: str = kind, is_one: Callable[[str], bool] = is_one) -> str:
            value = found["value"]
            if HIDDEN in value or not is_one(value):
                return found[0]
            kinds.append(kind)
            secret = value.rstrip(".,;!?)")  # what ends the sentence is no part of it
            begin = found.start("value") - found.start()
            return f"{found[0][:begin]}{shortened(secret)}{found[0][begin + len(secret) :]}"

        text = pattern.sub(hide, text)
    return Masked(text, tuple(dict.fromkeys(kinds)))


def shortened(value: str) -> str:
    """First and last characters: four of a long value, two, or one of a short one."""
    kept = 4 if len(value) >= 20 else 2 if len(value) >= 10 else 1
    return f"{value[:kept]}{HIDDEN}{value[-kept:]}"


# --- shapes -----------------------------------------------------------------------------------------------------------

PREFIXED = [
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",  # AWS
    r"gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[\w-]{20,64}",
    r"xox[abeoprs]-[\w-]{10,250}|xapp-\d-[\w-]{10,250}",  # Slack
    r"(?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{16,247}|whsec_[A-Za-z0-9+/]{20,64}={0,2}",  # Stripe, webhooks
    r"sk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,250}",  # model providers
    r"AIza[\w-]{35}|ya29\.[\w-]{20,250}|GOCSPX-[\w-]{20,64}",  # Google
    r"SG\.[\w-]{16,32}\.[\w-]{16,64}|key-[0-9a-f]{32}|xkeysib-[0-9a-f]{40,80}(?:-\w{16})?",  # mail providers
    r"EAA[A-Za-z0-9]{40,400}",  # Meta
    r"SK[0-9a-f]{32}",  # Twilio
    r"npm_[A-Za-z0-9]{36}|pypi-[\w-]{40,250}|dckr_pat_[\w-]{20,64}|hf_[A-Za-z0-9]{30,64}",
    r"do[opr]_v1_[0-9a-f]{64}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|sq0(?:atp|csp)-[\w-]{22,64}",
    r"APP_USR-[\w-]{20,120}|TEST-\d{12,20}-\d{6}-[0-9a-f]{32}-\d{5,12}",  # Mercado Pago
    r"\$aact_[\w:+/=-]{20,250}",  # Asaas
    r"\d{8,10}:AA[\w-]{32,36}",  # Telegram bots
    r"eyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\.[\w-]{10,1000}",  # JWT
]
NAMES = (
    r"(?:api[ _-]?keys?|api[ _-]?tokens?|api[ _-]?secrets?|apikey|secret[ _-]?keys?|client[ _-]?secret|"
    r"app[ _-]?secret|access[ _-]?tokens?|access[ _-]?keys?|auth[ _-]?tokens?|refresh[ _-]?token|bearer[ _-]?token|"
    r"private[ _-]?key|secret|token|chaves?(?: de| da)? (?:api|acesso)|chave[_-]api|clave(?: de)? api|"
    r"api-schlüssel|ключ api|AccountKey|SharedAccessKey)"
)
PASSWORDS = (
    r"(?:passwords?|passwd|passphrase|passcode|pwd|pass|senhas?|contrase(?:ñ|n)as?|clave|kennwort|"
    r"passwort|пароль)"
)
TOLD = r"(?:\s{0,3}(?:[:=]|=>|:=)\s{0,3}|\s{1,3}(?:is|was|are|é|e'|era|es|fue|ist|lautet|eh)\s*:?\s{1,3})"
FOR_WHOM = r"(?:\s{1,2}(?:for|of|do|da|de|del|para|für|para o|para a)\s{1,2}[\w.@ -]{1,40}?)?"
QUOTED = r"[\"'`“‘«]?"


def _anything(value: str) -> bool:
    return True


def _is_key(value: str) -> bool:
    """Long enough, and neither a word nor a figure."""
    return len(value) >= 12 and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _is_password(value: str) -> bool:
    """Letters with figures or signs among them: no ordinary word, no date, no placeholder."""
    value = value.rstrip(".,;!?)")
    if len(value) < 5 or not any(c.isalnum() for c in value) or re.fullmatch(r"[\d.,:/%-]*", value):
        return len(value) >= 6 and value.isdigit()
    if value.startswith(("http://", "https://", "<", "{", "$", "%", "[")) or "***" in value:
        return False
    has_figure = any(c.isdigit() for c in value)
    has_sign = any(not c.isalnum() and c not in "-'’_./" for c in value[:-1])
    is_mixed = re.search(r"[a-zà-ÿ][A-Z]", value) is not None
    return has_figure or has_sign or is_mixed


def _stands_alone(value: str) -> bool:
    """A bare word after "senha:" that ends its line: a weak password rather than the beginning of a sentence."""
    return _is_password(value) or (len(value) >= 5 and value.lower() not in SAID_OF_PASSWORDS)


SAID_OF_PASSWORDS = {
    "incorreta", "incorreto", "inválida", "invalida", "errada", "obrigatória", "obrigatorio", "expirada", "esqueci",
    "alterada", "redefinida", "nenhuma", "vazia", "required", "invalid", "wrong", "incorrect", "expired", "missing",
    "empty", "changed", "reset", "forgotten", "hidden", "redacted", "masked", "optional", "minimum", "unknown", "false",
    "undefined", "incorrecta", "olvidada", "caducada", "requerida", "falsch", "abgelaufen", "vergessen", "string",
    "password", "senha", "contraseña", "anexo", "abaixo", "below", "attached", "above", "acima",
}  # fmt: skip


CARD_SCHEMES = re.compile(
    r"4\d{15}|5[0-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[68]\d{12}|6(?:011|5\d\d|36\d|062)\d{12}"
)


def _is_card(value: str) -> bool:
    """A number of a card scheme whose check digit is right (ISO/IEC 7812-1)."""
    digits = re.sub(r"\D", "", value)
    if not CARD_SCHEMES.fullmatch(digits) or len(set(digits)) < 2:
        return False
    doubled = [int(d) * 2 for d in digits[-2::-2]]
    return (sum(int(d) for d in digits[-1::-2]) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


def _shape(kind: str, pattern: str, is_one: Callable[[str], bool] = _anything, flags: int = 0):
    return kind, re.compile(pattern, flags), is_one


SHAPES = [
    _shape("key", r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?P<value>(?:[^-]|-(?!----)){1,20000})"),
    _shape("key", rf"(?<![\w-])(?P<value>{'|'.join(PREFIXED)})(?![A-Za-z0-9])"),
    _shape("key", r"\b(?:Bearer|Basic|Token|Bot)\s{1,3}(?P<value>[\w+/.~-]{16,4000}={0,2})", _is_key),
    _shape("key", r"\b(?:authorization|d360-api-key|x-api-key|x-auth-token|cookie|set-cookie)[\"']?\s{0,3}[:=]\s{0,3}"
           rf"{QUOTED}(?:\w{{1,12}}\s)?(?P<value>[^\s\"',;]{{12,4000}})", _is_key, re.IGNORECASE),
    _shape("password", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,100}:(?P<value>[^\s/@]{3,200})@", flags=re.IGNORECASE),
    _shape("key", rf"(?<![^\W_]){NAMES}[\"']?{FOR_WHOM}{TOLD}{QUOTED}(?P<value>[^\s\"'`”’»,;<>]{{12,4000}})", _is_key,
           re.IGNORECASE),
    _shape("password", rf"(?<![^\W_]){PASSWORDS}[\"']?{FOR_WHOM}{TOLD}{QUOTED}(?P<value>[^\s\"'`”’»,;<>]{{5,200}})",
           _is_password, re.IGNORECASE),
    _shape("password", rf"(?<![^\W_]){PASSWORDS}[\"']?\s{{0,3}}[:=]\s{{0,3}}{QUOTED}(?P<value>\w{{5,60}}){QUOTED}[.;,]?\s*$",
           _stands_alone, re.IGNORECASE | re.MULTILINE),
    _shape("card", r"(?<![\w.,:/-])(?P<value>\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}|3\d{3}[ -]?\d{6}[ -]?\d{5})"
           r"(?![\w-]|[.,]\d)", _is_card),
]  # fmt: skip
