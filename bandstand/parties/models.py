"""Legal persons, people, and who may act for whom."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models

from bandstand.parties.rules import Role
from bandstand.parties.rules.duties import DutyKind
from bandstand.parties.rules.identity import CheckVerdict, Regime
from bandstand.parties.rules.identity_specs import CheckMethod, IdentityName
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
    left_at = models.DateTimeField(null=True, blank=True)  # when the contract with it ended

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


class IdentityField(Record):
    """
    One version of one thing that a seller says of itself. Append-only by trigger.

    A sealed value is kept encrypted and shown masked; a file is kept by the hash of its bytes. What
    is kept of a party may be deleted only when the time to keep it has run out, and then whole.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="identity_fields")
    field = models.CharField(
        max_length=24, choices=[(one.value, one.value) for one in IdentityName]
    )
    value = models.TextField(default="", blank=True)
    sealed = models.TextField(default="", blank=True)
    masked = models.CharField(max_length=600, default="", blank=True)
    file_sha256 = models.CharField(max_length=64, default="", blank=True)
    file_name = models.CharField(max_length=120, default="", blank=True)
    media_type = models.CharField(max_length=40, default="", blank=True)
    byte_count = models.PositiveIntegerField(null=True, blank=True)
    file_flags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    source = models.CharField(max_length=300)
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(field__in=[one.value for one in IdentityName]),
                name="identity_field_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(field__in=["tax_id", "bank_account"]) | models.Q(value=""),
                name="identity_secret_is_sealed",
            ),
        ]
        indexes = [
            models.Index(fields=["party", "field", "-stated_at"], name="identity_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.party_id}"


class IdentityCheck(Record):
    """What a person of the operator's found on checking a statement. Append-only by trigger."""

    statement = models.ForeignKey(IdentityField, on_delete=models.CASCADE, related_name="checks")
    verdict = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in CheckVerdict]
    )
    method = models.CharField(
        max_length=20, choices=[(one.value, one.value) for one in CheckMethod]
    )
    source = models.CharField(max_length=300)
    reason = models.CharField(max_length=500)
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=[one.value for one in CheckVerdict]),
                name="identity_verdict_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.statement_id}"


class TraderDuty(Record):
    """What a law asks of one seller by when; open until it is met."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="trader_duties")
    regime = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Regime])
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in DutyKind])
    since_date = models.DateField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    noticed_at = models.DateTimeField(null=True, blank=True)
    suspend_at = models.DateTimeField(null=True, blank=True)
    hold_id = models.UUIDField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "regime", "kind"],
                condition=models.Q(met_at=None),
                name="duty_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(hold_id=None) | models.Q(noticed_at__isnull=False),
                name="duty_suspends_after_notice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} under {self.regime} of {self.party_id}"
