"""Articles in the admin: written in each language, every save that changes words an edition of its own, one of them published."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from policies.admin.choices import keys_of
from policies.admin.fields import KeysField, TextsField
from policies.guidance import articles
from policies.guidance.models import Article, Deflection
from tenants.moment import now

LATELY = timedelta(days=30)
SHOWN = 20


class ArticleForm(forms.ModelForm):
    publish = forms.BooleanField(
        label=gettext_lazy("Publish"), required=False, initial=True, widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Off: kept as an edition that nobody reads yet. What is published stays so."),
    )  # fmt: skip

    class Meta:
        model = Article
        fields = ["slug", "topics"]
        widgets = {"slug": UnfoldAdminTextInputWidget}

    tongues: tuple[str, ...] = ()  # set by the admin on the class that it makes for a request
    topic_choices: tuple[tuple[str, str], ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = self.instance.editions.order_by("-number").first() if self.instance.pk else None
        self.fields["title"] = TextsField(
            languages=self.tongues, required=False, label=_("Title"), initial=last.title if last else {},
            help_text=_("As somebody who looks for it would say it."),
        )  # fmt: skip
        self.fields["body"] = TextsField(
            languages=self.tongues, rows=14, required=False, label=_("Text"), initial=last.body if last else {},
            help_text=_("Markdown: # heading, 1. steps, - points, **strong**, [words](https://address)."),
        )  # fmt: skip
        self.fields["topics"] = KeysField(
            choices=self.topic_choices, required=False, label=_("Topics"),
            help_text=_("Whoever chooses one of them is shown this article before the form."),
        )  # fmt: skip

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        articles.take_turns()  # what is found free now is still so when it is saved: the page is one transaction
        if slug in articles.TAKEN:
            raise ValidationError(_("Another page has this address."))
        return slug

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "title" in said and "body" in said:
            try:
                said["title"], said["body"] = articles.checked(said["title"], said["body"])
            except ValidationError as refusal:
                for name, wrong in refusal.message_dict.items():
                    self.add_error(name, wrong)
        return said


@admin.register(Article)
class ArticleAdmin(ModelAdmin):
    list_display = (
        "called",
        "tongues",
        "shown",
        "solved",
        "solved_lately",
    )  # and what `get_list_display` adds
    list_per_page = 100
    ordering = ("id",)
    actions = None
    fieldsets = ((None, {"fields": ("topics", "title", "body", "publish", "slug")}),)
    change_form_outer_after_template = "admin/guidance/editions.html"
    warn_unsaved_form = True

    def get_urls(self) -> list[Any]:
        chosen = self.admin_site.admin_view(self.choose)
        return [path("<int:pk>/edition/", chosen, name="guidance_article_edition"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        lately = Q(deflections__at__gte=now() - LATELY)
        counts = {
            "solved_ever": Count("deflections"),
            "solved_since": Count("deflections", filter=lately),
        }
        return super().get_queryset(request).select_related("published").annotate(**counts)

    def get_list_display(self, request: HttpRequest) -> Any:
        names = dict(keys_of(request).topics)

        @admin.display(description=gettext_lazy("topics"))
        def under(article: Article) -> str:
            return ", ".join(names.get(key, key) for key in article.topics) or "–"

        return [self.list_display[0], under, *self.list_display[1:]]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        keys = keys_of(request)
        said = {name: forms.Field(required=False) for name in ("title", "body")}  # known to the fieldsets
        own = {"tongues": keys.languages, "topic_choices": tuple(keys.topics), "Meta": ArticleForm.Meta}
        return type("DeskArticleForm", (ArticleForm,), own | said)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        article = kwargs.get("obj")
        if article is not None:
            rows = Deflection.objects.filter(article=article).select_related("person").order_by("-at", "-id")
            names = dict(keys_of(request).topics)
            context |= {
                "editions": article.editions.select_related("by").order_by("-number"),
                "deflections": [(row, names.get(row.topic, row.topic)) for row in rows[:SHOWN]],
                "article": article,
            }
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        said = form.cleaned_data
        given = {name: said[name] for name in ("title", "body", "topics", "publish")}
        if change:
            articles.rewrite(
                Article.objects.get(pk=obj.pk), slug=said["slug"] or None, by=request.user, at=now(), **given
            )
        else:
            made = articles.write(slug=said["slug"], by=request.user, at=now(), **given)
            obj.pk, obj.slug, obj.published_id, obj._state.adding = (
                made.pk,
                made.slug,
                made.published_id,
                False,
            )
        obj.refresh_from_db()

    def choose(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Publish one of the editions, or none."""
        article = Article.objects.filter(pk=pk).first()
        if article is None or request.method != "POST":
            return redirect("admin:guidance_article_changelist")
        number = request.POST.get("number", "")
        edition = (
            article.editions.filter(number=number).first() if number.isdecimal() and len(number) < 7 else None
        )
        if number and edition is None:
            messages.error(request, _("There is no such edition."))
        else:
            articles.show(article, edition)
            self.log_change(request, article, f"edition {number or '-'} published")
            messages.success(
                request,
                _("Edition %(number)s is published.") % {"number": number}
                if edition
                else _("Withdrawn: nobody reads it any more."),
            )
        return redirect("admin:guidance_article_change", pk)

    @admin.display(description=gettext_lazy("article"))
    def called(self, article: Article) -> str:
        return str(article)

    @admin.display(description=gettext_lazy("languages"))
    def tongues(self, article: Article) -> str:
        return ", ".join(sorted(article.published.title)) if article.published else "–"

    @display(description=gettext_lazy("state"), label={"published": "success", "hidden": "warning"})
    def shown(self, article: Article) -> tuple[str, str]:
        return ("published", _("published")) if article.published_id else ("hidden", _("nobody reads it"))

    @admin.display(description=gettext_lazy("solved"), ordering="solved_ever")
    def solved(self, article: Any) -> str:
        return ngettext("%(n)d time", "%(n)d times", article.solved_ever) % {"n": article.solved_ever}

    @admin.display(description=gettext_lazy("in 30 days"), ordering="solved_since")
    def solved_lately(self, article: Any) -> int:
        return article.solved_since
