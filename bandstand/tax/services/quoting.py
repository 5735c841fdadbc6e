"""Quotes of checkout lines: kept when a checkout is prepared, committed with its order, voided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from bandstand.tax.models import TaxQuote, TaxQuoteMove
from bandstand.tax.queries.quotes import QuoteRow, quote_of_line, quote_of_subject, state_of
from bandstand.tax.queries.rates import policy_in
from bandstand.tax.queries.reckoning import is_taxed
from bandstand.tax.rules import LineTax, QuoteState, TaxAsk
from bandstand.tax.services.engines import ENGINES


@transaction.atomic
def quote(*, ask: TaxAsk, now: datetime) -> Mapping[UUID, LineTax]:
    """
    Return and keep the tax of each thing by its key; nothing where sales are not taxed.

    Raises: TaxNotKnownError.
    """
    policy = policy_in(ask.market, now=now)
    if not is_taxed(ask.market, now=now) or policy is None:
        return {}
    return ENGINES[policy.engine.value].quote(ask, now=now)


@transaction.atomic
def commit(*, subject_id: UUID, line_id: UUID, now: datetime) -> QuoteRow | None:
    """
    Commit the quote of a checkout line for the order line it became; return it, if there is one.

    Raises: QuoteMoveRefusedError if it was voided meanwhile.
    """
    found = quote_of_subject(subject_id)
    if found is None:
        return None
    ENGINES[found.engine].commit(found.id, line_id=line_id, now=now)
    return found


@transaction.atomic
def void_quotes(*, subject_ids: Sequence[UUID], reason: str, now: datetime) -> int:
    """Void the open quotes of checkout lines that will not be sold; return how many."""
    moved = TaxQuoteMove.objects.filter(quote=OuterRef("pk"))
    live = TaxQuote.objects.filter(~Exists(moved), subject_id__in=subject_ids).order_by("id")
    found = list(live)
    for one in found:
        ENGINES[one.engine].void(one.id, reason=reason, now=now)
    return len(found)


@transaction.atomic
def void_line(*, line_id: UUID, reason: str, now: datetime) -> bool:
    """
    Void the quote of an order line whose sale was undone; return whether that was news.

    The amounts stay as quoted: what is given back is what was collected, whatever the rate is now.
    """
    found = quote_of_line(line_id)
    if found is None or state_of(found.id) is not QuoteState.COMMITTED:
        return False
    ENGINES[found.engine].void(found.id, reason=reason, now=now)
    return True
