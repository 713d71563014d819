"""Who writes from a number. Nobody becomes an agent by a number, and a number alone never opens another person's tickets."""

from __future__ import annotations

from django.db.models import CharField, F, Func, Value

from tenants.customers.models import Company, Desk, Membership
from tenants.people.models import User
from tickets.intake import addresses
from tickets.intake.models import Correspondent, Door


class NotServed(Exception):
    """Whoever uses this number is not to be served by it; the words are for the admin."""


def person_at(door: Door, address: str, name: str = "", company: Company | None = None) -> User:
    """The person who writes from `address` (E.164) to this door; a customer is made of an unknown number.

    company: whose group they write in; who belongs to none yet belongs to that one. Raises NotServed.
    """
    known = Correspondent.objects.select_related("person").filter(kind=door.kind, address=address).first()
    person = known.person if known else _by_profile(door, address) or _made(address, name)
    if not person.is_active:
        raise NotServed(f"{person} was deactivated.")
    if person.is_agent:
        raise NotServed(f"{person} is an agent now: agents answer in the desk, not from a number.")
    if known is None:
        Correspondent.objects.create(kind=door.kind, address=address, person=person)
    if company is not None:
        Membership.objects.get_or_create(person=person, defaults={"company": company})
    return person


def _by_profile(door: Door, address: str) -> User | None:
    """The one active customer in whose profile this number stands; None where nobody or more than one has it."""
    only_digits = Func(
        F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=CharField()
    )
    customers = User.objects.filter(role=User.Role.CUSTOMER, is_active=True).exclude(phone="")
    ending = customers.annotate(digits=only_digits).filter(digits__endswith=address[-8:])
    region = addresses.region_of(door.address)
    having = [person for person in ending[:20] if addresses.e164(person.phone, region) == address]
    return having[0] if len(having) == 1 else None


def _made(address: str, name: str) -> User:
    desk = Desk.objects.first() or Desk()
    person = User(
        email=addresses.without_mailbox(address),
        name=" ".join(name.split())[:200] or address,
        language=desk.languages[0] if desk.languages else "en",
        timezone=desk.timezone,
        phone=address,
    )
    person.set_unusable_password()
    earlier = User.objects.filter(email=person.email).first()  # known by another kind of door
    if earlier is None:
        person.save()
    return earlier or person


def is_one_of_us(address: str, region: str | None) -> bool:
    """Whether the number stands in an agent's profile: what they say in a group is no request."""
    staff = User.objects.exclude(role=User.Role.CUSTOMER).filter(is_active=True).exclude(phone="")
    return any(addresses.e164(phone, region) == address for phone in staff.values_list("phone", flat=True))
