"""What is kept of a canned answer: its words, and whose it is."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.customers.models import Team
from tenants.people.models import User

LONGEST = 10_000  # characters


class CannedAnswer(models.Model):
    """One person's (`owner`), a team's, or, with neither, everybody's. `language` "" fits a ticket of any language."""

    title = models.CharField(_("title"), max_length=80)
    shortcut = models.CharField(
        _("shortcut"),
        max_length=30,
        blank=True,
        validators=[
            RegexValidator(r"^[a-z0-9-]+\Z", _("Small letters without accents, figures and hyphens."))
        ],
    )
    body = models.TextField(_("text"), max_length=LONGEST)
    language = models.CharField(_("language"), max_length=10, blank=True)
    owner = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="canned_answers")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="canned_answers")
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("canned answer")
        verbose_name_plural = _("canned answers")
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None) | Q(team=None), name="canned_of_one_person_or_one_team"
            ),
            models.UniqueConstraint(
                fields=["owner", "team", "language", "shortcut"],
                condition=~Q(shortcut=""),
                nulls_distinct=False,
                name="canned_shortcut_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title
