"""Who buys and where it goes, as typed into the checkout form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from bandstand.orders.addresses import checked_address
from bandstand.orders.rules import CheckoutFormError

NAME_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer whose details were checked."""

    email: str
    name: str
    address: dict[str, str]


def checked_buyer(
    *, email: str, name: str, address: Mapping[str, str], countries: Sequence[str]
) -> Buyer:
    """
    Return the buyer, checked.

    Raises: CheckoutFormError naming every field that is missing or wrong, all at once.
    """
    problems = _person_problems(email=email.strip(), name=name.strip())
    try:
        checked = checked_address(address, countries=countries)
    except CheckoutFormError as refused:
        raise CheckoutFormError({**problems, **refused.problems}) from refused
    if problems:
        raise CheckoutFormError(problems)
    return Buyer(email=email.strip().lower(), name=name.strip(), address=checked)


def _person_problems(*, email: str, name: str) -> dict[str, str]:
    problems: dict[str, str] = {}
    try:
        validate_email(email)
    except ValidationError:
        problems["email"] = (
            f"“{email}” is not an e-mail address; write it as name@example.com."
            if email
            else "E-mail address is missing; your order is sent there."
        )
    if not name:
        problems["buyer_name"] = "Name is missing; the parcel needs one."
    elif len(name) > NAME_LENGTH_MAX:
        problems["buyer_name"] = f"Name is longer than {NAME_LENGTH_MAX} letters; shorten it."
    return problems
