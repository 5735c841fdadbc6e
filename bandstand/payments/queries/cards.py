"""Reads of saved cards and of the setups that save them, as frozen rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bandstand.payments.models import CardSetup, SavedCard
from bandstand.payments.rules.cards import SetupState, card_words, is_expiring, last_day


@dataclass(frozen=True, slots=True)
class SavedCardRow:
    """A saved card as its owner knows it."""

    id: UUID
    gateway: str
    token: str
    words: str
    last_day: date
    saved_at: datetime

    def is_expiring(self, *, today: date) -> bool:
        """Say whether it ends within a month, or has ended."""
        return is_expiring(year=self.last_day.year, month=self.last_day.month, today=today)


@dataclass(frozen=True, slots=True)
class SetupRow:
    """The saving of a card, as far as it is known."""

    id: UUID
    state: SetupState
    action_url: str
    failure: str
    begun_at: datetime


def saved_cards(owners: Collection[str], *, gateway: str) -> tuple[SavedCardRow, ...]:
    """Return the cards that some owners keep with a gateway, newest first."""
    found = SavedCard.objects.filter(owner__in=owners, gateway=gateway, removed_at=None)
    return tuple(_row(card) for card in found.order_by("-saved_at", "-id"))


def saved_card_by_id(card_id: UUID) -> SavedCardRow | None:
    """Return a saved card that was not removed."""
    card = SavedCard.objects.filter(pk=card_id, removed_at=None).first()
    return None if card is None else _row(card)


def card_of_payment(payment_id: UUID) -> SavedCardRow | None:
    """Return the card that a payment saved, unless it was removed since."""
    card = SavedCard.objects.filter(payment_id=payment_id, removed_at=None).first()
    return None if card is None else _row(card)


def customer_of(owner: str, *, gateway: str) -> str:
    """Return whom a gateway knows an owner as, from a card that they saved before; or nothing."""
    kept = SavedCard.objects.filter(owner=owner, gateway=gateway).order_by("-saved_at", "-id")
    return kept.values_list("customer_ref", flat=True).first() or ""


def setup_of(purpose: str) -> SetupRow | None:
    """Return the newest setup of a purpose."""
    found = CardSetup.objects.filter(purpose=purpose).order_by("-begun_at", "-id").first()
    return None if found is None else _setup(found)


def setup_row(setup_id: UUID) -> SetupRow:
    """Return a setup."""
    return _setup(CardSetup.objects.get(pk=setup_id))


def _row(card: SavedCard) -> SavedCardRow:
    return SavedCardRow(
        id=card.id,
        gateway=card.gateway,
        token=card.token,
        words=card_words(
            brand=card.brand,
            last_four=card.last_four,
            year=card.expires_year,
            month=card.expires_month,
        ),
        last_day=last_day(year=card.expires_year, month=card.expires_month),
        saved_at=card.saved_at,
    )


def _setup(setup: CardSetup) -> SetupRow:
    return SetupRow(
        id=setup.id,
        state=SetupState(setup.state),
        action_url=setup.action_url,
        failure=setup.failure,
        begun_at=setup.begun_at,
    )
