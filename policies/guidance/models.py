"""Articles with their editions, what they solved; components, incidents and what was said of each."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from policies.columns import keys, texts
from policies.document import say


class Article(models.Model):
    """An answer under an address of its own. What it says stands in its editions, of which one is published."""

    slug = models.SlugField(
        _("address"), max_length=80, unique=True, blank=True,
        help_text=_("The last part of its web address. Empty: made from the title."),
    )  # fmt: skip
    topics = keys(_("topics"))  # of the policy; empty: of none in particular
    published = models.ForeignKey("Edition", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("article"), _("articles")
        indexes = [GinIndex(fields=["topics"], name="articles_by_topic")]

    def __str__(self) -> str:
        return str(self.published) if self.published_id else self.slug

    def get_absolute_url(self) -> str:
        return f"/help/{self.slug}/"


class Edition(models.Model):
    """What an article says from one save to the next. Never changed: editing makes a new one."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    title = texts(_("title"))
    body = texts(_("text"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    words = models.GeneratedField(
        expression=models.Func("title", "body", function="public.hd_words"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    letters = models.GeneratedField(
        expression=models.Func("title", function="public.hd_letters"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_edition_per_number_and_article")
        ]
        indexes = [GinIndex(fields=["words"], name="editions_by_words")]

    def __str__(self) -> str:
        return say(self.title, get_language() or "en")


class Deflection(models.Model):
    """Somebody read an article and needed no ticket (CH02)."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="deflections")
    edition = models.ForeignKey(Edition, null=True, on_delete=models.SET_NULL, related_name="+")
    topic = models.CharField(max_length=80, blank=True)  # under which they were about to ask
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # null: a visitor
    at = models.DateTimeField()
    key = models.CharField(max_length=64, null=True)  # of the form: pressed twice it is counted once

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "key"], name="counted_once_per_article_and_form")
        ]
        indexes = [models.Index(fields=["article", "at"], name="deflections_by_article")]

    def __str__(self) -> str:
        return f"{self.article_id} at {self.at:%Y-%m-%d %H:%M}"


class Component(models.Model):
    """A part of the service as customers know it."""

    name = texts(_("name"))
    note = texts(_("what it is for"))
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name, verbose_name_plural = _("component"), _("components")

    def __str__(self) -> str:
        return say(self.name, get_language() or "en")


class Incident(models.Model):
    """Something that does not work, or planned maintenance, from its beginning to its end."""

    class Impact(models.TextChoices):
        MAINTENANCE = "maintenance", pgettext_lazy("incident", "planned maintenance")
        MINOR = "minor", pgettext_lazy("incident", "slow or unreliable")
        PARTIAL = "partial", pgettext_lazy("incident", "partly down")
        MAJOR = "major", pgettext_lazy("incident", "down")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("incident", "planned")
        INVESTIGATING = "investigating", pgettext_lazy("incident", "we are looking into it")
        IDENTIFIED = "identified", pgettext_lazy("incident", "the cause is known")
        MONITORING = "monitoring", pgettext_lazy("incident", "fixed, we are watching it")
        RESOLVED = "resolved", pgettext_lazy("incident", "over")

    title = texts(_("title"))
    impact = models.CharField(_("impact"), max_length=20, choices=Impact.choices, default=Impact.PARTIAL)
    state = models.CharField(_("state"), max_length=20, choices=State.choices)  # that of the last update
    components = models.ManyToManyField(
        Component, related_name="incidents", blank=True, verbose_name=_("components")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)  # of maintenance, as planned
    resolved_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-starts_at", "-id"]
        verbose_name, verbose_name_plural = _("incident"), _("incidents")
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(impact="maintenance") & models.Q(ends_at__gt=models.F("starts_at")))
                | (~models.Q(impact="maintenance") & models.Q(ends_at=None)),
                name="maintenance_alone_has_a_planned_end",
            ),
            models.CheckConstraint(
                condition=models.Q(state="resolved", resolved_at__isnull=False)
                | (~models.Q(state="resolved") & models.Q(resolved_at=None)),
                name="resolved_exactly_with_a_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["starts_at"], name="incidents_not_over", condition=models.Q(resolved_at=None)
            ),
            models.Index(fields=["-updated_at"], name="incidents_by_update"),
        ]

    def __str__(self) -> str:
        return say(self.title, get_language() or "en")

    def get_absolute_url(self) -> str:
        return f"/status/{self.pk}/"

    @property
    def is_maintenance(self) -> bool:
        return self.impact == self.Impact.MAINTENANCE

    def is_running(self, at: datetime) -> bool:
        return (
            self.resolved_at is None and self.starts_at <= at and (self.ends_at is None or at < self.ends_at)
        )

    def is_to_come(self, at: datetime) -> bool:
        return self.resolved_at is None and self.starts_at > at


class Update(models.Model):
    """What was said of an incident at one moment."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="updates")
    state = models.CharField(max_length=20, choices=Incident.State.choices)
    body = texts(_("what is new"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.state}"
