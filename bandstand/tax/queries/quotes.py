"""Quotes that were kept, and where they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from bandstand.tax.models import TaxQuote, TaxQuoteMove
from bandstand.tax.rules import LineTax, QuoteMove, QuoteState, read_quote


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A kept quote."""

    id: UUID
    subject_id: UUID
    engine: str
    line: LineTax
    sha256: str


def quote_of_subject(subject_id: UUID) -> QuoteRow | None:
    """Return the latest quote of a checkout line, if its sale is taxed."""
    found = TaxQuote.objects.filter(subject_id=subject_id).order_by("-quoted_at", "-id").first()
    return None if found is None else _row(found)


def quote_of_line(line_id: UUID) -> QuoteRow | None:
    """Return the quote that an order line was sold under, if its sale was taxed."""
    return quotes_of_lines([line_id]).get(line_id)


def quotes_of_lines(line_ids: Sequence[UUID]) -> Mapping[UUID, QuoteRow]:
    """Return the quotes that order lines were sold under, by line."""
    commits = TaxQuoteMove.objects.filter(
        line_id__in=line_ids, move=QuoteMove.COMMIT.value
    ).select_related("quote")
    return {one.line_id: _row(one.quote) for one in commits if one.line_id is not None}


def included_minor_of_lines(line_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return the tax inside the price of order lines; lines without any are left out."""
    found = (
        TaxQuoteMove.objects.filter(
            line_id__in=line_ids, move=QuoteMove.COMMIT.value, quote__is_included=True
        )
        .values_list("line_id")
        .annotate(total=Sum("quote__tax_minor"))
    )
    return {line_id: int(total) for line_id, total in found if line_id is not None and total}


def state_of(quote_id: UUID) -> QuoteState:
    """Return where a quote stands: where its last move led."""
    last = TaxQuoteMove.objects.filter(quote_id=quote_id).order_by("-moved_at", "-id").first()
    return QuoteState.QUOTED if last is None else QuoteState(last.to_state)


def _row(quote: TaxQuote) -> QuoteRow:
    return QuoteRow(
        id=quote.id,
        subject_id=quote.subject_id,
        engine=quote.engine,
        line=read_quote(quote.body),
        sha256=quote.sha256,
    )
