"""Contracts are entered here; quotes' answers are read here: what was accepted is changed by nobody. What failed
by itself is seen here, and tried again once its reason is mended."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, DateField, OuterRef, Subquery, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from policies.words import money
from tenants.customers.models import Company
from tenants.moment import now, within_years
from tickets.admin import ReadOnlyAdmin
from tickets.agreements import trying
from tickets.agreements.models import Answer, Contract, Quote, Trial
from tickets.models import Ticket


@admin.register(Contract)
class ContractAdmin(ModelAdmin):
    list_display = ("company", "starts_on", "ends_on")
    fields = ("company", "starts_on", "ends_on")
    search_fields = ("company__name",)
    autocomplete_fields = ("company",)
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("company")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, DateField):
            field.validators.append(within_years)
        return field


@admin.register(Answer)
class AnswerAdmin(ModelAdmin):
    """Who accepted or declined what, when and from where: only to be read."""

    list_display = ("ticket", "accepted", "name", "email", "sum_said", "at", "source")
    list_filter = ("accepted",)
    search_fields = ("name", "email")
    fields = ("ticket", "accepted", "name", "email", "way", "source", "at", "because", "text", "sum_said")
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("quote__ticket").order_by("-pk")

    @admin.display(description=_("ticket"))
    def ticket(self, answer: Answer) -> str:
        return f"#{answer.quote.ticket.number} {answer.quote.ticket.summary}"

    @admin.display(description=_("sum"))
    def sum_said(self, answer: Answer) -> str:
        return money(answer.amount, answer.currency)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Trial)
class TrialAdmin(ReadOnlyAdmin):
    """What should have happened by itself and failed, with its reason: tried again later, or parked until an admin says so."""

    list_display = ("what_said", "about", "attempts", "standing", "due_at", "trouble")
    list_filter = ("what",)
    fields = ("what", "month", "attempts", "due_at", "error")
    actions = ("try_again",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the ticket's number, or the company's name, that it is about."""
        quote = Quote.objects.filter(pk=OuterRef("subject_id")).values("ticket__number")
        ticket = Ticket.objects.filter(pk=OuterRef("subject_id")).values("number")
        company = Company.objects.filter(pk=OuterRef("subject_id")).values("name")
        number = Case(When(what="quote", then=Subquery(quote)), When(what="night", then=Subquery(ticket)))
        named = Case(When(what="report", then=Subquery(company)))
        return super().get_queryset(request).annotate(number=number, company=named).order_by("-pk")

    @admin.display(description=_("what"), ordering="what")
    def what_said(self, trial: Any) -> str:
        return f"{trial.get_what_display()} {trial.month:%Y-%m}" if trial.month else trial.get_what_display()

    @admin.display(description=_("ticket or company"))
    def about(self, trial: Any) -> str:
        if trial.number is None:
            return trial.company or "–"
        return format_html('<a href="{}">#{}</a>', reverse("desk:ticket", args=[trial.number]), trial.number)

    @display(description=_("state"), label={"parked": "danger", "again": "warning"})
    def standing(self, trial: Trial) -> tuple[str, Any]:
        return ("parked", _("parked")) if trial.due_at is None else ("again", _("is tried again"))

    @admin.display(description=_("trouble"))
    def trouble(self, trial: Trial) -> str:
        return trial.error[:200] or "–"

    @admin.action(description=_("Let parked ones be tried again"))
    def try_again(self, request: HttpRequest, queryset: Any) -> None:
        count = trying.again(queryset.values_list("pk", flat=True), now())
        text = ngettext("%(count)s is tried again now.", "%(count)s are tried again now.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)
