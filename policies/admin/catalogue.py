"""What rules name: channels, plans, priorities, topics with their fields, teams, and what a policy says once."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline

from policies import models, words
from policies.admin.choices import keys_of
from policies.admin.parts import DraftFields, PartAdmin, PartForm
from policies.codec import WEEKDAYS
from policies.document import Policy, say
from policies.draft import write_week


def said(text: dict[str, str]) -> str:
    return say(text, get_language() or "en")


@admin.register(models.Channel)
class ChannelAdmin(PartAdmin):
    list_display = ("called", "what_happens", "address", "whose")
    fieldsets = (
        (None, {"fields": ("key", "name", "address", "opens", "pointer", "sla", "plans")}),
        (_("Note"), {"fields": ("note",), "classes": ["collapse"]}),
    )
    helps = {
        "key": _("Which door this is. Each kind of door once."),
        "address": _("What the customer uses: an e-mail address, a number, a web address."),
        "pointer": _("What the sender is told where no ticket is opened."),
        "sla": _("Off: a contact here becomes a ticket, but nothing is promised."),
        "plans": _("Nothing ticked: for every plan."),
    }

    @admin.display(description=_("channel"))
    def called(self, channel: models.Channel) -> str:
        return said(channel.name) or str(words.CHANNELS.get(channel.key, channel.key))

    @admin.display(description=_("a contact here"))
    def what_happens(self, channel: models.Channel) -> str:
        opens = words.OPENS.get(channel.opens, channel.opens)
        if channel.opens == "ticket" and not channel.sla:
            return f"{opens}, " + _("without deadlines")
        return str(opens)

    @admin.display(description=_("plans"))
    def whose(self, channel: models.Channel) -> str:
        return ", ".join(channel.plans) or str(_("every plan"))


@admin.register(models.Plan)
class PlanAdmin(PartAdmin):
    list_display = ("called", "key", "note")
    fields = ("key", "name", "meetings", "developers", "any_number", "calls_to_manager", "note")
    helps = {
        "key": _("A short word that rules and companies name, such as premium. Best never changed."),
        "meetings": _("Off: a meeting is single, and scheduled only when a quote for it was accepted."),
        "developers": _("On: a developer joins its tickets without the account manager's approval."),
        "any_number": _(
            "Off: calls are taken on the support number alone, which is the telephone channel's address."
        ),
        "calls_to_manager": _("On: the ticket of a call belongs to the company's account manager at once."),
    }

    @admin.display(description=_("plan"))
    def called(self, plan: models.Plan) -> str:
        return said(plan.name) or plan.key


@admin.register(models.Budget)
class BudgetAdmin(PartAdmin):
    list_display = ("called", "included", "whose")
    fields = ("key", "kind", "hours", "per", "plans", "note")
    helps = {
        "key": _("A short word for this budget, such as training-premium."),
        "hours": _("Such as 4h. Time entries draw on them; what exceeds them is quoted first."),
        "per": _("A contract period is entered under Contracts; without one it is the calendar year."),
        "plans": _("Nothing ticked: for every plan. The first budget that fits a plan and a kind counts."),
    }

    @admin.display(description=_("kind of work"))
    def called(self, budget: models.Budget) -> str:
        return str(words.HOUR_KINDS.get(budget.kind, budget.kind))

    @admin.display(description=_("hours"))
    def included(self, budget: models.Budget) -> str:
        return f"{words.hours(budget.hours)} / {words.PERIODS.get(budget.per, budget.per)}"

    @admin.display(description=_("plans"))
    def whose(self, budget: models.Budget) -> str:
        return ", ".join(budget.plans) or str(_("every plan"))


@admin.register(models.Priority)
class PriorityAdmin(PartAdmin):
    list_display = ("called", "meaning")
    fields = ("key", "name", "definition", "examples")
    helps = {
        "key": _("1 is the most urgent."),
        "definition": _("Shown where the priority is chosen."),
        "examples": _("One a line; the same line in each language is the same example."),
    }

    @admin.display(description=_("priority"))
    def called(self, priority: models.Priority) -> str:
        return f"{priority.key} {said(priority.name)}"

    @admin.display(description=_("definition"))
    def meaning(self, priority: models.Priority) -> str:
        return said(priority.definition)


class FieldInline(DraftFields, StackedInline):
    model = models.TopicField
    form = PartForm
    extra = 0
    ordering_field = "position"
    hide_ordering_field = True
    fields = ("key", "label", "kind", "required", "help", "choices", "position")
    verbose_name, verbose_name_plural = _("field"), _("fields that this topic asks for")
    helps = {
        "help": _("How the customer finds the value."),
        "choices": _(
            "For a choice or a list of tick boxes: one a line; the same line in each language is the same choice."
        ),
    }


@admin.register(models.Topic)
class TopicAdmin(PartAdmin):
    list_display = ("called", "asks", "states")
    fields = ("key", "name", "hint", "priority", "team", "situation")
    inlines = (FieldInline,)
    helps = {
        "hint": _("One line under the topic where it is chosen."),
        "priority": _("Of a new ticket, where nobody chose one."),
        "situation": _("Choosing this topic says that this holds."),
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("fields")

    @admin.display(description=_("topic"))
    def called(self, topic: models.Topic) -> str:
        return said(topic.name) or topic.key

    @admin.display(description=_("asks for"))
    def asks(self, topic: models.Topic) -> str:
        return (
            ", ".join(said(field.label) + ("*" if field.required else "") for field in topic.fields.all())
            or "–"
        )

    @admin.display(description=_("states"))
    def states(self, topic: models.Topic) -> str:
        return str(words.SITUATIONS.get(topic.situation, "–"))


@admin.register(models.Emergency)
class EmergencyAdmin(PartAdmin):
    """The checklist of the customer's form; a tick is enough (SL06)."""

    list_display = ("called", "told_by")
    fields = ("key", "name", "help", "words")
    helps = {
        "name": _("What has happened, as customers would say it: The server is down."),
        "help": _("One line under it: how to tell that it is so."),
        "words": _(
            "For messages without a form, such as WhatsApp and e-mail: any line is enough to make one an emergency. "
            "The same notation as in rules. Empty: a message alone never is."
        ),
    }

    @admin.display(description=_("condition"))
    def called(self, condition: models.Emergency) -> str:
        return said(condition.name) or condition.key

    @admin.display(description=_("words"))
    def told_by(self, condition: models.Emergency) -> str:
        return " · ".join(condition.words) or "–"


@admin.register(models.PolicyTeam)
class PolicyTeamAdmin(PartAdmin):
    list_display = ("called", "key")
    fields = ("key", "name")
    helps = {"key": _("A short word that rules name. Who is in the team is said under Teams.")}

    @admin.display(description=_("team"))
    def called(self, team: models.PolicyTeam) -> str:
        return said(team.name) or team.key


@admin.register(models.General)
class GeneralAdmin(PartAdmin):
    ordering_field = None
    exclude = ("id",)
    fieldsets = (
        (None, {"fields": ("name", "summary", "key", "language", "languages", "tz", "effective_on")}),
        (
            _("Defaults"),
            {"fields": ("default_priority", "default_team", "customer_sets_priority", "queue_order")},
        ),
        (_("Secrets"), {"fields": ("masks_secrets",)}),
        (_("One case per issue"), {"fields": ("shows_duplicates", "merged_counts_from_earlier")}),
        (
            _("End of a ticket"),
            {
                "fields": (
                    "solution_required",
                    "customer_may_close",
                    "reopen_within",
                    "closes_resolved_after",
                    "asks_rating",
                )
            },
        ),
        (_("Who may ask"), {"fields": ("who_may_ask", "stranger_pointer", "refused_mailboxes")}),
        (
            _("Emergencies"),
            {
                "fields": (
                    "emergency_calendar",
                    "emergency_team",
                    "emergency_again_after",
                    "emergency_is_free",
                )
            },
        ),
        (_("Modules"), {"fields": ("modules",)}),
        (
            _("Agreements"),
            {
                "fields": (
                    "currency",
                    "night_rate",
                    "work_rate",
                    "quote_valid",
                    "meeting_lead",
                    "meeting_topic",
                    "training_topic",
                    "monthly_report",
                )
            },
        ),
        (_("Note"), {"fields": ("note",), "classes": ["collapse"]}),
    )
    helps = {
        "tz": _("The zone in which the policy's dates are meant, such as America/Sao_Paulo."),
        "effective_on": _("Publishing before this date makes the version take effect on it."),
        "reopen_within": _(
            "Such as 336h for two weeks. A later reply opens a linked ticket. Empty: it always reopens."
        ),
        "closes_resolved_after": _(
            "Such as 72h. Empty: a resolved ticket stays so until somebody closes it."
        ),
        "asks_rating": _(
            "The mail that brings the solution asks for it, once for each solution; the answer can be changed for 14 days."
        ),
        "stranger_pointer": _("The answer to everybody else. Empty: the product's own words."),
        "refused_mailboxes": _(
            "Accounts are personal: no account is made for these addresses. What stands before the @, one a line, "
            "such as suporte."
        ),
        "emergency_calendar": _(
            "While it is open, an emergency is a most urgent ticket like any; while it is closed, everybody on duty is alerted."
        ),
        "emergency_team": _("Whose rota says who is on duty. Empty: the team that has the ticket."),
        "emergency_again_after": _(
            "Such as 10m: whoever is on duty and the supervisors are alerted again, and again, until somebody takes it. "
            "Empty: nobody is alerted."
        ),
        "emergency_is_free": _("The customer is told so, and the public page says it."),
        "modules": _("Parts of the product that a customer may name: one a line."),
        "customer_sets_priority": _("Off: the team does, in triage."),
        "currency": _("Three letters, such as BRL."),
        "night_rate": _(
            "Such as 250.00. Empty: work out of hours is not offered; requests wait for the next opening."
        ),
        "work_rate": _("Such as 180.00: what a quote begins with."),
        "quote_valid": _("Such as 72h. Who writes a quote may say another moment."),
        "meeting_lead": _("Such as 24h. Empty: meetings are not asked for in the portal."),
        "monthly_report": _(
            "On the first day of each month, about the month before: tickets, deadlines, hours."
        ),
    }

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:policies_general_change", args=[1]))


def names_for(request: HttpRequest) -> Any:
    """name(kind, key): what a key of the draft is called, for `words.condition`."""
    keys = keys_of(request)
    known = {
        kind: {key: str(label) for key, label in getattr(keys, kind)}
        for kind in ("channels", "plans", "priorities", "topics", "situations")
    }
    return lambda kind, key: known.get(kind, {}).get(key, key)


def names_of(policy: Policy, language: str) -> Any:
    """The same for a document."""
    known = {
        kind: {part.key: say(part.name, language) or part.key for part in getattr(policy, kind)}
        for kind in ("channels", "plans", "priorities", "topics", "calendars")
    } | {"situations": {key: str(label) for key, label in words.SITUATIONS.items()}}
    return lambda kind, key: known.get(kind, {}).get(key, key)


@admin.register(models.Calendar)
class CalendarAdmin(PartAdmin):
    """Name and zone; the hours have a screen of their own. A new calendar opens Monday to Friday, 08:00 to 18:00."""

    form = forms.ModelForm  # a new calendar has no hours yet, which lint would refuse
    list_display = ("called", "key", "tz")
    fields = ("key", "name", "tz", "note")
    helps = {
        "key": _("A short word that targets name, such as business."),
        "tz": _("Such as America/Sao_Paulo."),
    }

    @admin.display(description=_("calendar"))
    def called(self, calendar: models.Calendar) -> str:
        return said(calendar.name) or calendar.key

    def save_model(self, request: HttpRequest, obj: models.Calendar, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            write_week(obj, dict.fromkeys(WEEKDAYS[:5], (("08:00", "18:00"),)))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "tz":
            field.validators.append(known_zone)
        return field

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("policy_admin:calendars"))

    def response_add(
        self, request: HttpRequest, obj: models.Calendar, post_url_continue: Any = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("policy_admin:hours", args=[obj.key]))

    response_change = response_add


def known_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("This is not a time zone: write one such as America/Sao_Paulo."))
