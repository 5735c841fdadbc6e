"""The cards of a plan's buyer: which are saved, which one is charged, and how to save another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bandstand.payments.queries import SavedCardRow, SetupRow
from bandstand.payments.rules import decline_text
from bandstand.payments.rules.cards import SetupState
from bandstand.storefront.card_choices import provider_name


@dataclass(frozen=True, slots=True)
class CardLine:
    """A saved card, written."""

    id: UUID
    words: str
    is_charged: bool
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class CardsPanel:
    """What the plan's page says of cards."""

    lines: tuple[CardLine, ...]
    charged: str
    """The card that is charged by itself; empty if none is, or if it is not one of those shown."""
    save_url: str
    remove_url: str
    save_label: str
    trouble: str
    """Why the last card was not saved; empty if it was, or none was tried."""
    waits: bool


def cards_panel(
    saved: Sequence[SavedCardRow],
    *,
    charged_token: str,
    setup: SetupRow | None,
    plan_url: str,
    today: date,
) -> CardsPanel:
    """Return the cards of a plan's buyer; ``setup`` is the last time they went to save one."""
    charged = next((card for card in saved if card.token == charged_token), None)
    where = provider_name()
    said = "Replace the card" if charged_token else "Save another card" if saved else "Save a card"
    has_failed = setup is not None and setup.state is SetupState.FAILED
    return CardsPanel(
        lines=tuple(
            CardLine(
                id=card.id,
                words=card.words,
                is_charged=card is charged,
                ends_soon=card.is_expiring(today=today),
            )
            for card in saved
        ),
        charged=charged.words if charged else "",
        save_url=f"{plan_url}card/",
        remove_url=f"{plan_url}card/remove/",
        save_label=f"{said} at {where}" if where else said,
        trouble=decline_text(setup.failure) if has_failed and setup else "",
        waits=setup is not None and setup.state is SetupState.ASKED,
    )
