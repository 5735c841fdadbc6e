"""Captured events, who sent them, and which GS1 identities are whose."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bandstand.catalogue.models import Brand
from bandstand.parties.models import Party
from bandstand.plumbing.models import Record
from bandstand.provenance.rules.captured import Role
from bandstand.provenance.rules.vocabulary import Action, EventType
from bandstand.provenance.rules.words import IdentitySource, JobState, OnError, Scope

URI_MAX = 2000


class EpcisKey(Record):
    """A secret with which a party's machines send and ask for events; only its hash is kept."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="epcis_keys")
    name = models.CharField(max_length=100, default="", blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20))
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=[one.value for one in Scope])
                & ~models.Q(scopes=[]),
                name="epcis_key_scopes_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name or 'key'} of {self.party}"


class CaptureJob(Record):
    """One document that was sent, byte for byte, and what became of it."""

    sender = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="captures"
    )
    actor = models.CharField(max_length=200)
    on_error = models.CharField(max_length=10, choices=[(one.value, one.value) for one in OnError])
    document = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10,
        choices=[(one.value, one.value) for one in JobState],
        default=JobState.WAITING.value,
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    events_total = models.PositiveIntegerField(default=0)
    events_read = models.PositiveIntegerField(default=0)
    events_new = models.PositiveIntegerField(default=0)
    events_known = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)  # [{path, message}]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=JobState.WAITING.value, finished_at=None)
                | models.Q(state=JobState.DONE.value, finished_at__isnull=False),
                name="capture_done_has_its_instant",
            )
        ]
        indexes = [models.Index(fields=["sender", "created_at"], name="capture_sender")]

    def __str__(self) -> str:
        return f"capture of {self.created_at:%Y-%m-%d %H:%M}"


class Event(Record):
    """
    One event, as it was sent. Append-only by trigger.

    A declaration that an event was wrong is an event of its own with the same id.
    """

    job = models.ForeignKey(CaptureJob, on_delete=models.PROTECT, related_name="events")
    sender = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True)
    event_id = models.CharField(max_length=URI_MAX)
    hash_id = models.CharField(max_length=120)
    is_declaration = models.BooleanField(default=False)
    type = models.CharField(max_length=20, choices=[(one.value, one.value) for one in EventType])
    action = models.CharField(
        max_length=8, choices=[(one.value, one.value) for one in Action], default="", blank=True
    )
    event_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    step = models.CharField(max_length=URI_MAX, default="", blank=True)
    disposition = models.CharField(max_length=URI_MAX, default="", blank=True)
    persists = ArrayField(models.CharField(max_length=URI_MAX), default=list)
    unsets = ArrayField(models.CharField(max_length=URI_MAX), default=list)
    read_point = models.CharField(max_length=URI_MAX, default="", blank=True)
    biz_location = models.CharField(max_length=URI_MAX, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    transformation_id = models.CharField(max_length=URI_MAX, default="", blank=True)
    declared_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=URI_MAX, default="", blank=True)
    corrective_ids = ArrayField(models.CharField(max_length=URI_MAX), default=list)
    prefixes = models.JSONField(default=dict)
    body = models.TextField()  # letter by letter as it was sent

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event_id"],
                condition=models.Q(is_declaration=False),
                name="event_captured_once",
            ),
            models.UniqueConstraint(
                fields=["event_id", "sender"],
                condition=models.Q(is_declaration=True),
                nulls_distinct=False,
                name="error_declared_once",
            ),
        ]
        indexes = [
            models.Index(fields=["event_at", "id"], name="event_by_time"),
            models.Index(fields=["recorded_at", "id"], name="event_by_record_time"),
            models.Index(fields=["step", "event_at"], name="event_by_step"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.step} {self.event_at:%Y-%m-%d %H:%M}"


class EventTerm(models.Model):
    """One identifier that an event names, canonical, and in which role. Append-only by trigger."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="terms", db_index=False)
    role = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Role])
    kind = models.CharField(max_length=URI_MAX, default="", blank=True)
    value = models.CharField(max_length=URI_MAX)
    serial = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["event"], name="term_event"),
            models.Index(fields=["value", "role"], name="term_value"),
            models.Index(fields=["serial"], name="term_serial", condition=~models.Q(serial="")),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.value}"


class Sighting(Record):
    """That a party sent an event which was known already. Append-only by trigger."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="sightings")
    sender = models.ForeignKey(Party, on_delete=models.PROTECT)
    job = models.ForeignKey(CaptureJob, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "sender"], name="sighting_once")]

    def __str__(self) -> str:
        return f"{self.event} from {self.sender}"


class PartyGln(Record):
    """That an identifier in events (a GLN, or a URI of its own) is one of our parties."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="glns")
    identifier = models.CharField(max_length=URI_MAX, unique=True)
    country = models.CharField(max_length=2)
    source = models.CharField(max_length=20)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.identifier} is {self.party}"


class BrandGln(Record):
    """
    A GS1 identity under which a brand puts its phones into the world.

    ``identifier`` is a GLN or URI of the brand or of a factory it commissions; ``company_prefix``
    says which GTINs are the brand's own.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="glns")
    identifier = models.CharField(max_length=URI_MAX)
    company_prefix = models.CharField(max_length=12, default="", blank=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    source = models.CharField(
        max_length=20, choices=[(one.value, one.value) for one in IdentitySource]
    )
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "identifier", "from_at"], name="brand_gln_once"
            ),
            models.CheckConstraint(
                condition=models.Q(until_at=None) | models.Q(until_at__gt=models.F("from_at")),
                name="brand_gln_span",
            ),
            models.CheckConstraint(
                condition=models.Q(company_prefix="")
                | models.Q(company_prefix__regex=r"^[0-9]{6,12}$"),
                name="brand_gln_prefix_shape",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} for {self.brand}"
