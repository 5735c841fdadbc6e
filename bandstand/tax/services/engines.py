"""
The port of tax engines, and the one that comes with the shop.

An engine quotes what is about to be sold, is told when the sale was made, and when it came to
nothing or was undone. A provider's engine takes the place of the embedded one behind this port.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.kernel.canonical import sha256_hex
from bandstand.plumbing import clock, locks
from bandstand.tax.models import TaxQuote, TaxQuoteMove
from bandstand.tax.queries.quotes import state_of
from bandstand.tax.queries.reckoning import reckon
from bandstand.tax.rules import (
    EngineName,
    LineTax,
    QuoteMove,
    QuoteState,
    TaxAsk,
    Telling,
    next_quote_state,
    quote_body,
)
from bandstand.tax.services.providers import write_telling


class TaxEngine(Protocol):
    """Whoever says what the tax is. All three run inside the caller's transaction."""

    name: EngineName

    def quote(self, ask: TaxAsk, *, now: datetime) -> Mapping[UUID, LineTax]:
        """Return and keep the tax of each thing, by its key."""

    def commit(self, quote_id: UUID, *, line_id: UUID, now: datetime) -> None:
        """Take note that the sale of a quote was made."""

    def void(self, quote_id: UUID, *, reason: str, now: datetime) -> None:
        """Take note that no sale came of a quote, or that it was undone."""


class EmbeddedEngine:
    """The rates loaded into this shop; the record of quotes is its own."""

    name = EngineName.EMBEDDED

    def quote(self, ask: TaxAsk, *, now: datetime) -> Mapping[UUID, LineTax]:
        """
        Return and keep the tax of each thing, by its key.

        Raises: TaxNotKnownError.
        """
        return _kept(ask, now=now)

    def commit(self, quote_id: UUID, *, line_id: UUID, now: datetime) -> None:
        """
        Take note that the sale of a quote was made.

        Raises: QuoteMoveRefusedError for one that is committed or voided.
        """
        _note(quote_id, move=QuoteMove.COMMIT, line_id=line_id, reason="", now=now)

    def void(self, quote_id: UUID, *, reason: str, now: datetime) -> None:
        """
        Take note that no sale came of a quote, or that it was undone.

        Raises: QuoteMoveRefusedError for one that is voided.
        """
        _note(quote_id, move=QuoteMove.VOID, line_id=None, reason=reason, now=now)


class ProviderEngine:
    """An outside engine: it was asked before, and is told afterwards, both outside of this."""

    def __init__(self, name: EngineName) -> None:
        self.name = name

    def quote(self, ask: TaxAsk, *, now: datetime) -> Mapping[UUID, LineTax]:
        """
        Return and keep what the provider answered, or what the policy says without an answer.

        Raises: TaxNotKnownError.
        """
        return _kept(ask, now=now)

    def commit(self, quote_id: UUID, *, line_id: UUID, now: datetime) -> None:
        """
        Take note that the sale of a quote was made, and that the provider must be told.

        Raises: QuoteMoveRefusedError for one that is committed or voided.
        """
        _note(quote_id, move=QuoteMove.COMMIT, line_id=line_id, reason="", now=now)
        write_telling(TaxQuote.objects.get(pk=quote_id), telling=Telling.RECORD, now=now)

    def void(self, quote_id: UUID, *, reason: str, now: datetime) -> None:
        """
        Take note that no sale came of a quote, or that it was undone: then the provider is told.

        Raises: QuoteMoveRefusedError for one that is voided.
        """
        before = _note(quote_id, move=QuoteMove.VOID, line_id=None, reason=reason, now=now)
        if before is QuoteState.COMMITTED:
            write_telling(TaxQuote.objects.get(pk=quote_id), telling=Telling.REVERSE, now=now)


ENGINES: Mapping[str, TaxEngine] = {
    EngineName.EMBEDDED.value: EmbeddedEngine(),
    EngineName.STRIPE.value: ProviderEngine(EngineName.STRIPE),
}


def _kept(ask: TaxAsk, *, now: datetime) -> Mapping[UUID, LineTax]:
    lines = reckon(ask, now=now)
    on = clock.day_in(catalogue.market(ask.market).time_zone, at=now)
    for key, line in lines.items():
        # What the shop's own rates stood in for is the shop's own quote: nobody else is told.
        engine = EngineName.STRIPE if line.provider_ref else EngineName.EMBEDDED
        body = quote_body(line, ask=ask, subject_id=key, engine=engine, on=on)
        TaxQuote.objects.create(
            subject_id=key,
            market_id=ask.market,
            engine=engine.value,
            currency=line.price.currency,
            price_minor=line.price.minor,
            tax_minor=line.tax.minor,
            is_included=line.is_included,
            owed_to=line.owed_to,
            scheme=line.scheme.value,
            body=body,
            sha256=sha256_hex(body),
            quoted_at=now,
        )
    return lines


def _note(
    quote_id: UUID, *, move: QuoteMove, line_id: UUID | None, reason: str, now: datetime
) -> QuoteState:
    """Write a move and return where the quote stood before."""
    # Two that move one quote wait here for each other; the second sees where the first led.
    locks.lock(f"tax.quote:{quote_id}")
    before = state_of(quote_id)
    after = next_quote_state(before, move)
    TaxQuoteMove.objects.create(
        quote_id=quote_id,
        move=move.value,
        from_state=before.value,
        to_state=after.value,
        line_id=line_id,
        reason=reason[:200],
        moved_at=now,
    )
    return before
