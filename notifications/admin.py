"""The texts of notices, edited with preview and test mail; and what was sent, or was not, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from notifications import (
    delivery,
    delivery_admin,  # noqa: F401 (registers its own)
    outbox,
    rendering,
)
from notifications.models import Notification, Template
from notifications.texts import KINDS, PLACEHOLDERS, Text, built_in
from notifications.texts.samples import links_for, words_for
from tenants import moment
from tenants.customers.models import Desk
from tenants.people import languages


def desk_languages() -> list[tuple[str, str]]:
    return languages.choices((Desk.objects.first() or Desk()).languages)


class TemplateForm(forms.ModelForm):
    class Meta:
        model = Template
        fields = ["kind", "language", "subject", "body"]
        widgets = {
            "kind": forms.HiddenInput,
            "language": forms.HiddenInput,
            "body": UnfoldAdminTextareaWidget(attrs={"rows": 16}),
        }

    def clean_kind(self) -> str:
        kind = self.cleaned_data["kind"]
        if kind not in KINDS:
            raise forms.ValidationError(_("There is no such notice."))
        return kind

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        for name in ("subject", "body") if kind else ():
            if unknown := rendering.unknown_placeholders(kind, data.get(name, "")):
                self.add_error(name, unknown_said(kind, unknown))
        if "body" in data and kind and not data["body"].strip():
            self.add_error("body", _("Write at least one sentence."))
        return data


def unknown_said(kind: str, unknown: list[str]) -> str:
    """Which placeholder cannot be, and which there are."""
    wrong = ", ".join(f"{{{name}}}" for name in unknown)
    there_are = ", ".join(f"{{{name}}}" for name in KINDS[kind].placeholders)
    return _("This notice does not know %(wrong)s. It knows: %(there_are)s") % {
        "wrong": wrong,
        "there_are": there_are,
    }


@admin.register(Template)
class TemplateAdmin(ModelAdmin):
    """One row a notice, one column a language; what is not rewritten is built in."""

    form = TemplateForm
    change_form_outer_before_template = "admin/notifications/text_title.html"
    change_form_outer_after_template = "admin/notifications/text_preview.html"

    def get_urls(self) -> list[Any]:
        return [
            path("preview/", self.admin_site.admin_view(self.preview), name="notifications_template_preview"),
            path(
                "test/<slug:kind>/<slug:language>/",
                self.admin_site.admin_view(self.send_test),
                name="notifications_template_test",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        own = {(text.kind, text.language): text for text in Template.objects.all()}
        tongues = desk_languages()
        rows = [
            {
                "label": kind.label,
                "staff": kind.for_staff,
                "cells": [
                    {
                        "own": own.get((key, tag)),
                        "subject": subject_of(own, key, tag),
                        "url": self.url_of(own, key, tag),
                    }
                    for tag, _name in tongues
                ],
            }
            for key, kind in KINDS.items()
        ]
        page = {
            **self.admin_site.each_context(request),
            "title": _("Texts of notices"),
            "opts": self.opts,
            "languages": tongues,
            "rows": rows,
        }
        return TemplateResponse(request, "admin/notifications/texts.html", page)

    def url_of(self, own: dict[tuple[str, str], Template], kind: str, language: str) -> str:
        if text := own.get((kind, language)):
            return reverse("admin:notifications_template_change", args=[text.pk])
        return reverse("admin:notifications_template_add") + f"?kind={kind}&language={language}"

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if request.method == "GET" and request.GET.get("kind") not in KINDS:
            return redirect("admin:notifications_template_changelist")
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new text begins as the built-in one."""
        kind, language = request.GET.get("kind", ""), request.GET.get("language", "en")
        begun = built_in(kind, language)
        return {"kind": kind, "language": language, "subject": begun.subject, "body": begun.body}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        kind = str(form["kind"].value() or "")
        language = str(form["language"].value() or "en")
        if kind in KINDS:
            name = dict(languages.choices([])).get(language, language)
            context["title"] = context["text_title"] = f"{KINDS[kind].label} · {name}"
            context["show_save_and_add_another"] = False
            context["placeholders"] = [(f"{{{key}}}", PLACEHOLDERS[key]) for key in KINDS[kind].placeholders]
            context["preview_url"] = reverse("admin:notifications_template_preview")
            context["test_url"] = reverse("admin:notifications_template_test", args=[kind, language])
            context["is_own"] = kwargs.get("obj") is not None
            typed = Text(str(form["subject"].value() or ""), str(form["body"].value() or ""))
            context["preview"] = sample_letter(kind, language, typed, request).html
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Template, *args: Any) -> HttpResponse:
        return redirect("admin:notifications_template_change", obj.pk)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What is typed, as a mail; shown in the frame beside the form."""
        kind, language = request.POST.get("kind", ""), request.POST.get("language", "en")
        if kind not in KINDS:
            return HttpResponseBadRequest()
        typed = Text(request.POST.get("subject", ""), request.POST.get("body", ""))
        if unknown := rendering.unknown_placeholders(kind, typed.subject + typed.body):
            problem = format_html(
                "<p style='font:16px sans-serif;color:#b0231c;margin:24px'>{}</p>",
                unknown_said(kind, unknown),
            )
            return xframe_options_sameorigin(lambda _request: HttpResponse(problem))(request)
        html = sample_letter(kind, language, typed, request).html
        return xframe_options_sameorigin(lambda _request: HttpResponse(html))(request)

    def send_test(self, request: HttpRequest, kind: str, language: str) -> HttpResponse:
        """The text in use with sample words, to the admin who asks, by the way of all mails."""
        if kind not in KINDS or language not in dict(desk_languages()):
            raise Http404
        if request.method == "POST":
            at = moment.now()
            placeholders = KINDS[kind].placeholders
            with transaction.atomic():
                outbox.tell(
                    [outbox.Recipient(request.user.email, language)],
                    kind=kind,
                    key=f"test:{kind}:{language}:{at.isoformat()}",
                    words=words_for(placeholders, at),
                    links=links_for(placeholders),
                    at=at,
                )
            said = _("A test with the text in use is on its way to %(email)s.") % {
                "email": request.user.email
            }
            messages.success(request, said)
        return redirect(
            self.url_of({(t.kind, t.language): t for t in Template.objects.all()}, kind, language)
        )


def subject_of(own: dict[tuple[str, str], Template], kind: str, language: str) -> str:
    return own[kind, language].subject if (kind, language) in own else built_in(kind, language).subject


def sample_letter(kind: str, language: str, text: Text, request: HttpRequest) -> rendering.Letter:
    placeholders, at = KINDS[kind].placeholders, moment.now()
    words = {name: outbox.stored_word(word) for name, word in words_for(placeholders, at).items()}
    notice = Notification(
        kind=kind,
        person=request.user,
        language=language,
        words=words,
        links=links_for(placeholders),
        created_at=at,
    )
    stationery = rendering.Stationery()
    return rendering.compose(
        text, language=language, words=stationery.words_for(notice), desk=stationery.desk
    )


CHANNELS = {"email": "E-mail", "whatsapp": "WhatsApp", "sms": "SMS"}  # alike in every language


@admin.register(Notification)
class NotificationAdmin(ModelAdmin):
    """What was told to whom. Nothing is changed here; what was given up can be sent again."""

    list_display = ("said", "to", "channel_said", "state_said", "attempts_said", "told_said", "sent_said")
    list_filter = ("state", "channel", "kind")
    search_fields = ("address", "person__name", "message_id")
    list_select_related = ("person",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    actions = ("send_again",)
    fields = ("said", "to", "channel_said", "language", "state_said", "error", "reports", "attempts_said", "told_said",
              "due_at", "sent_said", "read_at", "expires_at", "message_id", "provider_id", "words_said")  # fmt: skip
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("notice"))
    def said(self, notice: Notification) -> str:
        return KINDS[notice.kind].label if notice.kind in KINDS else notice.kind

    @admin.display(description=gettext_lazy("to"))
    def to(self, notice: Notification) -> str:
        return str(notice.person or notice.address)

    @admin.display(description=gettext_lazy("channel"), ordering="channel")
    def channel_said(self, notice: Notification) -> str:
        return _("in the app") if notice.channel == "in_app" else CHANNELS.get(notice.channel, notice.channel)

    @admin.display(description=gettext_lazy("attempts"), ordering="attempts")
    def attempts_said(self, notice: Notification) -> int:
        return notice.attempts

    @admin.display(description=gettext_lazy("Told"), ordering="created_at")
    def told_said(self, notice: Notification) -> datetime:
        return notice.created_at

    @admin.display(description=gettext_lazy("Sent"), ordering="sent_at")
    def sent_said(self, notice: Notification) -> datetime | None:
        return notice.sent_at

    @display(
        description=gettext_lazy("state"),
        label={"pending": "info", "sent": "success", "parked": "danger", "dropped": "warning"},
    )
    def state_said(self, notice: Notification) -> tuple[str, str]:
        names = {"pending": _("waiting"), "sent": _("sent"), "parked": _("gave up"), "dropped": _("dropped")}
        return notice.state, names[notice.state]

    @admin.display(description=gettext_lazy("what became of it"))
    def reports(self, notice: Notification) -> str:
        return "\n".join(
            f"{row.at:%Y-%m-%d %H:%M} UTC: {delivery.NAMES[row.what]} {row.detail} {row.error}".strip()
            for row in notice.deliveries.order_by("at", "id")
        )

    @admin.display(description=gettext_lazy("words"))
    def words_said(self, notice: Notification) -> str:
        return "\n".join(
            f"{name}: {word}" for name, word in rendering.Stationery().plain_words(notice).items()
        )

    @admin.action(description=gettext_lazy("Send again what was given up"))
    def send_again(self, request: HttpRequest, notices: QuerySet[Notification]) -> None:
        parked = list(notices.filter(state=Notification.State.PARKED))
        at = moment.now()
        for notice in parked:
            outbox.send_again(notice, at=at)
        if not parked:
            messages.warning(request, _("None of these was given up, so none is sent again."))
            return
        said = ngettext("%(count)s notice is sent again.", "%(count)s notices are sent again.", len(parked))
        messages.success(request, said % {"count": len(parked)})
