"""Rates, policies, quotes with what became of them, and what used phones were bought for."""

from django.db import models
from django.db.models import F, Q

from bandstand.catalogue.models import Market
from bandstand.plumbing.models import Record
from bandstand.tax.rules import (
    WHOLE_PPM,
    AcquiredFrom,
    Ambiguity,
    EngineName,
    QuoteMove,
    QuoteState,
    Scheme,
    TaxKind,
    WithoutAnswer,
)


class TaxRate(Record):
    """One jurisdiction's rate in a time, with where it was read. A later beginning counts."""

    jurisdiction = models.CharField(max_length=20)
    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=[(one.value, one.value) for one in TaxKind])
    rate_ppm = models.PositiveIntegerField()
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    is_estimate = models.BooleanField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "is_estimate", "from_date"], name="tax_rate_once"
            ),
            models.CheckConstraint(condition=Q(rate_ppm__lte=WHOLE_PPM), name="tax_rate_whole"),
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gt=F("from_date")),
                name="tax_rate_span",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in TaxKind]), name="tax_rate_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.rate_ppm} ppm from {self.from_date}"


class TaxPolicy(Record):
    """Who says what the tax is in a market, and who collects it, from when."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    engine = models.CharField(max_length=12, choices=[(one.value, one.value) for one in EngineName])
    collected_by = models.CharField(max_length=12, default="platform")
    ambiguity = models.CharField(
        max_length=8,
        choices=[(one.value, one.value) for one in Ambiguity],
        default=Ambiguity.HIGHEST.value,
    )
    without_answer = models.CharField(
        max_length=8,
        choices=[(one.value, one.value) for one in WithoutAnswer],
        default=WithoutAnswer.REFUSE.value,
    )
    source = models.CharField(max_length=300)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    set_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "from_at"], name="tax_policy_once"),
            models.CheckConstraint(
                condition=Q(engine__in=[one.value for one in EngineName]),
                name="tax_policy_engine_known",
            ),
            models.CheckConstraint(
                condition=Q(collected_by="platform"), name="tax_policy_collector_known"
            ),
            models.CheckConstraint(
                condition=Q(ambiguity__in=[one.value for one in Ambiguity])
                & Q(without_answer__in=[one.value for one in WithoutAnswer]),
                name="tax_policy_doubts_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market_id}: {self.engine} from {self.from_at:%Y-%m-%d}"


class TaxQuote(Record):
    """What the tax of one checkout line was reckoned at. Append-only by trigger."""

    subject_id = models.UUIDField(db_index=True)  # the checkout line
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    engine = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    is_included = models.BooleanField()
    owed_to = models.CharField(max_length=20)
    scheme = models.CharField(max_length=12)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    quoted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tax_minor__gte=0)
                & (Q(is_included=False) | Q(tax_minor__lte=F("price_minor"))),
                name="tax_quote_sound",
            ),
            models.CheckConstraint(
                condition=Q(scheme__in=[one.value for one in Scheme]), name="tax_quote_scheme_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tax_minor} {self.currency} to {self.owed_to}"


class TaxQuoteMove(Record):
    """What became of a quote. Append-only by trigger; the last one says where it stands."""

    quote = models.ForeignKey(TaxQuote, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=8, choices=[(one.value, one.value) for one in QuoteMove])
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    line_id = models.UUIDField(null=True)  # the order line it was committed for
    reason = models.CharField(max_length=200, default="", blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quote", "to_state"], name="tax_quote_moves_once"),
            models.UniqueConstraint(
                fields=["line_id"], condition=Q(move="commit"), name="tax_quote_one_a_line"
            ),
            models.CheckConstraint(
                condition=Q(to_state__in=[one.value for one in QuoteState]),
                name="tax_quote_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.quote_id}"


class Acquisition(Record):
    """What a seller paid for each used phone of an offer. Append-only; the latest counts."""

    offer_id = models.UUIDField(db_index=True)
    cost_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    acquired_from = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in AcquiredFrom]
    )
    source = models.CharField(max_length=300)
    stated_by = models.CharField(max_length=200)
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cost_minor__gte=0), name="acquisition_cost")
        ]

    def __str__(self) -> str:
        return f"{self.cost_minor} {self.currency} each, offer {self.offer_id}"
