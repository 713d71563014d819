"""The people of a demo desk: its face, teams, staff, companies and customers. All of a desk share one password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password

from tenants.customers.models import Company, Desk, Membership, Team
from tenants.customers.register import enter_licence
from tenants.people.models import User
from tickets.demo.script import Script


def password_of(slug: str) -> str:
    return f"demo-{slug}-2026"


def admin_of(script: Script) -> str:
    return next(address(each, script.desk["domain"]) for each in script.staff if each["role"] == "admin")


def address(person: dict[str, Any], domain: str) -> str:
    return person.get("email") or f"{person['key']}@{domain}"


def furnish(script: Script) -> dict[str, User]:
    """Everybody by key. The desk has its policy already, and with it the teams that the policy names."""
    password = make_password(password_of(script.slug))
    desk = dict(script.desk)
    domain, tz, language = desk.pop("domain"), desk["timezone"], desk["languages"][0]
    desk.pop("pace", None)
    desk.pop("chat", None)
    Desk.objects.filter(id=1).update(**desk)

    def person(said: dict[str, Any], domain: str) -> User:
        known = {
            "name": said["name"], "role": said.get("role", User.Role.CUSTOMER), "language": said.get("language", language),
            "timezone": said.get("timezone", tz), "signature": said.get("signature", ""),
            "phone": said.get("phone", ""), "password": password, "spoken_languages": said.get("speaks", []),
        }  # fmt: skip
        return User.objects.update_or_create(email=address(said, domain), defaults=known)[0]

    people = {said["key"]: person(said, domain) for said in script.staff}
    for said in script.staff:
        for team in Team.objects.filter(key__in=said.get("teams", ())):
            team.members.add(people[said["key"]])
    for said in script.companies:
        company = Company.objects.create(
            name=said["name"],
            plan=said["plan"],
            account_manager=people.get(said.get("manager", "")),
            members_see_each_other=said.get("see_each_other", False),
        )
        for one in said["people"]:
            people[one["key"]] = person(one, said["domain"])
            is_manager = one.get("manages", False)
            Membership.objects.create(person=people[one["key"]], company=company, is_manager=is_manager)
            enter_licence(number=f"{script.slug.upper()}-{1000 + len(people)}", email=people[one["key"]].email,
                product=desk["name"], plan=said["plan"])  # fmt: skip
    return people
