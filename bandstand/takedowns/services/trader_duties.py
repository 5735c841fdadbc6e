"""
The law's clock about who sellers are: ask, remind, suspend, and propose to lift once it is cured.

A suspension is a hold whose scope is the seller. It stops new offers and new orders only: orders
already placed are charged and sent.

Source: 15 U.S.C. 45f(a)(1)(A)-(C); Regulation (EU) 2022/2065 Article 30(1)-(3). The terms are rows
of ``parties.rules.inform``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from bandstand.catalogue.models import Market
from bandstand.gate import services as gate
from bandstand.gate.rules import Activity, Basis, HoldScope
from bandstand.gate.rules.requests import RequestAnsweredError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Ground
from bandstand.money.months import shift_months
from bandstand.offers.models import Offer
from bandstand.offers.rules import OfferState
from bandstand.orders.queries.sales_counted import sale_days
from bandstand.parties import queries as parties
from bandstand.parties.models import IdentityField, TraderDuty
from bandstand.parties.queries.identity import Facts, duty_row, identity_of
from bandstand.parties.queries.rows import OperatorView, PartyRow
from bandstand.parties.rules.duties import (
    DutyKind,
    DutyStep,
    must_certify,
    next_step,
    notice_ends,
    opening,
)
from bandstand.parties.rules.identity import CheckVerdict, Regime, sellers_turn
from bandstand.parties.rules.identity_specs import IdentityName
from bandstand.parties.rules.inform import TraderPolicy, applies_in, policy_of, qualified_on
from bandstand.plumbing import letters
from bandstand.plumbing.locks import lock
from bandstand.takedowns.rules import trader_letters
from bandstand.takedowns.rules.letters import Letter
from bandstand.takedowns.rules.trader_letters import PUBLIC_REASON, DutyLetterFact

ACTOR: Final = "system:trader-duties"
STOPS: Final = frozenset({Activity.OFFER_PUBLISH, Activity.ORDER_COMMIT})
OFFERING: Final = (OfferState.LISTED.value, OfferState.IN_REVIEW.value, OfferState.DRAFT.value)


@dataclass(frozen=True, slots=True)
class DutySteps:
    """What one look at the clock did."""

    opened: int = 0
    noticed: int = 0
    suspended: int = 0
    met: int = 0

    def and_one(self, step: DutyStep) -> "DutySteps":
        """Return the count with one more step."""
        return DutySteps(
            self.opened + (step is DutyStep.OPEN),
            self.noticed + (step is DutyStep.NOTICE),
            self.suspended + (step is DutyStep.SUSPEND),
            self.met + (step is DutyStep.MEET),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One seller, under one law, at one instant."""

    seller: PartyRow
    operator: OperatorView
    policy: TraderPolicy
    facts: Facts
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.operator.time_zone)).date()


def review_traders(*, now: datetime) -> DutySteps:
    """Look at the clock of every seller, one transaction each, and do what is due."""
    operator, done = parties.operator(), DutySteps()
    sellers = Offer.objects.exclude(seller=operator.party_id).order_by("seller_id")
    for seller_id in sellers.values_list("seller_id", flat=True).distinct():
        for step in review_trader(party_id=seller_id, now=now):
            done = done.and_one(step)
    return done


@transaction.atomic
def review_trader(*, party_id: UUID, now: datetime) -> list[DutyStep]:
    """
    Look at one seller's clock and do what is due: write, suspend, propose to lift.

    Raises: PartyNotFoundError.
    Lock: the seller's duties.
    """
    lock(f"trader:{party_id}")
    operator, seller = parties.operator(), parties.party(party_id)
    facts = identity_of(party_id)
    done: list[DutyStep] = []
    for regime in Regime:
        policy = policy_of(regime, on=now.date())
        if policy is None:
            continue
        look = _Look(seller=seller, operator=operator, policy=policy, facts=facts, now=now)
        done.extend(_steps(look))
    return done


def asked_since(*, party_id: UUID, regime: Regime, now: datetime) -> date | None:
    """Return the day since which a law asks of a seller who it is, or None."""
    policy, operator = policy_of(regime, on=now.date()), parties.operator()
    if policy is None or party_id == operator.party_id:
        return None
    look = _Look(
        seller=parties.party(party_id), operator=operator, policy=policy, facts={}, now=now
    )
    return _asked_since(look)


def _steps(look: _Look) -> Iterator[DutyStep]:
    since = _asked_since(look)
    for kind in DutyKind:
        step = _step(look, kind=kind, since=since)
        if step is not DutyStep.NONE:
            yield step


def _step(look: _Look, *, kind: DutyKind, since: date | None) -> DutyStep:
    duty = TraderDuty.objects.filter(
        party=look.seller.id, regime=look.policy.regime.value, kind=kind.value, met_at=None
    ).first()
    owes = _owes(look, kind=kind, duty=duty) if since else ()
    step = next_step(duty_row(duty).fact if duty else None, owes=owes, now=look.now)
    if duty is None and step is DutyStep.OPEN and since is not None:
        _open(look, kind=kind, since=_began(look, kind=kind, since=since), owes=owes)
    elif duty is not None and step is DutyStep.NOTICE:
        _notice(look, duty, owes=owes)
    elif duty is not None and step is DutyStep.SUSPEND:
        _suspend(look, duty, owes=owes)
    elif duty is not None and step is DutyStep.MEET:
        _meet(look, duty)
    return step


def _asked_since(look: _Look) -> date | None:
    policy = look.policy
    if policy.gross_min is None:
        return look.today if _offers_under(look) else None
    days = sale_days(
        seller_id=look.seller.id,
        market=min(policy.markets),
        currency=policy.gross_min.currency,
        since=shift_months(look.today, months=-policy.lookback_months),
        zone=look.operator.time_zone,
    )
    return qualified_on(days, policy=policy, on=look.today)


def _offers_under(look: _Look) -> bool:
    reached = [
        market.code
        for market in Market.objects.all()
        if applies_in(look.policy, market=market.code, members=market.members)
    ]
    return Offer.objects.filter(
        seller=look.seller.id, market__in=reached, state__in=OFFERING
    ).exists()


def _owes(look: _Look, *, kind: DutyKind, duty: TraderDuty | None) -> tuple[IdentityName, ...]:
    if kind is DutyKind.COLLECT:
        return sellers_turn(look.policy.fields, facts=look.facts, at=look.now)
    word = look.facts.get(IdentityName.CERTIFICATION)
    if duty is not None:
        is_given = word is not None and word.stated_at >= duty.opened_at
        return () if is_given else (IdentityName.CERTIFICATION,)
    last = _last_certified(look)
    is_due = must_certify(policy=look.policy, last_on=last, today=look.today)
    return (IdentityName.CERTIFICATION,) if is_due else ()


def _last_certified(look: _Look) -> date | None:
    """Return when the seller last certified, or else when it first gave everything."""
    word = look.facts.get(IdentityName.CERTIFICATION)
    if word is not None and word.verdict is not CheckVerdict.REFUSED:
        return word.stated_at.date()
    given = [look.facts[name].stated_at.date() for name in look.policy.fields if name in look.facts]
    return max(given) if len(given) == len(look.policy.fields) else None


def _began(look: _Look, *, kind: DutyKind, since: date) -> date:
    return since if kind is DutyKind.COLLECT else look.today


def _open(look: _Look, *, kind: DutyKind, since: date, owes: tuple[IdentityName, ...]) -> None:
    begins = opening(
        policy=look.policy, kind=kind, since=since, now=look.now, zone=look.operator.time_zone
    )
    duty = TraderDuty.objects.create(
        party_id=look.seller.id,
        regime=look.policy.regime.value,
        kind=kind.value,
        since_date=since,
        opened_at=look.now,
        due_at=begins.due_at,
        noticed_at=begins.noticed_at,
        suspend_at=begins.suspend_at,
    )
    fact = _fact(look, duty, owes=owes)
    word = trader_letters.duty_noticed if begins.noticed_at else trader_letters.duty_opened
    _write("notice" if begins.noticed_at else "open", word(fact), look=look, duty=duty)


def _notice(look: _Look, duty: TraderDuty, *, owes: tuple[IdentityName, ...]) -> None:
    duty.noticed_at = look.now
    duty.suspend_at = notice_ends(look.policy, now=look.now)
    duty.save(update_fields=["noticed_at", "suspend_at"])
    letter = trader_letters.duty_noticed(_fact(look, duty, owes=owes))
    _write("notice", letter, look=look, duty=duty)


def _suspend(look: _Look, duty: TraderDuty, *, owes: tuple[IdentityName, ...]) -> None:
    duty.hold_id = gate.place_hold(
        scope=HoldScope(seller_id=look.seller.id),
        activities=STOPS,
        basis=Basis.TRADER_TRACEABILITY,
        ground=Ground.LAW,
        reason=PUBLIC_REASON,
        legal_reference=look.policy.cited,
        actor=ACTOR,
        now=look.now,
    )
    duty.save(update_fields=["hold_id"])
    letter = trader_letters.duty_suspended(_fact(look, duty, owes=owes))
    _write("suspend", letter, look=look, duty=duty)


def _meet(look: _Look, duty: TraderDuty) -> None:
    duty.met_at = look.now
    duty.save(update_fields=["met_at"])
    if duty.hold_id is not None:
        _propose_lift(look, hold_id=duty.hold_id)
    letter = trader_letters.duty_met(
        _fact(look, duty, owes=()), was_suspended=duty.hold_id is not None
    )
    _write("met", letter, look=look, duty=duty)


def _propose_lift(look: _Look, *, hold_id: UUID) -> None:
    """Propose in the name of whoever stated what was missing; one of the operator's confirms."""
    last = (
        IdentityField.objects.filter(party=look.seller.id)
        .select_related("stated_by")
        .order_by("-stated_at", "-id")
        .first()
    )
    if last is None:
        return
    try:
        gate.propose_lift(
            hold_id=hold_id,
            reason=f"Nothing is missing any more of what {look.policy.cited} asks.",
            actor=last.stated_by.email,
            on_behalf_of=look.seller.id,
            now=look.now,
        )
    except RequestAnsweredError:
        # Somebody has proposed it already, or it is lifted: nothing is left to ask.
        return


def _fact(look: _Look, duty: TraderDuty, *, owes: tuple[IdentityName, ...]) -> DutyLetterFact:
    return DutyLetterFact(
        shop_name=look.operator.shop_name,
        seller_name=look.seller.trading_name,
        url=f"{settings.BASE_URL}/portals/seller/identity/",
        time_zone=look.operator.time_zone,
        policy=look.policy,
        kind=DutyKind(duty.kind),
        owes=owes,
        due_at=duty.due_at,
        suspend_at=duty.suspend_at,
    )


def _write(word: str, letter: Letter, *, look: _Look, duty: TraderDuty) -> None:
    if not look.seller.email:
        return
    letters.write_letter(
        key=f"duty:{duty.id}:{word}",
        kind="trader_duty",
        to_address=look.seller.email,
        subject=letter.subject,
        body=letter.body,
        about=print_id(IdKind.PARTY, look.seller.id),
        now=look.now,
    )
