"""The plans of the drill: sold on shared terms, with cards and habits thrown by a seed."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random  # noqa: TID251 -- dice thrown by a seed
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.catalogue.models import Market
from bandstand.credit import documents, queries as credit_queries, services as credit
from bandstand.credit.law import regulation_of
from bandstand.credit.models import Agreement, Disclosure, Instalment, Mandate, Plan
from bandstand.credit.rules import InstalmentState, PlanState, PriceDisclosure, disclose
from bandstand.credit.rules.agreement import AgreementFacts, agreement_text
from bandstand.credit.rules.calendar import policy_on, try_days
from bandstand.credit.services.applications import approve_by_hand
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import AccountCode, TransferOrder, credit_if_any, debit, legs
from bandstand.money import Money
from bandstand.plumbing.ids import new_id

BEGIN: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)
BUYER: Final = "mira@example.org"
MONTHS: Final = (2, 2, 3, 3, 3, 4, 4, 6, 6, 9, 12, 13)
RATES: Final = (0, 1499)
CARDS: Final = (
    *("tok_ok",) * 25,
    *("tok_lost_answer",) * 6,
    *("tok_insufficient",) * 4,
    *("tok_off_session_refused",) * 3,
    "tok_dispute_won",
    "tok_dispute_lost",
)
CONTESTED: Final = frozenset({"tok_dispute_won", "tok_dispute_lost"})
BY_HAND: Final = 0.05
HABITS: Final = (("payoff", 0.06), ("extra", 0.05), ("cancel", 0.05), ("pause", 0.05))
BATCH: Final = 1_000
PAUSED_FOR: Final = timedelta(days=45)


class Deed(StrEnum):
    """What happens to a plan on a day, whatever the shop does."""

    PAYOFF = "payoff"
    EXTRA = "extra"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class DrillWorld:
    """The plans whose buyers pay by hand, what happens on which day, and how many days at least."""

    by_hand: frozenset[UUID]
    deeds: Mapping[date, Sequence[tuple[Deed, UUID]]]
    days_about: int


@transaction.atomic
def build_world(*, plans: int, seed: int) -> DrillWorld:
    """Sell so many plans on one day; the same seed is the same world but for its ids."""
    dice = Random(seed)  # noqa: S311 -- a rehearsal's dice, repeatable on purpose
    open_market()
    told = [disclosed(months=months, rate=rate) for months in sorted(set(MONTHS)) for rate in RATES]
    by_months = {(one.number_of_payments, one.annual_rate_bps): (key, one) for key, one in told}
    diary = _Diary()
    for begun in range(0, plans, BATCH):
        _sell(by_months, count=min(BATCH, plans - begun), dice=dice, diary=diary)
    dues = {row.due_on for _, disclosure in told for row in disclosure.schedule}
    days = {day for due in dues for day in days_of(due)} | diary.deeds.keys()
    return DrillWorld(frozenset(diary.by_hand), diary.deeds, len(days))


def open_market() -> None:
    """Write the market that the plans are sold in."""
    Market.objects.get_or_create(
        code="US",
        defaults={
            "name": "United States",
            "currency": "USD",
            "members": ["US"],
            "time_zone": "America/New_York",
        },
    )


def days_of(due: date) -> tuple[date, ...]:
    """Return the days on which something happens to what is due on a day and not paid."""
    policy = policy_on(due)
    return (*try_days(due, policy=policy), due + timedelta(days=policy.charge_off))


@dataclass(slots=True)
class _Diary:
    by_hand: set[UUID] = field(default_factory=set)
    deeds: dict[date, list[tuple[Deed, UUID]]] = field(default_factory=dict)

    def note(self, deed: Deed, plan: Plan, *, on: date) -> None:
        self.deeds.setdefault(on, []).append((deed, plan.id))


def disclosed(*, months: int, rate: int) -> tuple[UUID, PriceDisclosure]:
    """Put terms on offer, and disclose, approve and accept a plan on them; return its key too."""
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
    approve_by_hand(
        disclosure_id=kept,
        terms=credit_queries.terms_row(terms),
        email=BUYER,
        actor="ada@lark.example",
        words="A plan of the drill.",
        now=BEGIN,
    )
    _accept(told, kept=kept)
    return kept, told


def _accept(told: PriceDisclosure, *, kept: UUID) -> None:
    """Have the agreement of a disclosure accepted; every plan on it rests on that."""
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
    text = agreement_text(told, facts=facts, regulation=regulation_of(told.regime))
    # Without the shop's static files: the drill runs where they were never gathered.
    html = documents.agreement_html(text, stylesheet="agreement.css")
    Agreement.objects.create(
        disclosure_id=kept,
        body=text.as_json(),
        html=html,
        sha256=hashlib.sha256(html.encode()).hexdigest(),
        accepted_by=BUYER,
        accepted_at=BEGIN,
    )


def _sell(
    told: Mapping[tuple[int, int], tuple[UUID, PriceDisclosure]],
    *,
    count: int,
    dice: Random,
    diary: _Diary,
) -> None:
    pairs = write_plans([told[dice.choice(MONTHS), dice.choice(RATES)] for _ in range(count)])
    mandates = []
    for plan, disclosure in pairs:
        card = dice.choice(CARDS)
        if dice.random() < BY_HAND:
            diary.by_hand.add(plan.id)
        else:
            mandates.append(mandate(plan, card=card))
        if card not in CONTESTED:
            _foretell(plan, disclosure, dice=dice, diary=diary)
    Mandate.objects.bulk_create(mandates)


def write_plans(
    chosen: Sequence[tuple[UUID, PriceDisclosure]],
) -> list[tuple[Plan, PriceDisclosure]]:
    """Write plans that run from the first day, with their instalments and sales in the books."""
    plans = [_plan(disclosure, kept=kept) for kept, disclosure in chosen]
    Plan.objects.bulk_create(plans)
    pairs = list(zip(plans, (disclosure for _, disclosure in chosen), strict=True))
    Instalment.objects.bulk_create(
        row for plan, disclosure in pairs for row in _instalments(plan, disclosure)
    )
    ledger.post_batch(orders=[_sale(plan, disclosure) for plan, disclosure in pairs], now=BEGIN)
    return pairs


def _foretell(plan: Plan, disclosure: PriceDisclosure, *, dice: Random, diary: _Diary) -> None:
    """Throw what becomes of a plan besides being paid; most are only paid."""
    dues = [row.due_on for row in disclosure.schedule]
    luck = dice.random()
    for name, share in HABITS:
        if luck < share:
            on = dice.choice(dues)
            diary.note(Deed(name), plan, on=on)
            if name == Deed.PAUSE:
                diary.note(Deed.RESUME, plan, on=on + PAUSED_FOR)
            return
        luck -= share


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


def mandate(plan: Plan, *, card: str) -> Mandate:
    """Return the word that a card may be charged for a plan, not written yet."""
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
