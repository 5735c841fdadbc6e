"""Streamlined Sales Tax files: which were loaded, their rates, and where each rate applies."""

from django.db import models
from django.db.models import F, Q

from bandstand.plumbing.models import Record
from bandstand.tax.rules import SstFileKind


class RateFile(Record):
    """That a state's rate or boundary file was loaded. Append-only; the latest of a kind counts."""

    state = models.CharField(max_length=2)
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in SstFileKind])
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    lines = models.PositiveIntegerField()
    used = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in SstFileKind]),
                name="rate_file_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.kind} file {self.name}"


class SstRate(models.Model):
    """One jurisdiction's general rates in a time, as the state's rate file has them."""

    state = models.CharField(max_length=2)
    kind = models.CharField(max_length=2)  # 45 state, 00 county, 01 to 09 places, others districts
    code = models.CharField(max_length=10)
    intrastate_ppm = models.PositiveIntegerField()
    interstate_ppm = models.PositiveIntegerField()
    from_date = models.DateField()
    until_date = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "kind", "code"], name="sst_rate_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gt=F("from_date")),
                name="sst_rate_span",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.kind} {self.code} from {self.from_date}"


class SstBoundary(models.Model):
    """Which jurisdictions tax some deliveries to a postal code, in a time."""

    state = models.CharField(max_length=2)
    zip = models.CharField(max_length=5, db_index=True)
    kind = models.CharField(max_length=1)  # Z whole code, 4 its last digits, A an address
    ext_low = models.PositiveSmallIntegerField()
    ext_high = models.PositiveSmallIntegerField()
    has_state = models.BooleanField()
    county = models.CharField(max_length=3)
    place = models.CharField(max_length=5)
    districts = models.CharField(max_length=300)  # kind:code, separated by spaces
    from_date = models.DateField()
    until_date = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state"], name="sst_boundary_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ext_low__lte=F("ext_high")), name="sst_boundary_range"
            ),
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gt=F("from_date")),
                name="sst_boundary_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.zip} {self.ext_low}-{self.ext_high}"
