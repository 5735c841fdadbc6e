"""Deeds in any order: the books say what the rows say, and the owner's value is never lost."""

from collections.abc import Callable
from datetime import timedelta
from random import Random  # noqa: TID251 -- seeded, so that a story can be told again
from typing import Final
from uuid import UUID

import pytest

from bandstand.kernel.errors import DomainError
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.orders import queries as order_queries, services as order_services
from bandstand.orders.queries import OrderRow
from bandstand.orders.rules import LineState
from bandstand.plumbing import clock, outbox
from bandstand.trade_in import queries, services
from bandstand.trade_in.models import CreditPayout, TradeIn
from bandstand.trade_in.rules import DisposalKind, PayoutState, TradeInState
from tests.factories import credit, offers, orders, trade_in

pytestmark = pytest.mark.django_db
STEPS: Final = 14


class Story:
    """One order on a plan, one old phone, and everything that can be done about them."""

    def __init__(self, order: OrderRow, one: TradeIn, *, random: Random) -> None:
        self.order, self.one, self.random = order, one, random
        self.line = orders.line_of(order)

    def deeds(self) -> list[Callable[[], object]]:
        return [
            self.inspect,
            self.take,
            self.keep,
            self.undo,
            self.ask,
            self.propose,
            self.confirm,
            self.answer,
            self.dispose,
            self.sweep,
        ]

    def inspect(self) -> None:
        found = self.random.choice(({}, {"screen_whole": "no"}, {"powers_on": "no"}))
        services.inspect(
            trade_in_id=self.one.id,
            seen=trade_in.seen(self.one, **found),  # type: ignore[arg-type]  # answers by name
            actor="ada",
            now=clock.now(),
        )

    def take(self) -> None:
        services.take_value(trade_in_id=self.one.id, now=clock.now())

    def keep(self) -> None:
        services.withdraw(trade_in_id=self.one.id, now=clock.now())

    def undo(self) -> None:
        order_services.cancel_line(line_id=self.line, reason="Stopped.", actor="x", now=clock.now())
        orders.hear_everything()

    def ask(self) -> None:
        services.ask_payout(trade_in_id=self.one.id, account=trade_in.ACCOUNT, now=clock.now())

    def propose(self) -> None:
        services.propose_payout(payout_id=self._payout(), actor="ada", now=clock.now())

    def confirm(self) -> None:
        services.confirm_payout(payout_id=self._payout(), actor="ben", now=clock.now())

    def answer(self) -> None:
        services.record_bank_answer(
            payout_id=self._payout(),
            is_paid=self.random.random() < 0.5,
            words="said",
            actor="ada",
            now=clock.now(),
        )

    def dispose(self) -> None:
        services.dispose(
            trade_in_id=self.one.id,
            kind=DisposalKind.SOLD,
            proceeds=Money(self.random.randrange(0, 30_000), "USD"),
            reason="Invoice",
            actor="ada",
            now=clock.now(),
        )

    def sweep(self) -> None:
        services.sweep_trade_ins(now=clock.now())

    def _payout(self) -> UUID:
        row = CreditPayout.objects.order_by("-serial").first()
        return row.id if row else self.one.id

    def require_sound(self) -> None:
        """Hold the rows against the books."""
        page = queries.trade_in_page(self.one.id)
        line = order_queries.order_page(self.order.id).lines[0]
        waiting = sum(
            one.amount.minor
            for one in page.payouts
            if one.state in {PayoutState.ASKED, PayoutState.PROPOSED}
        )
        booked = -_balance(AccountCode.CUSTOMER_CREDIT, line.public_id)
        assert ledger.imbalance() == 0
        assert booked == page.money.owed.minor + waiting
        assert page.money.owed.minor >= 0
        is_credited = page.row.state is TradeInState.CREDITED
        in_stock = page.row.value.minor if is_credited and not page.disposal else 0
        assert _balance(AccountCode.TRADE_IN_STOCK, page.row.reference) == in_stock
        assert line.plan is not None
        if line.state is LineState.CANCELLED:
            # Whatever was credited is the owner's as money: none of it is left in the plan.
            assert page.money.applied == page.money.kept
            assert _balance(AccountCode.REFUND_DUE, line.public_id) == 0
        else:
            owed = _balance(AccountCode.INSTALMENT_RECEIVABLE, line.plan.public_id)
            assert owed == line.plan.open.minor


def _balance(code: AccountCode, key: str) -> int:
    return ledger.balance(code=code, key=key, currency="USD").minor


@pytest.mark.parametrize("seed", range(12))
def test_deeds_in_any_order_leave_the_books_and_the_rows_of_one_mind(seed: int) -> None:
    random = Random(seed)  # noqa: S311 -- a repeatable story, not a secret
    orders.shop()
    terms = credit.terms(months=24, down_payment_bps=0, from_at=clock.now() - timedelta(days=2))
    order = orders.paid(offers.offer(units=1), terms_id=terms.id)
    values = random.choice(({"good": "200.00", "broken": "60.00"}, {"good": "700.00"}))
    one = trade_in.received(order, trade_in.taken(values=values))
    story = Story(order, one, random=random)
    done = []

    for _ in range(STEPS):
        deed = random.choice(story.deeds())
        try:
            deed()
            done.append(deed.__name__)
        except DomainError:
            pass
        outbox.deliver_waiting(now=clock.now())
        story.require_sound()

    assert done
