"""
The operator's commission: an ordered list of rules, of which the first that matches a sale counts.

It is frozen on the order line with the rule's words, so a later change of the list changes nothing
that was sold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import BadInputError
from bandstand.money import Money, allocate

WHOLE_BPS: Final = 10_000
DEFAULT_BPS: Final = 800
DEFAULT_WORDS: Final = "8 % of the price, where no rule says otherwise"


class CommissionRuleError(BadInputError):
    """A commission rule that cannot be meant."""

    code = "commission_rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What a commission is worked out on."""

    price: Money
    market: str
    category_path: tuple[UUID, ...]
    seller_id: UUID
    condition: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionRule:
    """
    One rule; what is left out matches everything.

    Units: ``rate_bps`` in hundredths of a per cent of the price without tax, ``fixed_minor`` on
    top. ``price_from`` is the least price, ``price_below`` the first that is too high.
    """

    position: int
    label: str
    rate_bps: int
    fixed_minor: int = 0
    currency: str = ""
    market: str = ""
    category_id: UUID | None = None
    seller_id: UUID | None = None
    condition: str = ""
    price_from_minor: int = 0
    price_below_minor: int | None = None
    from_at: datetime
    until_at: datetime | None = None

    def matches(self, sale: Sale) -> bool:
        """Say whether this rule is about a sale."""
        return (
            self.from_at <= sale.at
            and (self.until_at is None or sale.at < self.until_at)
            and self.market in {"", sale.market}
            and self.condition in {"", sale.condition}
            and self.currency in {"", sale.price.currency}
            and self.seller_id in {None, sale.seller_id}
            and (self.category_id is None or self.category_id in sale.category_path)
            and self._is_in_band(sale.price.minor)
        )

    def _is_in_band(self, minor: int) -> bool:
        below = self.price_below_minor
        return self.price_from_minor <= minor and (below is None or minor < below)


@dataclass(frozen=True, slots=True)
class Commission:
    """What the operator keeps of a sale, and by which rule."""

    amount: Money
    words: str


def commission_of(sale: Sale, rules: Iterable[CommissionRule]) -> Commission:
    """Return the commission of the first rule that matches, never more than the price."""
    for rule in sorted(rules, key=lambda one: one.position):
        if rule.matches(sale):
            amount = _share(sale.price, rule.rate_bps) + Money(
                rule.fixed_minor, sale.price.currency
            )
            return Commission(min(amount, sale.price), f"{rule.label} (rule {rule.position})")
    return Commission(_share(sale.price, DEFAULT_BPS), DEFAULT_WORDS)


def require_rule(rule: CommissionRule) -> None:
    """
    Refuse a rule that cannot be meant.

    Raises: CommissionRuleError.
    """
    if not 0 <= rule.rate_bps <= WHOLE_BPS:
        raise CommissionRuleError(
            f"A commission is 0 to {WHOLE_BPS} basis points (800 is 8 %), not {rule.rate_bps}."
        )
    if rule.fixed_minor < 0:
        raise CommissionRuleError("A fixed part is nothing or more.")
    if (rule.fixed_minor or rule.price_from_minor or rule.price_below_minor) and not rule.currency:
        raise CommissionRuleError("A rule with amounts names their currency.")
    if rule.price_below_minor is not None and rule.price_below_minor <= rule.price_from_minor:
        raise CommissionRuleError("The price band is empty: it ends before it begins.")
    if rule.until_at is not None and rule.until_at <= rule.from_at:
        raise CommissionRuleError("The rule would end before it begins.")
    if not rule.label.strip():
        raise CommissionRuleError("Give the rule a name; sellers read it on their statements.")


def _share(price: Money, bps: int) -> Money:
    return allocate(price, weights=(bps, WHOLE_BPS - bps))[0]
