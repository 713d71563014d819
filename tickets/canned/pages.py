"""The desk's pages of canned answers: the list with its form, one to change, and the choice in front of a ticket."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants.customers.models import Team
from tenants.moment import now
from tenants.people import languages
from tickets import tongues
from tickets.access import ticket_or_404
from tickets.canned import texts
from tickets.canned.models import LONGEST, CannedAnswer
from tickets.desk.guard import agents_only

MINE, EVERYBODY = "mine", "everybody"


class CannedForm(forms.ModelForm):
    """`whose` is "mine", "everybody" or a team's key; who leads may choose, others write their own."""

    whose = forms.ChoiceField(label=gettext_lazy("For"))
    field_order = ("title", "shortcut", "body", "language", "whose")

    class Meta:
        model = CannedAnswer
        fields = ("title", "shortcut", "body", "language")
        widgets = {"body": forms.Textarea(attrs={"rows": 8, "maxlength": LONGEST})}
        help_texts = {
            "shortcut": gettext_lazy("Typed in a reply as /shortcut, then Tab."),
            "language": gettext_lazy("Offered on tickets in this language alone; left empty, on all."),
        }

    def __init__(self, *args: Any, person: Any, desk_languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        tags = dict.fromkeys([*desk_languages, *filter(None, [self.instance.language])])
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label,
            required=False,
            choices=[("", _("Any language")), *((tag, tongues.name_of(tag)) for tag in tags)],
            help_text=self.fields["language"].help_text,
        )
        self.fields["whose"].choices = self._owners()
        self.fields["whose"].initial = self._owner_now()
        known = ", ".join(f"{{{name}}}: {told}" for name, told in texts.PLACEHOLDERS.items())
        self.fields["body"].help_text = _("Replaced when it is inserted: %(known)s.") % {"known": known}
        self.order_fields(self.field_order)

    def _owners(self) -> list[tuple[str, Any]]:
        mine = [(MINE, _("Only me"))]
        if not texts.leads(self.person):
            return mine
        return [*mine, (EVERYBODY, _("Everybody")), *Team.objects.order_by("name").values_list("key", "name")]

    def _owner_now(self) -> str:
        if self.instance.pk is None or self.instance.owner_id:
            return MINE
        return self.instance.team.key if self.instance.team else EVERYBODY

    def kept(self, at: Any) -> bool:
        """Save it; False, with the error at its field, where a placeholder is unknown or the shortcut is taken."""
        answer, whose = self.instance, self.cleaned_data["whose"]
        answer.owner = self.person if whose == MINE else None
        answer.team = Team.objects.get(key=whose) if whose not in (MINE, EVERYBODY) else None
        try:
            texts.keep(answer, at)
        except forms.ValidationError as error:
            self.add_error(None, error)
            return False
        return True


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest) -> HttpResponse:
    """All that the reader may use, and a form for a new one."""
    form = _form(request, CannedAnswer())
    if form.is_valid() and form.kept(now()):
        messages.success(request, _("Kept. Insert it in a reply by its shortcut or from the list."))
        return redirect("desk:canned")
    mine = set(texts.changeable_by(request.user).values_list("pk", flat=True))
    rows = [
        (each, each.pk in mine, each.language and tongues.name_of(each.language))
        for each in texts.known_to(request.user)
    ]
    context = {"rows": rows, "form": form}
    return render(request, "desk/canned.html", context, status=422 if form.errors else 200)


@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one of one's own, or, who leads, of everybody's."""
    found = get_object_or_404(texts.changeable_by(request.user), pk=pk)
    form = _form(request, found)
    if form.is_valid() and form.kept(now()):
        messages.success(request, _("Saved."))
        return redirect("desk:canned")
    return render(
        request,
        "desk/canned_answer.html",
        {"form": form, "answer": found},
        status=422 if form.errors else 200,
    )


@agents_only
@require_POST
def deletion(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(texts.changeable_by(request.user), pk=pk).delete()
    messages.success(request, _("Deleted."))
    return redirect("desk:canned")


@agents_only
@require_safe
def choice(request: HttpRequest, number: int) -> HttpResponse:
    """Those that fit a ticket, filled in: a click inserts one; without JavaScript, its link opens the ticket with it."""
    ticket = ticket_or_404(request.user, number)
    words = texts.words_for(ticket, request.user, now())
    found = [(each, texts.filled(each, words)) for each in texts.fitting(request.user, ticket)]
    template = "desk/_canned_choice.html" if request.htmx else "desk/canned_choice.html"
    return render(request, template, {"ticket": ticket, "found": found})


def _form(request: HttpRequest, instance: CannedAnswer) -> CannedForm:
    posted = request.POST if request.method == "POST" else None
    return CannedForm(
        posted, instance=instance, person=request.user, desk_languages=languages.of_desk(request)
    )
