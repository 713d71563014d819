"""What came in, by what became of it. Nothing is changed here but its fate: again, let through, block its sender."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from tenants.moment import now
from tickets.intake import senders, storing
from tickets.intake.models import BlockedSender, Inbound


@admin.register(Inbound)
class InboundAdmin(ModelAdmin):
    list_display = ("received_at", "said", "sender", "door", "state_said", "reason_said", "became")
    list_filter = ("state", "door")
    search_fields = ("sender", "subject", "external_id")
    list_select_related = ("door", "ticket")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    actions = ("again", "let_in", "block_sender")
    fields = (
        "received_at", "door", "sender", "subject", "state_said", "reason", "became", "attempts", "size", "external_id",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Inbound]:
        return super().get_queryset(request).defer("raw", "raw_key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("what it is about"))
    def said(self, inbound: Inbound) -> str:
        return inbound.subject or inbound.external_id[:60]

    @display(
        description=gettext_lazy("state"),
        label={
            "waiting": "info",
            "done": "success",
            "parked": "danger",
            "held": "warning",
            "spam": "warning",
        },
    )
    def state_said(self, inbound: Inbound) -> tuple[str, str]:
        return inbound.state, str(Inbound.State(inbound.state).label)

    @admin.display(description=gettext_lazy("reason"))
    def reason_said(self, inbound: Inbound) -> str:
        return inbound.reason if len(inbound.reason) <= 160 else inbound.reason[:159] + "…"

    @admin.display(description=gettext_lazy("became"))
    def became(self, inbound: Inbound) -> str:
        if inbound.ticket is not None:
            url = reverse("desk:ticket", args=[inbound.ticket.number])
            return format_html('<a href="{}">#{}</a>', url, inbound.ticket.number)
        return _("a contact without ticket") if inbound.contact_id else "–"

    @admin.action(description=gettext_lazy("Try again"), permissions=["view"])
    def again(self, request: HttpRequest, chosen: QuerySet[Inbound]) -> None:
        self._again(request, chosen, let_through=False)

    @admin.action(description=gettext_lazy("Let through: it is wanted"), permissions=["view"])
    def let_in(self, request: HttpRequest, chosen: QuerySet[Inbound]) -> None:
        self._again(request, chosen, let_through=True)

    def _again(self, request: HttpRequest, chosen: QuerySet[Inbound], *, let_through: bool) -> None:
        at = now()
        count = sum(storing.try_again(inbound, at, let_through=let_through) for inbound in chosen)
        if not count:
            messages.warning(request, _("Nothing is left to read of these: what came in was destroyed."))
            return
        said = ngettext("%(count)s is read again.", "%(count)s are read again.", count)
        messages.success(request, said % {"count": count})

    @admin.action(description=gettext_lazy("Block the sender"), permissions=["view"])
    def block_sender(self, request: HttpRequest, chosen: QuerySet[Inbound]) -> None:
        addresses = sorted({inbound.sender for inbound in chosen if inbound.sender})
        at = now()
        for address in addresses:
            senders.block(address, at, because=_("Blocked in the list of what came in."))
        if not addresses:
            messages.warning(request, _("None of these has a known sender."))
            return
        messages.success(request, _("Blocked: %(addresses)s") % {"addresses": ", ".join(addresses)})


@admin.register(BlockedSender)
class BlockedSenderAdmin(ModelAdmin):
    list_display = ("address", "because", "blocked_at")
    search_fields = ("address", "because")
    ordering = ("address",)
    fields = ("address", "because")

    def save_model(self, request: HttpRequest, obj: BlockedSender, form: Any, change: bool) -> None:
        obj.address = obj.address.strip().lower()
        obj.blocked_at = obj.blocked_at or now()
        obj.save()
