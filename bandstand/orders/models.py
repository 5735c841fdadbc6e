"""Baskets, checkouts, orders and their lines, releases, passports."""

from django.db import models
from django.db.models import Q

from bandstand.catalogue.models import Category, Market
from bandstand.credit.models import Disclosure, PlanTerms
from bandstand.gate.models import GateScope
from bandstand.offers.models import Offer, Unit
from bandstand.orders.rules import CheckoutState, LineState
from bandstand.parties.models import Party, Person
from bandstand.plumbing.models import Record
from bandstand.promotions.models import Promotion


class Basket(Record):
    """What someone means to buy. Nothing is promised yet."""

    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"basket {self.id}"


class BasketLine(Record):
    """One phone in a basket, with the price the buyer last saw."""

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE)
    terms = models.ForeignKey(PlanTerms, on_delete=models.PROTECT, null=True)  # null: outright
    down_payment_minor = models.BigIntegerField(null=True)  # of an accepted counter-offer
    seen_price_minor = models.BigIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at"]

    def __str__(self) -> str:
        return f"{self.offer} in {self.basket_id}"


class Checkout(Record):
    """
    One attempt to turn a basket into an order.

    A basket has one live checkout; the order is unique by checkout, so a second submit finds the
    first.
    """

    basket = models.ForeignKey(Basket, on_delete=models.PROTECT, related_name="checkouts")
    state = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in CheckoutState]
    )
    email = models.EmailField()
    buyer_name = models.CharField(max_length=200)
    address = models.JSONField()
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    due_today_minor = models.BigIntegerField()
    payment_id = models.UUIDField(null=True)
    prepared_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["basket"],
                condition=Q(state__in=["prepared", "paying"]),
                name="checkout_one_live",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in CheckoutState]),
                name="checkout_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="checkout_live",
                condition=Q(state__in=["prepared", "paying"]),
            )
        ]

    def __str__(self) -> str:
        return f"checkout {self.id}"


class CheckoutLine(Record):
    """One reserved unit with everything that will be frozen on the order line."""

    checkout = models.ForeignKey(Checkout, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    price_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    due_today_minor = models.BigIntegerField()
    terms = models.ForeignKey(PlanTerms, on_delete=models.PROTECT, null=True)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, null=True)
    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, null=True, related_name="+")
    decision_id = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.unit} in {self.checkout_id}"


class Order(Record):
    """A sale that committed."""

    number = models.CharField(max_length=20, unique=True)
    checkout = models.OneToOneField(Checkout, on_delete=models.PROTECT, related_name="order")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    email = models.EmailField()
    buyer_name = models.CharField(max_length=200)
    address = models.JSONField()
    market = models.ForeignKey(Market, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    due_today_minor = models.BigIntegerField()
    payment_id = models.UUIDField(null=True)
    placed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-placed_at"], name="order_newest")]

    def __str__(self) -> str:
        return self.number


class OrderLine(Record, GateScope):
    """One phone sold, with the evidence the buyer saw. Guarded by the gate."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    title = models.CharField(max_length=200)
    price_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    due_today_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    commission_minor = models.BigIntegerField(default=0)
    commission_words = models.CharField(max_length=160, db_default="", default="", blank=True)
    terms = models.ForeignKey(PlanTerms, on_delete=models.PROTECT, null=True)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, null=True)
    fit = models.JSONField(default=dict)
    offer_seen = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in LineState])
    committed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=~Q(state__in=["cancelled", "returned"]),
                name="unit_sold_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in LineState]), name="line_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} of {self.order_id}"


class LineMoveRecord(Record):
    """A step in an order line's life. Append-only by trigger."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12, default="", blank=True)
    to_state = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, default="", blank=True)

    def __str__(self) -> str:
        return f"{self.move} {self.line_id}"


class Release(Record, GateScope):
    """One phone handed to a carrier. Guarded by the gate."""

    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="release")
    carrier = models.CharField(max_length=60)
    tracking = models.CharField(max_length=80, default="", blank=True)
    released_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking}"


class Passport(Record):
    """The signed evidence of an order line, byte for byte. Append-only by trigger."""

    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="passport")
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    jws = models.TextField()
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"passport {self.sha256[:12]}"


class CommissionRuleRecord(Record):
    """One row of the list of commission rules; the first that matches a sale counts."""

    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=120)
    rate_bps = models.PositiveIntegerField()
    fixed_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="", blank=True)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True)
    seller = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True)
    condition = models.CharField(max_length=16, default="", blank=True)
    price_from_minor = models.BigIntegerField(default=0)
    price_below_minor = models.BigIntegerField(null=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    set_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["position", "from_at"]
        constraints = [
            models.CheckConstraint(condition=Q(rate_bps__lte=10_000), name="commission_rate"),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gt=models.F("from_at")),
                name="commission_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.label}"
