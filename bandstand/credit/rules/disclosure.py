"""
What a buyer is told about the credit, as one frozen object.

A month is never shown without it: the price component takes the disclosure, not a number.
Source: 12 CFR 1026.18 (contents) and 1026.24(d) (advertising trigger terms).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from bandstand.credit.rules.life import BASIS_POINTS
from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.money import Money
from bandstand.money.rounding import half_up

VERSION: Final = "bandstand.disclosure/1"


class UnreadableDisclosureError(BadInputError):
    """A stored disclosure of a form this version does not know."""

    code = "unreadable_disclosure"


class TermsNotDisclosedError(RefusedError):
    """A plan on terms that the buyer was not told of."""

    code = "terms_not_disclosed"


@dataclass(frozen=True, slots=True)
class TermsRow:
    """
    One choice of plan, as the operator offers it in a market.

    Units: ``annual_rate_bps`` is the nominal yearly rate and ``down_payment_bps`` the share of the
    price, both in hundredths of a per cent.
    """

    id: UUID
    months: int
    annual_rate_bps: int
    down_payment_bps: int
    label: str
    fee_minor: int = 0
    """What only those who finance pay: part of the finance charge, spread over the payments."""
    fee_label: str = ""
    down_payment_minor: int | None = None
    """A bigger down payment agreed for one application; it counts instead of the share."""


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One payment of a plan: when, how much, and what of it pays for the credit."""

    number: int
    due_on: date
    principal: Money
    interest: Money

    @property
    def total(self) -> Money:
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class PriceDisclosure:
    """
    Every figure of a plan for one price, with its derivation.

    ``due_today`` is the down payment, or the first instalment where there is none; then
    ``is_first_payment_today`` is true and the schedule begins on the day of the contract.
    Units: ``apr`` in per cent a year with the two decimals that are printed.
    """

    price: Money
    terms_id: UUID
    annual_rate_bps: int
    month: Money
    number_of_payments: int
    payment_lines: tuple[str, ...]
    down_payment: Money
    due_today: Money
    amount_financed: Money
    finance_charge: Money
    total_of_payments: Money
    total_sale_price: Money
    apr: Decimal
    contract_date: date
    schedule: tuple[ScheduleRow, ...]
    market: str
    regime: str
    derivation: tuple[str, ...]
    fee_minor: int = 0
    fee_label: str = ""

    @property
    def apr_text(self) -> str:
        """The annual percentage rate as printed: ``0.00 %``."""
        return f"{self.apr} %"

    @property
    def first_due_date(self) -> date:
        return self.schedule[0].due_on

    @property
    def is_first_payment_today(self) -> bool:
        return self.down_payment.is_zero

    @property
    def currency(self) -> str:
        return self.price.currency

    @property
    def sha256(self) -> str:
        """The hash of the canonical bytes of ``as_json``."""
        return sha256_hex(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """Return the disclosure as whole numbers and text only, so that its bytes are canonical."""
        amounts = {f"{name}_minor": getattr(self, name).minor for name in _AMOUNTS}
        # Without a fee the bytes are those of disclosures from before there were fees.
        fee = {"fee_minor": self.fee_minor, "fee_label": self.fee_label} if self.fee_minor else {}
        return {
            **amounts,
            **fee,
            "version": VERSION,
            "currency": self.currency,
            "terms_id": str(self.terms_id),
            "annual_rate_bps": self.annual_rate_bps,
            "number_of_payments": self.number_of_payments,
            "payment_lines": list(self.payment_lines),
            "apr_percent": str(self.apr),
            "contract_date": self.contract_date.isoformat(),
            "first_due_date": self.first_due_date.isoformat(),
            "schedule": [_row_json(row) for row in self.schedule],
            "market": self.market,
            "regime": self.regime,
            "derivation": list(self.derivation),
        }


_AMOUNTS: Final = (
    "price",
    "month",
    "down_payment",
    "due_today",
    "amount_financed",
    "finance_charge",
    "total_of_payments",
    "total_sale_price",
)


def read_disclosure(body: Mapping[str, Any]) -> PriceDisclosure:
    """
    Return the disclosure that a stored body says, byte for byte the same when written again.

    Raises: UnreadableDisclosureError for another version.
    """
    if body.get("version") != VERSION:
        raise UnreadableDisclosureError(
            f"This disclosure is “{body.get('version')}”; this shop reads {VERSION}.",
            version=str(body.get("version")),
        )
    currency = body["currency"]
    amounts = {name: Money(body[f"{name}_minor"], currency) for name in _AMOUNTS}
    return PriceDisclosure(
        **amounts,
        terms_id=UUID(body["terms_id"]),
        annual_rate_bps=body["annual_rate_bps"],
        number_of_payments=body["number_of_payments"],
        payment_lines=tuple(body["payment_lines"]),
        apr=Decimal(body["apr_percent"]),
        contract_date=date.fromisoformat(body["contract_date"]),
        schedule=tuple(_row_of(row, currency=currency) for row in body["schedule"]),
        market=body["market"],
        regime=body["regime"],
        derivation=tuple(body["derivation"]),
        fee_minor=body.get("fee_minor", 0),
        fee_label=body.get("fee_label", ""),
    )


def require_told_of(told: PriceDisclosure, *, terms_id: UUID) -> None:
    """
    Refuse a plan on other terms than those the buyer was told of.

    Raises: TermsNotDisclosedError.
    """
    if told.terms_id != terms_id:
        raise TermsNotDisclosedError(
            "The buyer was told of other terms than these; disclose these first.",
            told=str(told.terms_id),
            asked=str(terms_id),
        )


def down_payment_of(price: Money, terms: TermsRow) -> Money:
    """Return the part of a price that terms ask for at signing, a half cent upwards."""
    if terms.down_payment_minor is not None:
        return Money(terms.down_payment_minor, price.currency)
    share = Fraction(price.minor * terms.down_payment_bps, BASIS_POINTS)
    return Money(half_up(share), price.currency)


def suits(price: Money, terms: TermsRow) -> bool:
    """
    Say whether a price can be put on terms.

    Something must be left to finance, at least one minor unit a month; and interest or a fee needs
    a down payment that does not round to nothing.
    """
    down = down_payment_of(price, terms)
    financed = price - down
    has_down_payment = down.is_positive or not (terms.annual_rate_bps or terms.fee_minor)
    return has_down_payment and financed.minor >= terms.months


def _row_json(row: ScheduleRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "due_on": row.due_on.isoformat(),
        "principal_minor": row.principal.minor,
        "interest_minor": row.interest.minor,
    }


def _row_of(row: Mapping[str, Any], *, currency: str) -> ScheduleRow:
    return ScheduleRow(
        number=row["number"],
        due_on=date.fromisoformat(row["due_on"]),
        principal=Money(row["principal_minor"], currency),
        interest=Money(row["interest_minor"], currency),
    )
