"""Desk settings, companies, memberships, teams. Plans and teams are named by the keys of the policy document."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Desk(models.Model):
    """The tenant's face: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(_("name"), max_length=200)
    logo = models.FileField(_("logo"), upload_to="logo/", blank=True)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#2f5d8c",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Use a colour such as #2f5d8c."))],
    )
    sender_name = models.CharField(_("sender name"), max_length=200, blank=True)
    sender_address = models.EmailField(_("sender address"), blank=True)
    # where answers to our mails are received: the ticket's token is put behind a "+" of its local part
    reply_address = models.EmailField(_("reply address"), blank=True)
    languages = models.JSONField(
        _("languages"), default=list
    )  # tags such as "pt-br", the first is the desk's own
    timezone = models.CharField(_("time zone"), max_length=50, default="America/Sao_Paulo")

    class Meta:
        verbose_name, verbose_name_plural = _("desk settings"), _("desk settings")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_desk_per_tenant")]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """Agents who share work. `key` is what policies name."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("members"), related_name="teams", blank=True
    )
    languages = models.JSONField(
        _("languages of its own"),
        default=list,
        blank=True,
        help_text=_(
            "New tickets in these languages come to this team, unless their topic or a rule names another. "
            "Nothing ticked: it gets what the policy gives it."
        ),
    )  # tags (TD03)

    class Meta:
        verbose_name, verbose_name_plural = _("team"), _("teams")

    def __str__(self) -> str:
        return self.name


class Company(models.Model):
    """A customer. `plan` is a key of the policy; `reference` is what other packages (event windows) call it by."""

    name = models.CharField(_("name"), max_length=200)
    plan = models.CharField(_("plan"), max_length=60, blank=True)
    account_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account manager"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="managed_companies",
    )
    members_see_each_other = models.BooleanField(_("members see each other's tickets"), default=False)
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("company"), _("companies")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person belongs to one company at most."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership"
    )
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")
    # sees the company's tickets, hours and quotes, and answers quotes; without any manager the requester does
    is_manager = models.BooleanField(_("manager"), default=False)

    def __str__(self) -> str:
        return f"{self.person}, {self.company}"


class Licence(models.Model):
    """One purchase (ZP04). Whose it is says its e-mail: by it the customer registers and asks for help.

    The address is kept in lower case; somebody may hold several licences. `plan` is a key of the policy.
    """

    number = models.CharField(_("number"), max_length=80, unique=True)
    email = models.EmailField(_("e-mail of the purchase"))
    product = models.CharField(_("product"), max_length=200, blank=True)
    plan = models.CharField(_("plan"), max_length=60, blank=True)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Its last day. Empty: it does not end.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = _("purchase"), _("purchases")
        indexes = [models.Index(fields=["email"], name="purchases_by_email")]

    def __str__(self) -> str:
        return self.number


class LicenceImport(models.Model):
    """A file of purchases: kept until an admin has seen what it would do and confirms it; then only its report is."""

    name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(default=bytes)  # emptied when it was written or set aside
    at = models.DateTimeField(_("uploaded"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(_("written"), null=True, blank=True)
    report = models.JSONField(default=list)  # [line, state, number, what]: what was written, row by row

    class Meta:
        verbose_name, verbose_name_plural = _("import of purchases"), _("imports of purchases")

    def __str__(self) -> str:
        return self.name


class AddressChange(models.Model):
    """Insert-only: who changed the address that identifies a person (ZP05), from what to what, when and why."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="address_changes"
    )
    old = models.EmailField()
    new = models.EmailField()
    because = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
