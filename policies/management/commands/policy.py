"""`manage.py policy explain|lint|load|export|publish`: a policy from the command line.

What is asked for goes to stdout, progress and errors to stderr. Exit status: 0 all went well, 1 the policy
has errors or was refused, 2 the question cannot be answered as put.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from policies import codec, command
from policies.document import Policy

UNUSABLE = 2


class Command(BaseCommand):
    help = "Explain, check, load, export or publish a support policy."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        command.add_explain_arguments(
            actions.add_parser("explain", help="which deadlines a request gets, and why")
        )
        lint = actions.add_parser("lint", help="what is wrong with a policy")
        lint.add_argument("source", help=command.SOURCE_HELP)
        lint.add_argument("--language", default="en")
        lint.add_argument("--json", action="store_true", help="print a JSON list")
        load = actions.add_parser("load", help="put a pack or a file into a desk's draft")
        load.add_argument("tenant", help="tenant:SLUG")
        load.add_argument("source", help="pack:NAME, NAME, or a file ending in .toml")
        export = actions.add_parser("export", help="print a desk's draft (or a pack) as TOML")
        export.add_argument("source", help=command.SOURCE_HELP)
        export.add_argument("--output", default="", help="write to this file instead of stdout")
        publish = actions.add_parser("publish", help="publish a desk's draft")
        publish.add_argument("tenant", help="tenant:SLUG")
        publish.add_argument("--from", dest="effective_from", default="", help="ISO 8601; default: now")
        publish.add_argument("--open-tickets-too", action="store_true", help="default: new tickets only")
        publish.add_argument("--note", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])(options)
        except command.UsageError as error:
            raise CommandError(str(error), returncode=UNUSABLE) from None

    # -- asked of a pack, a file or a desk
    # ------------------------------------------------------------------------

    def explain(self, options: dict[str, Any]) -> None:
        if command.is_tenant(options["source"]):
            explained = _explain_tenant(options)
        else:
            explained = command.explain_source(options)
        self.stdout.write(command.printed(explained, options))

    def lint(self, options: dict[str, Any]) -> None:
        policy = _read(options["source"])
        if options["json"]:
            found = [
                {"path": p.path, "severity": p.severity, "message": p.say(options["language"])}
                for p in command.lint(policy)
            ]
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        lines, publishable = command.lint_report(policy, options["language"])
        if not options["json"]:
            for line in lines:
                self.stdout.write(line)
        if not publishable:
            raise CommandError(f"{policy.key} has errors and could not be published.")
        self.stderr.write(
            f"{policy.key}: {len(lines)} warning(s)" if lines else f"{policy.key}: nothing wrong"
        )

    def export(self, options: dict[str, Any]) -> None:
        text = codec.dump(_read(options["source"]))
        if options["output"]:
            Path(options["output"]).write_text(text, encoding="utf-8")
            self.stderr.write(f"written to {options['output']}")
        else:
            self.stdout.write(text, ending="")

    # -- done to a desk
    # -------------------------------------------------------------------------------------------

    def load(self, options: dict[str, Any]) -> None:
        policy = command.read_source(options["source"])
        with _desk(options["tenant"]):
            from policies import draft
            from tenants.moment import now

            draft.load_draft(policy, at=now())
        self.stderr.write(
            f"{policy.key} is the draft of {options['tenant']}; `policy publish` puts it into force"
        )

    def publish(self, options: dict[str, Any]) -> None:
        with _desk(options["tenant"]):
            from policies import draft, publishing
            from tenants.moment import now

            policy = _draft()
            effective_from = options["effective_from"]
            try:
                version = publishing.publish(
                    revision=draft.state().revision,
                    by=None,
                    at=now(),
                    effective_from=command.moment_from(effective_from, policy) if effective_from else None,
                    adopts_open=options["open_tickets_too"],
                    note=options["note"],
                )
            except publishing.PolicyHasErrors:
                for line in command.lint_report(policy)[0]:
                    self.stderr.write(line)
                raise CommandError("The policy has errors and was not published.") from None
            except publishing.Refused as refused:
                raise CommandError(str(refused)) from None
        self.stderr.write(f"version {version.number} takes effect at {version.effective_from.isoformat()}")


def _read(source: str) -> Policy:
    if not command.is_tenant(source):
        return command.read_source(source)
    with _desk(source):
        return _draft()


def _draft() -> Policy:
    from policies import draft

    try:
        return draft.export_draft()
    except draft.NoDraft as error:
        raise command.UsageError(str(error) or "This desk has no draft yet.") from None


def _explain_tenant(options: dict[str, Any]) -> dict[str, Any]:
    """By the version and the hours in force at that moment, as the running system would decide."""
    with _desk(options["source"]):
        from policies import publishing
        from policies.calendars import ALWAYS
        from policies.explanation import explain
        from sla.business_time import BusinessHours
        from sla.calendars import hours_at
        from tenants.moment import now

        try:
            at = now()
            if options["at"]:
                at = command.moment_from(options["at"], publishing.policy_of(publishing.version_in_force(at)))
            version = publishing.version_in_force(at)
        except publishing.NoPolicy as error:
            raise command.UsageError(str(error)) from None
        policy = publishing.policy_of(version)
        hours = {ALWAYS: BusinessHours.always()}
        hours |= {spec.key: hours_at(spec.key, at) for spec in policy.calendars}
        facts = command.facts_from(options, policy)
        return explain(policy, facts, at, hours, options["language"], version=version.number)


@contextmanager
def _desk(source: str) -> Iterator[None]:
    from django_tenants.utils import tenant_context

    from tenants.provisioning import tenant_by_slug

    try:
        tenant = tenant_by_slug(source.removeprefix("tenant:"))
    except ValidationError as error:
        raise command.UsageError("; ".join(error.messages)) from None
    with tenant_context(tenant):
        yield
