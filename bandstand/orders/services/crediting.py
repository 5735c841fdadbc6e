"""Credits of promotions on their way from the basket to the plan: kept, agreed to, promised."""

from datetime import datetime
from uuid import UUID

from bandstand.credit.rules import read_disclosure
from bandstand.credit.rules.agreement import CreditsText
from bandstand.money import Money, format_money
from bandstand.orders.models import CheckoutLine
from bandstand.orders.queries.words import BasketLineRow
from bandstand.orders.rules import LineRefusal
from bandstand.orders.services.keeping import RefusedLineError
from bandstand.promotions import services as promotions
from bandstand.promotions.queries import plan_facts
from bandstand.promotions.rules import OnPayoff, credit_conditions, promised_credits

GONE = "Its credits were promised to others in this moment. Look at the basket again."


def keep_credits(line: BasketLineRow, *, holder: UUID, until: datetime, now: datetime) -> None:
    """Keep the credits a basket shows for its checkout. Raises: RefusedLineError if they went."""
    if line.credits is None:
        return
    if not promotions.keep_place(
        promotion_id=line.credits.promotion_id, holder=holder, until=until, now=now
    ):
        raise RefusedLineError(
            LineRefusal(
                offer_id=line.offer.id, title=line.offer.title, code="credits_gone", reason=GONE
            )
        )


def agreed_credits(line: CheckoutLine, *, locale: str) -> CreditsText | None:
    """Return the credits of a checkout line as its agreement lists them."""
    promotion, stored = line.promotion, line.disclosure
    if promotion is None or stored is None:
        return None
    dues = promised_credits(
        Money(promotion.amount_minor, promotion.currency),
        credits_count=promotion.credits_count,
        plan=plan_facts(read_disclosure(stored.body)),
    )
    return CreditsText(
        words=promotion.words,
        conditions=credit_conditions(
            on_payoff=OnPayoff(promotion.on_payoff), conditions=promotion.conditions
        ),
        rows=tuple(
            (due.number, f"{due.due_on:%-d %B %Y}", format_money(due.amount, locale))
            for due in dues
        ),
    )


def promise_credits(
    source: CheckoutLine, *, line_id: UUID, plan_id: UUID | None, now: datetime
) -> None:
    """Promise what the buyer agreed to, with the plan, in the transaction of the sale."""
    if source.promotion_id is None or plan_id is None:
        return
    promotions.promise(
        promotion_id=source.promotion_id,
        order_line_id=line_id,
        plan_id=plan_id,
        holder=source.checkout_id,
        now=now,
    )
