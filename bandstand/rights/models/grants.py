"""Brand statements, grants, approvals and the marketplace's published policy."""

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bandstand.catalogue.models import Brand, Category, Market, Variant
from bandstand.kernel.words import Ground
from bandstand.parties.models import Party
from bandstand.plumbing.models import Record
from bandstand.rights.rules import (
    CLOCK_SKEW,
    STATUS_AGE_MAX,
    ApprovalScheme,
    ApprovalState,
    ChannelStatus,
    Condition,
    CustodyNeed,
    GrantLevel,
    LabelRule,
)


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class BrandStatement(Record):
    """What a brand publishes about its channels in a market."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="statements")
    include_sub_brands = models.BooleanField(default=False)
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True)
    status = models.CharField(max_length=30, choices=_choices(ChannelStatus))
    source = models.TextField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.brand} in {self.market_id}: {self.status}"


class Grant(Record):
    """
    A permission to sell, from a brand or along a chain of parties.

    Scope arrays hold keys; an empty ``models`` means every model, the other arrays must name
    something.
    """

    issuer_brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="grants_issued"
    )
    issuer_party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="grants_issued"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="sub_grants"
    )
    grantee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="grants_held")
    brands = ArrayField(models.UUIDField())
    categories = ArrayField(models.UUIDField())
    markets = ArrayField(models.CharField(max_length=3))
    models_only = ArrayField(models.UUIDField(), default=list, blank=True)
    conditions = ArrayField(models.CharField(max_length=16))
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    sell_off_until = models.DateTimeField(null=True, blank=True)
    delegate_depth = models.PositiveSmallIntegerField(default=0)
    level = models.CharField(max_length=12, choices=_choices(GrantLevel))
    evidence = models.TextField(default="", blank=True)
    status_checked_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoke_reason = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(issuer_brand=None) ^ models.Q(issuer_party=None),
                name="grant_one_issuer",
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__gt=models.F("from_at")), name="grant_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer_brand or self.issuer_party} → {self.grantee}"


class Approval(Record):
    """Equipment authorisation of a variant in a market."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="approvals")
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    scheme = models.CharField(max_length=12, choices=_choices(ApprovalScheme))
    reference = models.CharField(max_length=80)
    responsible_person = models.CharField(max_length=200, default="", blank=True)
    eprel = models.CharField(max_length=20, default="", blank=True)  # registration of the label
    placed_at = models.DateTimeField(null=True, blank=True)  # first placed on the market
    state = models.CharField(max_length=12, choices=_choices(ApprovalState))
    from_at = models.DateTimeField(null=True, blank=True)
    until_at = models.DateTimeField(null=True, blank=True)
    source = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return f"{self.scheme} {self.reference} for {self.variant}"


class SalePolicy(Record):
    """One row of the marketplace's published policy: what a sale needs, where and when."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True)
    condition = models.CharField(max_length=16, choices=_choices(Condition))
    needs_grant = models.BooleanField()
    min_level = models.CharField(max_length=12, choices=_choices(GrantLevel))
    needs_approval = models.BooleanField(default=True)
    needs_custody = models.CharField(
        max_length=12, choices=_choices(CustodyNeed), default=CustodyNeed.NONE.value
    )
    status_max_age = models.DurationField(default=STATUS_AGE_MAX)
    clock_skew = models.DurationField(default=CLOCK_SKEW)
    needs_network_cert = models.BooleanField(default=False)
    label_rule = models.CharField(
        max_length=12, choices=_choices(LabelRule), default=LabelRule.PROTECTED.value
    )
    ground = models.CharField(max_length=8, choices=_choices(Ground), default=Ground.TERMS.value)
    version = models.CharField(max_length=40)
    source = models.TextField(default="", blank=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        place, kind = self.market_id or "any market", self.category or "anything"
        return f"{self.version}: {self.condition} {kind} in {place}"
