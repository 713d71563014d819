"""Who may ask for help and hold an account, as the policy says (ZP04, CH04): the one place that knows.

By policy: anybody; only addresses with an active licence in the register of purchases; only people whom staff invited.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from notifications.models import Notification
from policies import publishing
from policies.document import Policy
from policies.mailboxes import department_of
from tenants.customers import register
from tenants.customers.models import Company
from tenants.people.models import User


def stranger_of(policy: Policy, requester: User, at: datetime, *, by: User | None = None) -> str:
    """Why `requester` is none whom the policy serves ("unregistered", "pending"); "" where they are.

    `by`: somebody of our side asks on their behalf. Who was not invited yet may be spoken for (CH03); a licence is needed
    whoever speaks.
    """
    if requester.is_agent or policy.who_may_ask == "anybody":
        return ""
    if policy.who_may_ask == "purchases":
        return "" if register.holds_licence(requester.email, day_of(policy, at)) else "unregistered"
    return "" if by is not None or requester.has_usable_password() else "pending"


def plan_of(policy: Policy, person: User, company: Company | None, at: datetime) -> str:
    """The plan of their company, else, where purchases count, that of their licence; "": the policy's first."""
    if company is not None:
        return company.plan
    if policy.who_may_ask != "purchases":
        return ""
    plans = register.licences_of(person.email, day_of(policy, at)).values_list("plan", flat=True)
    return next((plan for plan in plans if plan), "")


def may_begin(person: User, at: datetime) -> bool:
    """Whether somebody without a password may choose one because they ask for it, and not because staff invites them."""
    policy = policy_at(at)
    if policy is None or person.is_agent or policy.who_may_ask == "anybody":
        return True
    if policy.who_may_ask == "purchases":
        return register.holds_licence(person.email, day_of(policy, at))
    return Notification.objects.filter(person=person, kind="invitation").exists()


def why_no_account(email: str, at: datetime, *, unlicensed: bool = True) -> str:
    """Why staff makes no customer's account for this address, in the active language; "" where they may.

    unlicensed: whether an address without licence is refused, too, where the policy asks for one.
    """
    policy = policy_at(at)
    if policy is None:
        return ""
    if department := department_of(policy, email):
        return _(
            "%(mailbox)s@ is a department's mailbox. Accounts are personal: whoever reads it could act in "
            "another's name. Ask for the person's own address."
        ) % {"mailbox": department}
    if unlicensed and policy.who_may_ask == "purchases":
        if not register.holds_licence(email, day_of(policy, at)):
            return _("No active licence has this address. Enter the purchase in the register first.")
    return ""


def refuse_department(email: str, at: datetime) -> None:
    if reason := why_no_account(email, at, unlicensed=False):
        raise ValidationError({"email": reason})


def policy_at(at: datetime) -> Policy | None:
    try:
        return publishing.policy_of(publishing.version_in_force(at))
    except publishing.NoPolicy:
        return None


def day_of(policy: Policy, at: datetime) -> date:
    return at.astimezone(ZoneInfo(policy.tz)).date()
