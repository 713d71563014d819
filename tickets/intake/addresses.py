"""Addresses as they are kept: an e-mail in lower case, a telephone number as E.164."""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

NO_MAILBOX = "phone.invalid"  # of people known by a number alone; RFC 2606: no mail can ever go there


def checked(text: str, shape: str) -> str:
    """A typed address of ours as it is kept. `shape`: "email" or "phone"."""
    if shape == "phone":
        number = e164(text) if text.strip().startswith("+") else None
        if number is None:
            raise ValidationError(
                _("This is not a telephone number. Write it with its country: +55 38 99950-7998.")
            )
        return number
    validate_email(text.strip())
    return text.strip().lower()


def e164(text: str, region: str | None = None) -> str | None:
    """ "+5538999507998" of any usual way to write it; None for what is no number.

    region: the country of numbers written without one, such as "BR". A WhatsApp id ("5538999507998") is taken with its
    country code. Possible numbers count, not only those that the plan has assigned: the plan changes faster than libraries.
    """
    text = text.strip()[:40]
    digits = "".join(filter(str.isdigit, text))
    for written, country in ((text, region), (f"+{digits}", None)):
        if not written.startswith("+") and country is None:
            continue
        try:
            number = phonenumbers.parse(written, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return with_ninth_digit(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None


def with_ninth_digit(number: str) -> str:
    """Brazil's mobile numbers have nine digits after the area code; WhatsApp's ids of older ones still have eight."""
    if number.startswith("+55") and len(number) == 13 and number[5] in "6789":
        return f"{number[:5]}9{number[5:]}"
    return number


def region_of(number: str) -> str | None:
    """The country of one of our own numbers: what people leave out when they write theirs."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return None


def without_mailbox(number: str) -> str:
    """What stands where an e-mail address must be, for somebody of whom only the number is known."""
    return f"{number.removeprefix('+')}@{NO_MAILBOX}"
