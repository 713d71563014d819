"""A person signs in by e-mail, in one tenant. The role says what they may do; teams and companies say with what."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


def base_of(language: str) -> str:
    """ "pt" of "pt-br"."""
    return language.lower().partition("-")[0]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, role=User.Role.ADMIN, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person of this tenant. `email` is unique whatever its case."""

    class Role(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        AGENT = "agent", _("Agent")
        SUPERVISOR = "supervisor", _("Supervisor")
        ACCOUNT_MANAGER = "account_manager", _("Account manager")
        ADMIN = "admin", _("Admin")

    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.CUSTOMER)
    language = models.CharField(_("language"), max_length=10, default="pt-br")
    timezone = models.CharField(_("time zone"), max_length=50, default="America/Sao_Paulo")
    spoken_languages = models.JSONField(_("other languages spoken"), default=list, blank=True)  # tags (TD03)
    signature = models.TextField(_("signature"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    muted_notices = models.JSONField(default=list, blank=True)  # kinds not wanted by e-mail
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name, verbose_name_plural = _("person"), _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_email")]
        indexes = [models.Index(fields=["role"], name="people_by_role", condition=~models.Q(role="customer"))]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_agent(self) -> bool:
        """Works on our side: any role but customer."""
        return self.role != self.Role.CUSTOMER

    @property
    def is_staff(self) -> bool:
        """May enter Django admin."""
        return self.is_active and self.role == self.Role.ADMIN

    def speaks(self, language: str) -> bool:
        """In whatever region: pt-br is spoken by who speaks pt."""
        spoken = (self.language, *self.spoken_languages)
        return base_of(language) in {base_of(tag) for tag in spoken}

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff or super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff or super().has_module_perms(app_label)

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Attempts(models.Model):
    """How often something was tried in the present period, by account or by source (`tenants.people.throttle`)."""

    key = models.CharField(max_length=64, primary_key=True)  # a digest: no address is kept for this
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "attempts"

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"
