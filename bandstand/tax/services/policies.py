"""Who says what the tax is in a market, and what used phones were bought for."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.money import Money
from bandstand.plumbing import audit
from bandstand.tax.models import Acquisition, TaxPolicy
from bandstand.tax.rules import (
    AcquiredFrom,
    AcquisitionError,
    Ambiguity,
    EngineName,
    TaxPolicyError,
    WithoutAnswer,
)
from bandstand.tax.services.embedded import load_embedded_rates


@transaction.atomic
def set_tax_policy(  # noqa: PLR0913 -- a policy has these parts
    *,
    market: str,
    engine: EngineName,
    source: str,
    from_at: datetime,
    actor: str,
    now: datetime,
    ambiguity: Ambiguity = Ambiguity.HIGHEST,
    without_answer: WithoutAnswer = WithoutAnswer.REFUSE,
) -> UUID:
    """
    Say how sales in a market are taxed from an instant on, and who says so.

    The rates that come with the shop are loaded with it, so that there is something to reckon by.
    Raises: TaxPolicyError; NotFoundError for a market that is none.
    """
    catalogue.market(market)
    if not source.strip():
        raise TaxPolicyError("Name where this was decided: the registration, or the advice.")
    if from_at < now:
        raise TaxPolicyError("A tax policy begins now or later; what was sold stays as it was.")
    row, _ = TaxPolicy.objects.update_or_create(
        market_id=market,
        from_at=from_at,
        defaults={
            "engine": engine.value,
            "ambiguity": ambiguity.value,
            "without_answer": without_answer.value,
            "source": source[:300],
            "set_by": actor,
        },
    )
    if engine is not EngineName.NONE:
        load_embedded_rates(now=now, actor=actor)
    audit.record(
        actor=actor, action="tax.policy", subject=f"market:{market}", now=now, engine=engine.value
    )
    return row.id


@transaction.atomic
def state_acquisition(
    *,
    offer_id: UUID,
    cost: Money,
    acquired_from: AcquiredFrom,
    source: str,
    actor: str,
    now: datetime,
) -> UUID:
    """
    Keep what each used phone of an offer was bought for, so that the margin scheme may apply.

    Raises: AcquisitionError.
    """
    if cost.is_negative:
        raise AcquisitionError("A phone was bought for nothing or more.")
    if not source.strip():
        raise AcquisitionError("Name the purchase record that shows what was paid, and to whom.")
    row = Acquisition.objects.create(
        offer_id=offer_id,
        cost_minor=cost.minor,
        currency=cost.currency,
        acquired_from=acquired_from.value,
        source=source[:300],
        stated_by=actor,
        stated_at=now,
    )
    audit.record(actor=actor, action="tax.acquisition", subject=f"offer:{offer_id}", now=now)
    return row.id
