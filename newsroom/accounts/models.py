"""People and the single-use links that are mailed to them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from newsroom.accounts.roles import Role


class PersonManager(BaseUserManager["Person"]):
    def with_email(self, email: str) -> models.QuerySet[Person]:
        """Return the people (none or one) with this address, whatever its case.

        Both sides are folded by PostgreSQL: Python folds some letters differently, and the unique
        constraint's index is on ``lower(email)``.
        """
        return self.alias(folded=Lower("email")).filter(folded=Lower(models.Value(email)))

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.with_email(username or "").get()

    def create_person(
        self, *, email: str, name: str, roles: list[str] | tuple[str, ...], password: str | None = None
    ) -> Person:
        """Make a person. Without a password they exist but cannot sign in until they accept their invitation."""
        person = Person(email=self.normalize_email(email.strip()), name=name.strip(), roles=sorted(set(roles)))
        person.set_password(password)
        if password is not None:
            person.joined_at = timezone.now()
        person.save()
        return person

    # createsuperuser asks for it: the first administrator of a newsroom is made on the command line.
    def create_superuser(self, email: str, password: str | None = None, **facts: Any) -> Person:
        return self.create_person(
            email=email, name=facts.get("name") or email, roles=[Role.ADMINISTRATOR], password=password
        )


class Person(AbstractBaseUser):
    """Somebody who works at the desk. People are never deleted: their name stays behind what they did."""

    class Theme(models.TextChoices):
        SYSTEM = "", "As the system"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    email = models.EmailField(unique=True, error_messages={"unique": "Somebody with this address is here already."})
    name = models.CharField(max_length=120)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)
    invited_at = models.DateTimeField(default=timezone.now)
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.SYSTEM, blank=True)
    single_keys = models.BooleanField(default=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name_plural = "people"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_person_email_once"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=list(Role.values)), name="accounts_person_roles_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def has_role(self, *roles: str) -> bool:
        """Say whether this person holds at least one of the roles. With no roles named: no."""
        return not set(roles).isdisjoint(self.roles)

    @property
    def role_names(self) -> str:
        """The roles in words, in the order in which the desk names them: "editor, administrator"."""
        return ", ".join(role.label.lower() for role in Role if role.value in self.roles) or "no role"

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def standing(self) -> str:
        """``invited``, ``here`` or ``left``."""
        if not self.is_active:
            return "left"
        return "here" if self.joined_at else "invited"

    # Django's admin asks these. There are no per-model permissions: an administrator may, nobody else.
    @property
    def is_staff(self) -> bool:
        return self.is_active and Role.ADMINISTRATOR in self.roles

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_staff

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        # The epoch stands in the hash: raising it ends every session of this person at the next request of each,
        # without knowing or listing them.
        return salted_hmac(
            "newsroom.accounts.Person.session",
            f"{self.session_epoch}:{self.password}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def get_session_auth_hash(self) -> str:
        return self._get_session_auth_hash()


class AccountToken(models.Model):
    """A mailed link for one purpose. Only the SHA-256 of its secret is kept, so a copy of the table opens nothing."""

    class Purpose(models.TextChoices):
        INVITATION = "invitation", "Invitation"
        RESET = "reset", "Password reset"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="account_tokens")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    # What asked for the link, so that an effect that runs twice makes and mails one link.
    cause = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "purpose"])]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} for {self.person_id}"
