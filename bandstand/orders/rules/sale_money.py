"""
What a sale costs today, and how it is written in the ledger. Pure.

A sale is posted when its money is captured, and undone by one transfer that leaves what the buyer
is owed on ``pay.refund_due`` until the refund has settled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bandstand.credit.rules import PriceDisclosure
from bandstand.kernel.errors import BadInputError
from bandstand.ledger.rules import AccountCode, Entry, credit, debit
from bandstand.money import Money

Leg = tuple[Callable[..., Entry], AccountCode, Money, str]
"""A leg before it is known to move anything: its side, account, amount and sub-ledger."""


class UnsoundSaleError(BadInputError):
    """Amounts of a sale that cannot be right together."""

    code = "unsound_sale"


@dataclass(frozen=True, kw_only=True, slots=True)
class SaleAmounts:
    """
    The amounts of one order line.

    Shape: ``due_today`` plus ``financed`` is the price, the tax on top of it and the finance
    charge; a tax inside the price is the seller's and the operator's to go without.
    """

    price: Money
    tax: Money
    due_today: Money
    commission: Money
    finance_charge: Money
    tax_is_included: bool = False

    @property
    def financed(self) -> Money:
        """What the buyer still owes after today, finance charge included."""
        asked = self.price if self.tax_is_included else self.price + self.tax
        return asked + self.finance_charge - self.due_today

    @property
    def sellers_share(self) -> Money:
        """What the seller is owed: the price without tax, less the commission."""
        net = self.price - self.tax if self.tax_is_included else self.price
        return net - self.commission


@dataclass(frozen=True, kw_only=True, slots=True)
class SaleKeys:
    """
    Which sub-ledgers a sale moves: the provider, the seller, the plan, the order line, and the
    authority its tax is owed to.
    """

    gateway: str
    seller: str
    plan: str
    line: str
    tax: str = ""


def due_today(price: Money, disclosure: PriceDisclosure | None = None) -> Money:
    """
    Return what is taken at checkout for one thing.

    Outright, the whole price. On a plan, the down payment; where there is none, the first
    instalment, which ``is_first_payment_today`` of the disclosure tells the buyer.
    """
    return price if disclosure is None else disclosure.due_today


def sale_entries(amounts: SaleAmounts, *, keys: SaleKeys) -> tuple[Entry, ...]:
    """
    Return the legs of a sale: cash and receivable in, seller, commission, deferred income and tax
    out.

    Raises: UnsoundSaleError if more is taken today than the thing costs.
    """
    if amounts.financed.is_negative:
        raise UnsoundSaleError(
            f"{amounts.due_today} today is more than {amounts.price} and its charges."
        )
    return _moving(
        (debit, AccountCode.PSP_CLEARING, amounts.due_today, keys.gateway),
        (debit, AccountCode.INSTALMENT_RECEIVABLE, amounts.financed, keys.plan),
        (credit, AccountCode.SELLER_PAYABLE, amounts.sellers_share, keys.seller),
        (credit, AccountCode.COMMISSION_INCOME, amounts.commission, ""),
        (credit, AccountCode.DEFERRED_FINANCE_INCOME, amounts.finance_charge, keys.plan),
        (credit, AccountCode.TAX_PAYABLE, amounts.tax, keys.tax),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class SinceSale:
    """
    What moved a plan's receivable since its sale and was no payment.

    ``late_fees`` were charged and not waived; ``forgiven`` interest is never asked for;
    ``written_off`` was given up, ``written_off_interest`` of it never earned.
    """

    late_fees: Money
    forgiven: Money
    written_off: Money
    written_off_interest: Money


def unwind_entries(
    amounts: SaleAmounts,
    *,
    keys: SaleKeys,
    open_receivable: Money,
    deferred: Money,
    given_back: Sequence[Entry] = (),
    since: SinceSale | None = None,
) -> tuple[Entry, ...]:
    """
    Return the legs that undo a sale and leave on ``pay.refund_due`` everything the buyer has paid.

    ``open_receivable`` and ``deferred`` are what the plan's accounts hold now: finance income that
    was earned since the sale is given back too. ``given_back`` credits the accounts that credits
    to the plan came from with what they paid: the buyer is refunded money only. Late fees go back
    with the rest, what was written off is a loss no more.
    """
    nothing = Money.zero(amounts.price.currency)
    then = since or SinceSale(
        late_fees=nothing, forgiven=nothing, written_off=nothing, written_off_interest=nothing
    )
    paid = paid_by_buyer(amounts, open_receivable) + sum(
        (one.amount for one in given_back), nothing
    )
    paid = paid + then.late_fees - then.forgiven - then.written_off
    earned = amounts.finance_charge - deferred - then.forgiven - then.written_off_interest
    undone = _moving(
        (debit, AccountCode.SELLER_PAYABLE, amounts.sellers_share, keys.seller),
        (debit, AccountCode.COMMISSION_INCOME, amounts.commission, ""),
        (debit, AccountCode.DEFERRED_FINANCE_INCOME, deferred, keys.plan),
        (debit, AccountCode.FINANCE_INCOME, earned, ""),
        (debit, AccountCode.TAX_PAYABLE, amounts.tax, keys.tax),
        (debit, AccountCode.LATE_FEE_INCOME, then.late_fees, ""),
        (credit, AccountCode.WRITE_OFF, then.written_off - then.written_off_interest, ""),
        (credit, AccountCode.INSTALMENT_RECEIVABLE, open_receivable, keys.plan),
        (credit, AccountCode.REFUND_DUE, paid, keys.line),
    )
    return (*undone, *given_back)


def paid_by_buyer(amounts: SaleAmounts, open_receivable: Money) -> Money:
    """Return everything paid for a line, credits included: the whole sale less what is open."""
    return amounts.due_today + amounts.financed - open_receivable


def late_capture_entries(amount: Money, *, keys: SaleKeys) -> tuple[Entry, ...]:
    """Return the legs of money captured for a line cancelled meanwhile: it is owed back."""
    return (
        debit(AccountCode.PSP_CLEARING, amount, key=keys.gateway),
        credit(AccountCode.REFUND_DUE, amount, key=keys.line),
    )


def refund_entries(amount: Money, *, gateway: str, line: str) -> tuple[Entry, ...]:
    """Return the legs of a refund that reached its buyer."""
    return (
        debit(AccountCode.REFUND_DUE, amount, key=line),
        credit(AccountCode.PSP_CLEARING, amount, key=gateway),
    )


def _moving(*legs: Leg) -> tuple[Entry, ...]:
    """Return the legs that move something; the ledger refuses empty ones."""
    return tuple(
        side(code, amount, key=key) for side, code, amount, key in legs if not amount.is_zero
    )
