"""What else a sale must show: names, product numbers, labels and a network's certification."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bandstand.catalogue.models import Brand, DeviceModel, Market, Network, Variant
from bandstand.parties.models import Party
from bandstand.plumbing.models import Record
from bandstand.rights.rules import CertificationState, NameKind

SHA256 = r"^[0-9a-f]{64}$"
GTIN = r"^[0-9]{14}$"


class BrandName(Record):
    """A name or mark by which a brand goes, in any script; the catalogue's own names count too."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="brand_names")
    text = models.CharField(max_length=100)
    language = models.CharField(max_length=12, default="", blank=True)
    kind = models.CharField(max_length=8, choices=[(one.value, one.value) for one in NameKind])
    source = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "text"], name="brand_name_once")]

    def __str__(self) -> str:
        return f"{self.text} ({self.brand})"


class VariantGtin(Record):
    """The product number that names a variant, in its form of 14 digits."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="gtins")
    gtin = models.CharField(max_length=14, unique=True)
    source = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(gtin__regex=GTIN), name="gtin_14_digits")
        ]

    def __str__(self) -> str:
        return f"{self.gtin}: {self.variant}"


class VariantDifference(Record):
    """In what a variant differs from the one that its brand makes for a market."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="differences")
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    what = ArrayField(models.CharField(max_length=60))
    source = models.TextField(default="", blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "market"], name="difference_once_a_market"),
            models.CheckConstraint(
                condition=models.Q(what__len__gt=0), name="difference_names_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant} in {self.market_id}: {', '.join(self.what)}"


class LeverProtection(Record):
    """
    That customs of the United States protect a brand, or one model, from imports that differ.

    Source: 19 CFR 133.2(e) and 133.23 (read 2026-11-22); grants are published in the Customs
    Bulletin.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="lever_protections")
    model = models.ForeignKey(DeviceModel, on_delete=models.CASCADE, null=True, blank=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    source = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_at=None) | models.Q(until_at__gt=models.F("from_at")),
                name="lever_protection_span",
            )
        ]

    def __str__(self) -> str:
        return f"{self.model or self.brand}: {self.source}"


class LabelEvidence(Record):
    """
    Proof that a seller's goods carry the label that they differ, and what the listing says of it.

    An empty lot speaks for all of the seller's stock of the variant. Append-only by trigger.
    """

    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="label_evidence")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="label_evidence")
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    lot = models.CharField(max_length=60, default="", blank=True)
    photo_sha256 = models.CharField(max_length=64)
    listing_text = models.TextField(default="", blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(photo_sha256__regex=SHA256), name="label_photo_hash"
            )
        ]
        indexes = [models.Index(fields=["seller", "variant"], name="label_evidence_of_sale")]

    def __str__(self) -> str:
        return f"{self.variant} from {self.seller}: {self.photo_sha256[:12]}"


class NetworkCertification(Record):
    """What a host network has said of a variant, for a time."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="certifications")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="certifications")
    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in CertificationState]
    )
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    source = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_at=None) | models.Q(until_at__gt=models.F("from_at")),
                name="network_certification_span",
            )
        ]
        indexes = [models.Index(fields=["variant"], name="certification_of_variant")]

    def __str__(self) -> str:
        return f"{self.variant} on {self.network}: {self.state}"
