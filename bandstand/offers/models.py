"""Offers, single units with their IMEI, and reservations that expire."""

from django.db import models

from bandstand.catalogue.models import FitInput, Market, Network, Variant
from bandstand.offers.rules import OfferState, UnitState
from bandstand.parties.models import Party
from bandstand.plumbing.models import Record
from bandstand.rights.rules import Condition


class Offer(Record):
    """A seller's price and condition for a variant in a market."""

    seller = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="offers")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="offers")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="offers")
    condition = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in Condition]
    )
    storage_gb = models.PositiveIntegerField(null=True, blank=True)
    colour = models.CharField(max_length=40, default="", blank=True)
    colour_hex = models.CharField(max_length=7, default="#8a8a93")
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in OfferState])
    last_decision_id = models.UUIDField(null=True, blank=True)
    dispatch_days = models.PositiveSmallIntegerField(default=2)
    return_days = models.PositiveSmallIntegerField(default=30)
    warranty_months = models.PositiveSmallIntegerField(default=12)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "variant", "market", "condition", "storage_gb", "colour"],
                nulls_distinct=False,
                name="offer_once",
            ),
            models.CheckConstraint(condition=models.Q(price_minor__gt=0), name="offer_priced"),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in OfferState]),
                name="offer_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=OfferState.LISTED.value)
                | models.Q(published_at__isnull=False, last_decision_id__isnull=False),
                name="offer_listed_was_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["market", "price_minor"],
                name="offer_shelf",
                condition=models.Q(state=OfferState.LISTED.value),
            )
        ]

    def __str__(self) -> str:
        return f"{self.variant} from {self.seller}"


class OfferFit(Record):
    """
    The fit that an offer was listed with on one network. Append-only by trigger.

    The newest row of an offer and network counts; a later one is written when the offer is asked
    for again and the inputs have changed. ``inputs_hash`` is made of ``identity`` and the two
    hashes, so anybody can check the row against the inputs that are kept.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="fits")
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="offer_fits")
    as_of = models.DateField()
    frozen_at = models.DateTimeField()
    tier = models.CharField(max_length=16)
    label = models.CharField(max_length=60)
    sentence = models.TextField()
    body = models.JSONField()
    identity = models.JSONField()  # what rules may name the variant by
    radio_input = models.ForeignKey(FitInput, on_delete=models.PROTECT, related_name="+")
    network_input = models.ForeignKey(FitInput, on_delete=models.PROTECT, related_name="+")
    inputs_hash = models.CharField(max_length=64)
    radio_version = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "network", "frozen_at"], name="offer_fit_once_an_instant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} on {self.network}: {self.tier} as of {self.as_of}"


class OfferMoveRecord(Record):
    """A step in an offer's life. Append-only by trigger."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, default="", blank=True)

    def __str__(self) -> str:
        return f"{self.move} {self.offer_id}"


class Unit(Record):
    """One physical phone. A unit without radio (headphones) has a serial and no IMEI."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="units")
    imei = models.CharField(max_length=15, null=True, blank=True, unique=True)
    serial = models.CharField(max_length=40)
    lot = models.CharField(max_length=60, default="", blank=True)
    stocked_at = models.DateTimeField()
    state = models.CharField(
        max_length=12,
        choices=[(one.value, one.value) for one in UnitState],
        default=UnitState.IN_STOCK.value,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "serial"], name="unit_serial_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in UnitState]),
                name="unit_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(imei=None) | models.Q(imei__regex=r"^\d{15}$"),
                name="unit_imei_shape",
            ),
        ]
        indexes = [
            models.Index(
                fields=["offer", "stocked_at"],
                name="unit_in_stock",
                condition=models.Q(state=UnitState.IN_STOCK.value),
            )
        ]

    def __str__(self) -> str:
        return self.imei or self.serial


class Reservation(Record):
    """One unit kept for one holder (a checkout) until an instant."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reservations")
    holder = models.UUIDField()
    reserved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=12, default="", blank=True)  # sold, freed, expired

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=models.Q(ended_at=None), name="unit_reserved_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="reservation_live", condition=models.Q(ended_at=None)
            ),
            models.Index(fields=["holder"], name="reservation_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} for {self.holder}"
