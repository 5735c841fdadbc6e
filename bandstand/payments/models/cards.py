"""Cards that buyers let us keep: what the provider calls them, and what a buyer knows them by."""

from django.db import models
from django.db.models import Q

from bandstand.payments.models.payments import Payment
from bandstand.payments.rules.cards import SetupState
from bandstand.plumbing.models import Record


class SavedCard(Record):
    """
    A card that may be charged again: the provider's names for it, its last four digits, its end.

    No more of a card is ever kept. The owner is a person who signed in, or the one checkout that
    saved it: an e-mail address that anybody can type owns nothing.
    """

    gateway = models.CharField(max_length=20)
    customer_ref = models.CharField(max_length=120)
    method_ref = models.CharField(max_length=120)
    brand = models.CharField(max_length=20)
    last_four = models.CharField(max_length=4)
    expires_year = models.PositiveSmallIntegerField()
    expires_month = models.PositiveSmallIntegerField()
    owner = models.CharField(max_length=60)
    owner_email = models.CharField(max_length=254)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, related_name="saved_cards"
    )
    saved_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)  # by the provider, once it was told
    told_expiring_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "method_ref"], name="saved_card_once"),
            models.CheckConstraint(
                condition=Q(last_four__regex=r"^[0-9]{4}$"), name="saved_card_last_four_only"
            ),
            models.CheckConstraint(
                condition=Q(expires_month__gte=1, expires_month__lte=12),
                name="saved_card_month_known",
            ),
        ]
        indexes = [
            models.Index(fields=["owner"], name="saved_card_owner", condition=Q(removed_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.brand} ending {self.last_four}"

    @property
    def token(self) -> str:
        """The token by which the card is charged: who it belongs to, and which it is."""
        return f"{self.customer_ref}/{self.method_ref}"


class CardSetup(Record):
    """A buyer's way through the provider's page to save a card without a charge."""

    key = models.CharField(max_length=160, unique=True)  # from business identity, never a click
    purpose = models.CharField(max_length=120)
    gateway = models.CharField(max_length=20)
    owner = models.CharField(max_length=60)
    owner_email = models.CharField(max_length=254)
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in SetupState])
    provider_ref = models.CharField(max_length=120, default="", blank=True)
    action_url = models.CharField(max_length=2000, default="", blank=True)
    return_url = models.CharField(max_length=500)
    failure = models.CharField(max_length=60, default="", blank=True)
    card = models.ForeignKey(SavedCard, on_delete=models.PROTECT, null=True, related_name="setups")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in SetupState]), name="setup_state_known"
            ),
            models.UniqueConstraint(
                fields=["purpose"],
                condition=Q(state__in=[SetupState.WRITTEN.value, SetupState.ASKED.value]),
                name="setup_one_under_way",
            ),
        ]
        indexes = [models.Index(fields=["gateway", "provider_ref"], name="setup_provider_ref")]

    def __str__(self) -> str:
        return self.key
