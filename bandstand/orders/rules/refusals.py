"""What the orders room refuses, in words a buyer can act on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.money import Money, format_money


class BasketNotFoundError(NotFoundError):
    """No basket by that id that this caller may see."""

    code = "basket_not_found"


class CheckoutNotFoundError(NotFoundError):
    """No checkout by that id that this caller may see."""

    code = "checkout_not_found"


class OrderNotFoundError(NotFoundError):
    """No order by that id or link that this caller may see."""

    code = "order_not_found"


class BasketRefusedError(RefusedError):
    """A basket cannot take that change."""

    code = "basket_refused"


class CheckoutFormError(BadInputError):
    """What the buyer typed; ``fields`` maps each field to what is wrong and how to mend it."""

    code = "checkout_form"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()), problems=dict(problems))
        self.problems = dict(problems)


class PriceChangedError(RefusedError):
    """The basket costs something else than the buyer agreed to; shows both and asks."""

    code = "price_changed"

    def __init__(self, *, old: Money, new: Money, tax_added: Money | None = None) -> None:
        with_tax = (
            f", with {format_money(tax_added)} tax for this address"
            if tax_added is not None and tax_added.is_positive
            else ""
        )
        super().__init__(
            f"The total was {format_money(old)} and is now {format_money(new)}{with_tax}."
            " Look again before you pay."
        )
        self.fields = {"old_minor": old.minor, "new_minor": new.minor, "currency": new.currency}
        self.old = old
        self.new = new


class PlansNotApprovedError(RefusedError):
    """Plans of the basket that were not approved as asked; each has a decision with its reasons."""

    code = "plans_not_approved"

    def __init__(self, decisions: Sequence[UUID]) -> None:
        super().__init__("The plan was not approved as you asked for it. Nothing was charged.")
        self.decisions = tuple(decisions)
        self.fields = {"decisions": [str(one) for one in decisions]}


class ReservationExpiredError(RefusedError):
    """The units were kept too long and others took them."""

    code = "reservation_expired"


class CheckoutEndedError(RefusedError):
    """The checkout is over and became no order; begin another from the basket."""

    code = "checkout_ended"


class NotAuthorisedError(RefusedError):
    """The money is not authorised, so nothing can commit yet."""

    code = "not_authorised"


@dataclass(frozen=True, kw_only=True, slots=True)
class LineRefusal:
    """Why one line cannot be bought now."""

    offer_id: UUID
    title: str
    code: str
    """“held”, “sold_out”, “not_listed”, “not_allowed”, “terms_gone”."""
    reason: str


class LineRefusedError(RefusedError):
    """Lines of the basket that cannot be bought; nothing was reserved."""

    code = "line_refused"

    def __init__(self, refusals: Sequence[LineRefusal]) -> None:
        super().__init__(" ".join(f"{one.title}: {one.reason}" for one in refusals))
        self.refusals = tuple(refusals)
        self.fields = {
            "lines": [{"offer_id": str(one.offer_id), "code": one.code} for one in refusals]
        }
