"""What a tax provider answered, and what it has yet to be told."""

from django.db import models
from django.db.models import Q

from bandstand.plumbing.models import Record
from bandstand.tax.models.quotes import TaxQuote
from bandstand.tax.rules import Telling, TellingState


class ProviderAnswer(Record):
    """The tax of one thing at one place, as a provider reckoned it; good until it expires."""

    key = models.CharField(max_length=64, unique=True)  # hash of what was asked, and by whom
    engine = models.CharField(max_length=12)
    ref = models.CharField(max_length=100)
    body = models.JSONField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.engine} {self.ref}"


class ProviderTelling(Record):
    """That a sale was made or undone, to be told to the provider that reckoned its tax."""

    quote = models.ForeignKey(TaxQuote, on_delete=models.PROTECT, related_name="tellings")
    telling = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Telling])
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in TellingState])
    ref = models.CharField(max_length=100, default="", blank=True)
    tries = models.PositiveIntegerField(default=0)
    words = models.CharField(max_length=200, default="", blank=True)
    written_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quote", "telling"], name="tax_told_once"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in TellingState]),
                name="tax_telling_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.telling} {self.quote_id}: {self.state}"
