"""The rules: ordered lists where the first match wins. Targets, clocks, scope, closing, escalation, attachments."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from policies import codec, document, models, words
from policies.admin.catalogue import names_for, said
from policies.admin.choices import keys_of
from policies.admin.parts import PartAdmin
from policies.admin.trying import sentence_tried
from policies.calendars import hours_of, years_around
from policies.draft import NoDraft, export_draft, part_of
from policies.examples import example_of
from tenants.moment import now

WHEN = ("when_plans", "when_priorities", "when_channels", "when_topics", "when_situations", "when_words")
EXCEPT = tuple(f"when_except_{name}" for name in ("plans", "channels", "topics", "situations", "words"))
ALL = _("Nothing chosen means: all of them.")
ONE_WORD_A_LINE = _(
    "Any line is enough; the words of one line must occur in one sentence. Case and accents do not matter; chatbot* ends"
    " a stem, vps|servidor is either, fora_do_ar is a phrase, !whatsapp must not occur."
)
APPLIES = (_("Applies to"), {"fields": WHEN, "description": ALL, "classes": ["condition"]})
BUT_NOT = (_("Except for"), {"fields": EXCEPT, "classes": ["collapse", "condition"]})
NOTE = (_("Note"), {"fields": ("note",), "classes": ["collapse"]})
WORDS_HELP = {"when_words": ONE_WORD_A_LINE, "when_except_words": ONE_WORD_A_LINE}


class RuleAdmin(PartAdmin):
    """A first-match list: each row says for what it is, in the names of the draft.

    Columns that need the request's names are made per request: one ModelAdmin serves all tenants at once.
    """

    kind: type
    shown: tuple[str, ...]

    def get_list_display(self, request: HttpRequest) -> Any:
        own, others = self.columns(request), super().get_list_display(request)
        return [
            *(own.get(column, column) for column in self.shown),
            *(name for name in others if name != "__str__"),
        ]

    def columns(self, request: HttpRequest) -> dict[str, Any]:
        names = names_for(request)

        @admin.display(description=_("for"))
        def applies(row: Any) -> str:
            return "; ".join(words.condition(part_of(self.kind, row).when, names)) or str(_("everything"))

        return {"applies": applies}


@admin.register(models.Target)
class TargetAdmin(RuleAdmin):
    kind = document.Target
    shown = ("what", "promise", "applies", "counted_in")
    fieldsets = (
        (None, {"fields": ("key", "metric", "duration", "unit", "days", "calendar", "example")}),
        (None, {"fields": ("grace", "warnings", "situation")}),
        APPLIES,
        BUT_NOT,
        NOTE,
    )
    readonly_fields = ("example",)
    list_before_template = "admin/policy/_targets_bar.html"
    helps = WORDS_HELP | {
        "duration": _("Such as 24h, 30m or 0s (at once). Empty: measured, without a deadline."),
        "unit": _("24 business hours on an 8 to 18 calendar, from Monday 08:00, end on Wednesday 12:00."),
        "days": _("Only with the unit “business days”: the same time of day on the next open day."),
        "grace": _(
            "Time after the deadline before it counts as broken; what is due at once needs some, such as 5m."
        ),
        "warnings": _("When to warn: 75% of the target, or 30m before its end; several with commas."),
        "situation": _("A target of its own that runs beside the ordinary one while this holds."),
    }

    @admin.display(description=_("metric"))
    def what(self, row: models.Target) -> str:
        name = str(words.METRICS.get(row.metric, row.metric))
        while_ = words.SITUATIONS.get(row.situation)
        return format_html("{} <small>{} {}</small>", name, _("while"), while_) if while_ else name

    @admin.display(description=_("for example"))
    def example(self, row: models.Target) -> str:
        """As saved: the engine's own answer, so that nobody has to reckon (R20)."""
        at = now()
        try:
            policy = export_draft()
            hours = hours_of(policy, years_around(at, policy.tz))
        except (ValueError, NoDraft):
            return "–"
        said = {"duration": row.duration, "unit": row.unit, "days": row.days}
        return str(example_of(policy, hours, at, calendar=row.calendar, **said) or "–")

    @admin.display(description=_("target"))
    def promise(self, row: models.Target) -> str:
        return words.target(row.duration, row.unit, row.days)

    def columns(self, request: HttpRequest) -> dict[str, Any]:
        calendars = dict(keys_of(request).calendars)

        @admin.display(description=_("calendar"))
        def counted_in(row: models.Target) -> str:
            return calendars.get(row.calendar, row.calendar) if row.calendar else str(_("round the clock"))

        return super().columns(request) | {"counted_in": counted_in}


@admin.register(models.ClockRule)
class ClockRuleAdmin(PartAdmin):
    list_display = ("what", "begins", "waits", "ends")
    fields = ("metric", "starts", "pauses", "met_by")
    helps = {"pauses": _("Nothing ticked: it never pauses.")}

    @admin.display(description=_("clock"))
    def what(self, row: models.ClockRule) -> str:
        return str(words.METRICS.get(row.metric, row.metric))

    @admin.display(description=_("starts"))
    def begins(self, row: models.ClockRule) -> str:
        return str(words.STARTS.get(row.starts, row.starts))

    @admin.display(description=_("pauses while waiting for"))
    def waits(self, row: models.ClockRule) -> str:
        return words.listed(words.PAUSES.get(key, key) for key in row.pauses) or str(_("never"))

    @admin.display(description=_("is met by"))
    def ends(self, row: models.ClockRule) -> str:
        return str(words.MET_BY.get(row.met_by, row.met_by))


@admin.register(models.ScopeRule)
class ScopeRuleAdmin(RuleAdmin):
    kind = document.ScopeRule
    shown = ("key", "leads_to", "applies", "told")
    fieldsets = (
        (None, {"fields": ("key", "outcome", "sentence", "opens", "answer", "sla", "team", "contact")}),
        APPLIES,
        BUT_NOT,
    )
    list_before_template = "admin/policy/_scope_trial.html"
    helps = WORDS_HELP | {
        "sentence": _(
            "Quoted to the customer when this rule decides. No figures: those stand in their own fields."
        ),
        "opens": _("Off: no ticket is made."),
        "answer": _("Off: the sender hears nothing."),
        "contact": _("Where such requests go instead, for another service."),
    }

    @admin.display(description=_("outcome"))
    def leads_to(self, row: models.ScopeRule) -> str:
        return str(words.OUTCOMES.get(row.outcome, row.outcome))

    @admin.display(description=_("the customer is told"))
    def told(self, row: models.ScopeRule) -> str:
        return said(row.sentence)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        trial = sentence_tried(request)
        request.GET = request.GET.copy()  # what is left of it are the list's own filters
        for name in ("sentence", "topic_key"):
            request.GET.pop(name, None)
        return super().changelist_view(request, (extra_context or {}) | trial)


@admin.register(models.ClosingRule)
class ClosingRuleAdmin(RuleAdmin):
    kind = document.ClosingRule
    shown = ("key", "closes", "reminds", "applies")
    fieldsets = ((None, {"fields": ("key", "after", "calendar", "reminders", "gap")}), APPLIES, BUT_NOT)
    helps = WORDS_HELP | {
        "after": _("Silence of the customer, such as 72h, until the ticket closes by itself."),
        "reminders": _("How long after the silence began each reminder goes: 24h, 48h."),
        "gap": _("The customer always has this long after the last reminder."),
    }

    @admin.display(description=_("closes after"))
    def closes(self, row: models.ClosingRule) -> str:
        return words.hours(row.after, business=bool(row.calendar))

    @admin.display(description=_("reminders after"))
    def reminds(self, row: models.ClosingRule) -> str:
        return ", ".join(words.hours(codec.read_duration(each)) for each in row.reminders) or str(_("none"))


@admin.register(models.EscalationStep)
class EscalationStepAdmin(RuleAdmin):
    kind = document.EscalationStep
    shown = ("key", "moment", "does", "applies")
    fieldsets = (
        (None, {"fields": ("key", "on", "after", "metrics")}),
        (_("What happens"), {"fields": ("notify", "raise_priority", "assign_team", "add_teams")}),
        APPLIES,
        BUT_NOT,
    )
    helps = WORDS_HELP | {
        "after": _("0s: at once; 4h: four hours later."),
        "metrics": _("Nothing ticked: for all."),
    }

    @admin.display(description=_("when"))
    def moment(self, row: models.EscalationStep) -> str:
        event = str(_("at the breach") if row.on == "breach" else _("at the warning"))
        return f"{words.hours(row.after)} {_('after')} {event}" if row.after else event

    @admin.display(description=_("what happens"))
    def does(self, row: models.EscalationStep) -> str:
        told = words.listed(words.AUDIENCES.get(key, key) for key in row.notify)
        said = [_("tell") + f" {told}"] if told else []
        said += [str(_("raise the priority"))] if row.raise_priority else []
        said += [_("hand over to") + f" {row.assign_team}"] if row.assign_team else []
        said += (
            [_("add") + f" {', '.join(row.add_teams)}".replace("*", str(_("all teams")))]
            if row.add_teams
            else []
        )
        return "; ".join(filter(None, said))


@admin.register(models.AttachmentRule)
class AttachmentRuleAdmin(PartAdmin):
    list_display = ("key", "limits", "whose")
    fields = ("key", "kinds", "max_bytes", "per_message", "videos_per_message", "video_seconds", "topics")
    helps = {
        "kinds": _("Types of file, one a line, such as image/* or application/pdf. Empty: any."),
        "max_bytes": _("Such as 20 MB."),
        "video_seconds": _("In seconds; the real duration is measured."),
        "topics": _("Nothing ticked: for every topic."),
    }

    @admin.display(description=_("limits"))
    def limits(self, row: models.AttachmentRule) -> str:
        return f"{row.per_message} × {words.size(row.max_bytes)}"

    @admin.display(description=_("for"))
    def whose(self, row: models.AttachmentRule) -> str:
        return ", ".join(row.topics) or str(_("every topic"))
