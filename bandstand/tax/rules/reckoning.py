"""
What tax a price bears: exact fractions, rounded once a line. Pure.

Rates are parts per million, so that 25.5 % or 8.875 % are whole numbers. A tax added to the price
is rounded half up to the minor unit; a tax inside the price is rounded the same way and what is
left is the net price, so both always add up to the price.

Source: Streamlined Sales and Use Tax Agreement, section 324 (to the third decimal, up when it is
greater than four); Directive 2006/112/EC, Articles 73, 78 and 96 (taxable amount, standard rate),
Article 315 (margin); from general knowledge, 2026-11-22.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from bandstand.money import Money, half_up
from bandstand.tax.rules.places import Place, authority_of, jurisdictions
from bandstand.tax.rules.words import KIND_NAMES, Scheme, TaxKind, TaxRateError

WHOLE_PPM: Final = 1_000_000
_PPM_A_PER_CENT: Final = 10_000


@dataclass(frozen=True, slots=True)
class RatePart:
    """
    What one jurisdiction adds to the rate of a place.

    Units: parts per million.
    """

    kind: str
    code: str
    name: str
    rate_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """
    A rate of one jurisdiction in a time.

    Units: ``rate_ppm`` in parts per million of the price without tax.
    """

    jurisdiction: str
    title: str
    kind: TaxKind
    rate_ppm: int
    from_date: date
    until_date: date | None
    source: str
    is_estimate: bool
    parts: tuple[RatePart, ...] = ()
    """Who levies it, where several together do; they add up to the rate."""
    note: str = ""
    """What had to be decided in doubt."""

    def noted(self, note: str) -> "Rate":
        """Return this rate with what had to be decided in doubt."""
        return replace(self, note=note)

    def counts_on(self, day: date) -> bool:
        """Say whether this rate is in force on a day."""
        return self.from_date <= day and (self.until_date is None or day < self.until_date)


@dataclass(frozen=True, kw_only=True, slots=True)
class LineTax:
    """The tax of one line: how much, on what, by which rate."""

    price: Money
    tax: Money
    rate: Rate
    scheme: Scheme = Scheme.STANDARD
    acquired_for: Money | None = None
    """What the seller paid for it, under the margin scheme."""
    provider_ref: str = ""
    """The provider's own calculation, where one reckoned it."""

    @property
    def is_included(self) -> bool:
        return self.rate.kind.is_included

    @property
    def added(self) -> Money:
        """What the buyer pays on top of the price."""
        return Money.zero(self.price.currency) if self.is_included else self.tax

    @property
    def net(self) -> Money:
        """The price without this tax: what seller and operator share."""
        return self.price - self.tax if self.is_included else self.price

    @property
    def owed_to(self) -> str:
        """The authority that this tax is owed to."""
        return authority_of(self.rate.jurisdiction)

    @property
    def told(self) -> Money | None:
        """The amount as a buyer may be told it; the margin scheme forbids to show one."""
        return None if self.scheme is Scheme.MARGIN else self.tax


def tax_added(price: Money, rate_ppm: int) -> Money:
    """Return the tax that comes on top of a price, rounded half up to the minor unit."""
    return Money(half_up(Fraction(price.minor * rate_ppm, WHOLE_PPM)), price.currency)


def tax_within(price: Money, rate_ppm: int) -> Money:
    """Return the tax that a price holds, rounded half up to the minor unit."""
    return Money(half_up(Fraction(price.minor * rate_ppm, WHOLE_PPM + rate_ppm)), price.currency)


def line_tax(price: Money, rate: Rate) -> LineTax:
    """Return the tax of a line on its whole price."""
    reckon = tax_within if rate.kind.is_included else tax_added
    return LineTax(price=price, tax=reckon(price, rate.rate_ppm), rate=rate)


def margin_tax(price: Money, rate: Rate, *, acquired_for: Money) -> LineTax:
    """
    Return the tax of a used thing on the seller's margin; a sale at a loss bears none.

    Raises: TaxRateError for a tax that knows no such scheme.
    """
    if rate.kind is not TaxKind.VAT:
        raise TaxRateError(f"The margin scheme is one of VAT, not of {KIND_NAMES[rate.kind]}.")
    margin = max(price - acquired_for, Money.zero(price.currency))
    return LineTax(
        price=price,
        tax=tax_within(margin, rate.rate_ppm),
        rate=rate,
        scheme=Scheme.MARGIN,
        acquired_for=acquired_for,
    )


def rate_at(place: Place, rates: Sequence[Rate], *, on: date) -> Rate | None:
    """
    Return the rate that counts at a place on a day.

    A loaded rate beats an estimate; then the smallest jurisdiction; then the latest beginning.
    """
    order = {jurisdiction: at for at, jurisdiction in enumerate(jurisdictions(place))}
    found = [one for one in rates if one.jurisdiction in order and one.counts_on(on)]
    return min(
        found,
        key=lambda one: (
            one.is_estimate,
            order[one.jurisdiction],
            -one.from_date.toordinal(),
        ),
        default=None,
    )


def parse_percent(text: str) -> int:
    """
    Read a rate such as ``8.875`` or ``19 %`` as parts per million.

    Raises: TaxRateError if it is no number, below 0, above 100 or finer than 0.0001 %.
    """
    try:
        percent = Decimal(text.strip().removesuffix("%").strip())
        ppm = percent * _PPM_A_PER_CENT
        if not 0 <= ppm <= WHOLE_PPM or ppm != int(ppm):
            raise InvalidOperation  # noqa: TRY301 -- one refusal for every wrong number
    except InvalidOperation:
        raise TaxRateError(
            f"“{text[:20]}” is not a rate. Write per cent from 0 to 100 with at most four"
            " decimals, such as 8.875.",
            given=text[:20],
        ) from None
    return int(ppm)


def percent_text(rate_ppm: int) -> str:
    """Return a rate as people read it: ``19 %``, ``8.875 %``."""
    whole, rest = divmod(rate_ppm, _PPM_A_PER_CENT)
    decimals = f"{rest:04}".rstrip("0")
    return f"{whole}.{decimals} %" if decimals else f"{whole} %"


def label_of(line: LineTax) -> str:
    """Return what a buyer reads beside the tax of a line."""
    name, title = KIND_NAMES[line.rate.kind], line.rate.title
    if line.scheme is Scheme.MARGIN:
        return f"{name}, margin scheme for second-hand goods"
    if line.is_included:
        return f"Including {name} {percent_text(line.rate.rate_ppm)}, {title}"
    if line.rate.is_estimate:
        return f"Estimated {name}, {title}"
    return f"{name[0].upper()}{name[1:]}, {title}"


def added_up(lines: Iterable[LineTax]) -> tuple[tuple[str, Money | None], ...]:
    """Return the taxes of several lines, one row for each label, in the order met."""
    rows: dict[str, Money | None] = {}
    for line in lines:
        label, told = label_of(line), line.told
        before = rows.get(label)
        rows[label] = told if before is None or told is None else before + told
    return tuple(rows.items())


def told_tax(line: LineTax | None, *, currency: str) -> Money:
    """Return the amount of tax that may be told to the buyer; zero where none may be."""
    told = None if line is None else line.told
    return Money.zero(currency) if told is None else told


def told_in_evidence(line: LineTax) -> dict[str, object]:
    """Return a tax as the buyer's evidence tells it, in plain JSON values."""
    return {
        "label": label_of(line),
        "owed_to": line.owed_to,
        "rate_ppm": line.rate.rate_ppm,
        "scheme": line.scheme.value,
        "is_included": line.is_included,
        "is_estimate": line.rate.is_estimate,
        "source": line.rate.source,
        **({"note": line.rate.note} if line.rate.note else {}),
    }


def shares_of(line: LineTax) -> tuple[tuple[RatePart, int], ...]:
    """
    Return a line's tax by who levies it, in minor units that add up to the tax.

    What rounding leaves goes to the parts that lost most by it, the first of equals first.
    """
    total = sum(part.rate_ppm for part in line.rate.parts)
    if not total:
        return ()
    exact = [Fraction(line.tax.minor * part.rate_ppm, total) for part in line.rate.parts]
    floors = [int(one) for one in exact]
    missing = line.tax.minor - sum(floors)
    order = sorted(range(len(exact)), key=lambda at: (floors[at] - exact[at], at))
    for at in order[:missing]:
        floors[at] += 1
    return tuple(zip(line.rate.parts, floors, strict=True))
