"""Domains that brands and parties have shown to be theirs, and the lists brands publish there."""

from enum import StrEnum

from django.db import models

from bandstand.catalogue.models import Brand
from bandstand.parties.models import Party
from bandstand.plumbing.models import Record
from bandstand.rights.models.grants import Grant
from bandstand.rights.rules.lists.words import DomainMethod


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class ProvenDomain(Record):
    """A domain and how it is shown to be somebody's own; always in its ASCII form."""

    domain = models.CharField(max_length=253)
    method = models.CharField(max_length=8, choices=_choices(DomainMethod), default="", blank=True)
    challenge = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    verified_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_fault = models.TextField(default="", blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class BrandDomain(ProvenDomain):
    """
    A domain through which a brand speaks.

    ``looks_like`` names whose name it resembles; then proof alone is not enough and a person
    decides. A lost domain can be proved again; a refused one cannot.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="domains")
    looks_like = models.CharField(max_length=300, default="", blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=200, default="", blank=True)
    review_reason = models.CharField(max_length=300, default="", blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "domain"], name="brand_domain_once"),
            models.CheckConstraint(
                condition=models.Q(verified_at=None)
                | models.Q(looks_like="")
                | ~models.Q(reviewed_at=None),
                name="brand_domain_look_alike_reviewed",
            ),
            models.CheckConstraint(
                condition=models.Q(verified_at=None) | ~models.Q(method=""),
                name="brand_domain_method_known",
            ),
            models.CheckConstraint(
                condition=models.Q(refused_at=None) | models.Q(verified_at=None),
                name="brand_domain_refused_not_verified",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain} of {self.brand}"


class PartyDomain(ProvenDomain):
    """A domain of a seller or distributor, by which brands' lists name it."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="domains")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "domain"], name="party_domain_once"),
            models.UniqueConstraint(
                fields=["domain"],
                name="party_domain_one_owner",
                condition=models.Q(lost_at=None) & ~models.Q(verified_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain} of {self.party}"


class ListSource(Record):
    """Where a brand publishes its list, and what was last believed of it."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="list_sources")
    domain = models.OneToOneField(BrandDomain, on_delete=models.PROTECT, related_name="source")
    url = models.CharField(max_length=400)
    last_sequence = models.BigIntegerField(null=True, blank=True)
    last_sha256 = models.CharField(max_length=64, default="", blank=True)
    last_issued_at = models.DateTimeField(null=True, blank=True)
    last_good_at = models.DateTimeField(null=True, blank=True)
    last_tried_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_fault = models.CharField(max_length=40, default="", blank=True)
    last_fault_text = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_sequence=None) | models.Q(last_sequence__gte=1),
                name="list_source_sequence",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class ListSnapshot(Record):
    """The bytes that were fetched, believed or not. Append-only by trigger."""

    source = models.ForeignKey(ListSource, on_delete=models.PROTECT, related_name="snapshots")
    sequence = models.BigIntegerField(null=True, blank=True)
    fetched_at = models.DateTimeField()
    final_url = models.CharField(max_length=2000, default="", blank=True)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    accepted = models.BooleanField()
    fault = models.CharField(max_length=40, default="", blank=True)
    fault_text = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["source", "-fetched_at"], name="list_snapshot_newest")]

    def __str__(self) -> str:
        return f"{self.source} at {self.fetched_at:%Y-%m-%d %H:%M}"


class ListedGrant(Record):
    """That a grant rests on an entry of a list, while the list has it."""

    source = models.ForeignKey(ListSource, on_delete=models.PROTECT, related_name="listed")
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="listed")
    seller_key = models.CharField(max_length=300)
    entry_sha256 = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "seller_key", "entry_sha256"],
                name="listed_grant_once",
                condition=models.Q(removed_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.seller_key} on {self.source}"


class ListRevocation(Record):
    """That a list took its word back for a seller. It sticks. Append-only by trigger."""

    source = models.ForeignKey(ListSource, on_delete=models.PROTECT, related_name="revocations")
    seller_key = models.CharField(max_length=300)
    revoked_at = models.DateTimeField()
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=300, default="", blank=True)
    sequence = models.BigIntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "seller_key", "revoked_at"], name="list_revocation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seller_key} revoked by {self.source}"


class ListClaim(Record):
    """A seller that a list names and nobody here has shown to be."""

    source = models.ForeignKey(ListSource, on_delete=models.PROTECT, related_name="claims")
    seller_key = models.CharField(max_length=300)
    name = models.CharField(max_length=300, default="", blank=True)
    why = models.TextField(default="", blank=True)
    first_seen_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "seller_key"],
                name="list_claim_once",
                condition=models.Q(removed_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.seller_key} named by {self.source}"
