"""What the tax of things would be now. Reads only; ``services`` keep it as a quote."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from bandstand.catalogue import queries as catalogue
from bandstand.plumbing import clock
from bandstand.tax.queries.answers import answered
from bandstand.tax.queries.rates import (
    AcquisitionRow,
    TaxPolicyRow,
    acquisitions_of,
    policy_in,
    rates_of,
)
from bandstand.tax.queries.sst import sst_rate
from bandstand.tax.rules import (
    Ambiguity,
    EngineName,
    LineTax,
    Rate,
    TaxableThing,
    TaxAsk,
    TaxKind,
    TaxNotKnownError,
    WithoutAnswer,
    authority_of,
    jurisdictions,
    line_tax,
    margin_tax,
    rate_at,
    special_place,
)
from bandstand.tax.tables import special_places

STOOD_IN: Final = "The provider did not answer; the rates loaded into this shop were used."


def is_taxed(market: str, *, now: datetime) -> bool:
    """
    Say whether sales in a market are taxed, by the rates of this shop or by a provider.

    A market without a policy is not taxed in development and tests, and not sold in production.
    Raises: TaxNotKnownError in production, where nobody has set a policy.
    """
    policy = policy_in(market, now=now)
    if policy is None and settings.TAX_MUST_BE_KNOWN:
        raise TaxNotKnownError(
            f"What tax is collected in {market} is not set, so nothing can be sold there yet.",
            market=market,
        )
    return policy is not None and policy.engine is not EngineName.NONE


def reckon(ask: TaxAsk, *, now: datetime) -> Mapping[UUID, LineTax]:
    """
    Return the tax of each thing by its key; nothing where sales are not taxed.

    Raises: TaxNotKnownError where a sale is taxed and the rate is not known well enough.
    """
    policy = policy_in(ask.market, now=now)
    if not ask.things or not is_taxed(ask.market, now=now) or policy is None:
        return {}
    if policy.engine is EngineName.EMBEDDED:
        return _by_loaded_rates(ask, policy=policy, now=now)
    told = answered(ask, engine=policy.engine, now=now)
    if told is not None:
        return told
    if policy.without_answer is WithoutAnswer.REFUSE:
        raise TaxNotKnownError(
            "The tax for this address could not be asked for just now, so nothing was charged."
            " Try again in a moment.",
            market=ask.market,
        )
    return _by_loaded_rates(ask, policy=policy, now=now, note=STOOD_IN)


def _by_loaded_rates(
    ask: TaxAsk, *, policy: TaxPolicyRow, now: datetime, note: str = ""
) -> Mapping[UUID, LineTax]:
    on = clock.day_in(catalogue.market(ask.market).time_zone, at=now)
    rate = _rate(ask, ambiguity=policy.ambiguity, on=on)
    _require_known(rate, ask=ask)
    assert rate is not None  # noqa: S101 -- the line above refused that
    if note:
        rate = rate.noted(f"{rate.note} {note}".strip())
    used = [one.offer_id for one in ask.things if one.is_used] if rate.kind is TaxKind.VAT else []
    costs = acquisitions_of(used) if used else {}
    return {one.key: _line(one, rate=rate, costs=costs) for one in ask.things}


def _rate(ask: TaxAsk, *, ambiguity: Ambiguity, on: date) -> Rate | None:
    """Return the rate loaded for a very postal code, else of the state's files, else any."""
    listed = rate_at(ask.place, rates_of(ask.place), on=on)
    names = jurisdictions(ask.place)
    is_own = listed is not None and not listed.is_estimate and listed.jurisdiction == names[0]
    if is_own and ":" in names[0]:
        return listed
    return sst_rate(ask.place, on=on, ambiguity=ambiguity) or listed


def _require_known(rate: Rate | None, *, ask: TaxAsk) -> None:
    names = jurisdictions(ask.place) or (ask.place.country,)
    if rate is None:
        raise TaxNotKnownError(
            f"What tax a sale bears in {names[-1]} is not known, so nothing can be sold there yet.",
            jurisdiction=names[-1],
        )
    special = special_place(ask.place, special_places())
    if special is not None and rate.jurisdiction != names[0]:
        raise TaxNotKnownError(
            f"{special.name[0].upper()}{special.name[1:]} has tax rules of its own, which are not"
            " known here, so nothing can be delivered there yet.",
            jurisdiction=names[0],
            source=special.source,
        )
    if rate.is_estimate and settings.TAX_MUST_BE_KNOWN:
        raise TaxNotKnownError(
            f"Only an estimate of the tax in {rate.title} is known, so nothing can be sold there"
            " yet.",
            jurisdiction=authority_of(rate.jurisdiction),
        )


def _line(thing: TaxableThing, *, rate: Rate, costs: Mapping[UUID, AcquisitionRow]) -> LineTax:
    stated = costs.get(thing.offer_id)
    if stated is None or stated.cost.currency != thing.price.currency:
        return line_tax(thing.price, rate)
    return margin_tax(thing.price, rate, acquired_for=stated.cost)
