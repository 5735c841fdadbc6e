"""Legal persons, people, and who may act for whom."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from bandstand.parties.rules import Role
from bandstand.plumbing.models import Record


class PersonManager(BaseUserManager["Person"]):
    """Makes people who sign in by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Person":
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email=(email or "").lower())


class Person(Record, AbstractBaseUser, PermissionsMixin):
    """Someone who can sign in."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=200, default="", blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(null=True)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.full_name or self.email


class Party(Record):
    """A legal person: seller, distributor, importer, manufacturer, brand owner, the operator."""

    slug = models.SlugField(unique=True)
    legal_name = models.CharField(max_length=200)
    trading_name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    email = models.EmailField(default="", blank=True)
    address = models.CharField(max_length=300, default="", blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.trading_name


class Membership(Record):
    """That a person acts for a party in a role."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "party", "role"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]),
                name="membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.party} as {self.role}"


class OperatorProfile(Record):
    """The MVNO that runs this installation; one row."""

    party = models.OneToOneField(Party, on_delete=models.PROTECT)
    shop_name = models.CharField(max_length=100)
    home_market = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=60, default="UTC")
    support_email = models.EmailField()

    def __str__(self) -> str:
        return self.shop_name
