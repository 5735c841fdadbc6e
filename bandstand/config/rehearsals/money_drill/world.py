"""The plans of the drill: sold on shared terms, with cards and habits thrown by a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random  # noqa: TID251 -- dice thrown by a seed
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.catalogue.models import Market
from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.models import Disclosure, Instalment, Mandate, Plan
from bandstand.credit.rules import InstalmentState, PlanState, PriceDisclosure, disclose
from bandstand.credit.rules.agreement import AgreementFacts
from bandstand.credit.rules.calendar import policy_on
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import AccountCode, TransferOrder, credit_if_any, debit, legs
from bandstand.money import Money
from bandstand.plumbing.ids import new_id

BEGIN: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)
BUYER: Final = "mira@example.org"
MONTHS: Final = (2, 3, 4)
RATES: Final = (0, 1499)
CARDS: Final = (
    *("tok_ok",) * 13,
    *("tok_lost_answer",) * 3,
    *("tok_insufficient",) * 2,
    *("tok_off_session_refused",) * 2,
)
BY_HAND: Final = 0.08
PAYS_OFF: Final = 0.08
BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Life:
    """What the buyer of one plan does, whatever the shop does."""

    plan_id: UUID
    pays_by_hand: bool
    pays_off_on: date | None


@dataclass(frozen=True, slots=True)
class DrillWorld:
    """The plans, and the days on which something falls due, is tried again, or given up."""

    lives: tuple[Life, ...]
    days: tuple[date, ...]


@transaction.atomic
def build_world(*, plans: int, seed: int) -> DrillWorld:
    """Sell so many plans on one day; the same seed is the same world but for its ids."""
    dice = Random(seed)  # noqa: S311 -- a rehearsal's dice, repeatable on purpose
    Market.objects.get_or_create(
        code="US",
        defaults={
            "name": "United States",
            "currency": "USD",
            "members": ["US"],
            "time_zone": "America/New_York",
        },
    )
    told = [_told(months=months, rate=rate) for months in MONTHS for rate in RATES]
    lives: list[Life] = []
    for begun in range(0, plans, BATCH):
        lives.extend(_sell(told, count=min(BATCH, plans - begun), dice=dice))
    dues = {row.due_on for _, disclosure in told for row in disclosure.schedule}
    return DrillWorld(tuple(lives), tuple(sorted(_days(dues))))


def _days(dues: set[date]) -> Iterator[date]:
    for due in dues:
        policy = policy_on(due)
        for after in (*policy.tries, policy.charge_off):
            yield due + timedelta(days=after)
    # Something that was tried on the last day still wants its outcome.
    yield max(dues) + timedelta(days=policy_on(max(dues)).charge_off + 1)


def _told(*, months: int, rate: int) -> tuple[UUID, PriceDisclosure]:
    terms = credit.offer_terms(
        market="US",
        months=months,
        annual_rate_bps=rate,
        down_payment_bps=1000,
        price_minimum=Money.zero("USD"),
        from_at=BEGIN - timedelta(days=months * 10 + rate),
    )
    told = disclose(
        Money(29_999, "USD"),
        credit_queries.terms_row(terms),
        contract_date=BEGIN.date(),
        market="US",
    )
    kept = credit.store_disclosure(disclosure=told, market="US", now=BEGIN)
    facts = AgreementFacts(
        creditor="Lark Mobile Inc., 1 Quay Street",
        support="help@lark.example",
        buyer="Mira",
        buyer_address="1 Elm Street, Springfield",
        buyer_email=BUYER,
        device="Aster One (new)",
        seller="Northgate",
        locale="en_US",
    )
    credit.accept_agreement(disclosure_id=kept, facts=facts, accepted_by=BUYER, now=BEGIN)
    return kept, told


def _sell(told: list[tuple[UUID, PriceDisclosure]], *, count: int, dice: Random) -> Iterator[Life]:
    chosen = [dice.choice(told) for _ in range(count)]
    plans = [_plan(disclosure, kept=kept) for kept, disclosure in chosen]
    Plan.objects.bulk_create(plans)
    pairs = list(zip(plans, (disclosure for _, disclosure in chosen), strict=True))
    Instalment.objects.bulk_create(
        row for plan, disclosure in pairs for row in _instalments(plan, disclosure)
    )
    ledger.post_batch(orders=[_sale(plan, disclosure) for plan, disclosure in pairs], now=BEGIN)
    mandates = []
    for plan, disclosure in pairs:
        by_hand = dice.random() < BY_HAND
        if not by_hand:
            mandates.append(_mandate(plan, card=dice.choice(CARDS)))
        off = dice.choice(disclosure.schedule).due_on if dice.random() < PAYS_OFF else None
        yield Life(plan_id=plan.id, pays_by_hand=by_hand, pays_off_on=off)
    Mandate.objects.bulk_create(mandates)


def _plan(disclosure: PriceDisclosure, *, kept: UUID) -> Plan:
    return Plan(
        order_line_id=new_id(),
        terms_id=disclosure.terms_id,
        disclosure=Disclosure(pk=kept),
        buyer_email=BUYER,
        currency="USD",
        financed_minor=disclosure.amount_financed.minor,
        finance_charge_minor=disclosure.finance_charge.minor,
        state=PlanState.ACTIVE.value,
        agreed_at=BEGIN,
    )


def _instalments(plan: Plan, disclosure: PriceDisclosure) -> Iterator[Instalment]:
    for row in disclosure.schedule:
        yield Instalment(
            plan=plan,
            number=row.number,
            due_on=row.due_on,
            principal_minor=row.principal.minor,
            interest_minor=row.interest.minor,
            state=InstalmentState.SCHEDULED.value,
        )


def _mandate(plan: Plan, *, card: str) -> Mandate:
    return Mandate(plan=plan, card_token=card, saved_at=BEGIN, saved_by=BUYER)


def _sale(plan: Plan, disclosure: PriceDisclosure) -> TransferOrder:
    key = print_id(IdKind.PLAN, plan.id)
    owed = disclosure.total_of_payments
    return TransferOrder(
        idempotency_key=f"sale:{key}",
        kind="sale",
        entries=legs(
            debit(AccountCode.INSTALMENT_RECEIVABLE, owed, key=key),
            credit_if_any(
                AccountCode.SELLER_PAYABLE, owed - disclosure.finance_charge, key="northgate"
            ),
            credit_if_any(AccountCode.DEFERRED_FINANCE_INCOME, disclosure.finance_charge, key=key),
        ),
        effective_at=BEGIN,
    )
