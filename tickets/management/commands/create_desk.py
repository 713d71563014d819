"""`manage.py create_desk SLUG --pack PACK|--blank --admin EMAIL`: a working desk in one command."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from policies.document import say
from policies.packs import load_pack
from tenants.links import with_port
from tenants.moment import now
from tickets.desks import blank_policy, create_desk


class Command(BaseCommand):
    help = "Make a working desk. Run again after an interruption, it goes on where it stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the first part of its host name")
        policy = parser.add_mutually_exclusive_group(required=True)
        policy.add_argument("--pack", help="start from this policy pack")
        policy.add_argument("--blank", action="store_true", help="start from an empty policy")
        parser.add_argument(
            "--admin", required=True, help="e-mail of its first admin, who is invited by mail"
        )
        parser.add_argument("--name", default="", help="what the desk is called")

    def handle(self, *args: Any, slug: str, pack: str | None, admin: str, name: str, **options: Any) -> None:
        try:
            policy = load_pack(pack) if pack else blank_policy(slug)
            tenant = create_desk(
                slug, name=name or say(policy.name, policy.language), policy=policy, admin=admin, at=now()
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except (LookupError, FileNotFoundError) as error:
            raise CommandError(str(error)) from error
        host = tenant.domains.get(is_primary=True).domain
        self.stdout.write(f"{tenant.name} is ready at {with_port(host)}; {admin} was invited by mail.")
