"""Forms of the shop: parsing and labels; what is allowed is decided below."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from bandstand.kernel.errors import BadInputError
from bandstand.money import Money, parse_money
from bandstand.orders.addresses import AddressField, checked_address
from bandstand.orders.rules import CheckoutFormError
from bandstand.storefront.card_choices import card_field, provider_name

AUTOCOMPLETE: Final = {
    "email": "email",
    "buyer_name": "name",
    "street_address": "street-address",
    "city": "address-level2",
    "city_area": "address-level3",
    "country_area": "address-level1",
    "postal_code": "postal-code",
    "country_code": "country",
}
SHOWN_CARDS: Final = (
    "tok_ok",
    "tok_3ds",
    "tok_declined",
    "tok_insufficient",
    "tok_expired",
    "tok_3ds_refused",
    "tok_lost_answer",
)


class CheckoutForm(forms.Form):
    """
    Who buys, where it goes, how it is paid.

    Its address fields are those of the country; a plan in the basket adds the agreement.
    """

    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        help_text="For the receipt, and for anything you must know about your order.",
        error_messages={"required": "E-mail is missing; your order is sent there."},
    )
    buyer_name = forms.CharField(
        label="Full name", max_length=200, error_messages={"required": "The parcel needs a name."}
    )
    expected_total = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 -- Django's own
        address: Sequence[AddressField],
        countries: Sequence[tuple[str, str]],
        has_plan: bool,
        income_in: str = "",
        **named: Any,  # noqa: ANN401 -- Django's own
    ) -> None:
        super().__init__(*arguments, **named)
        self.countries = tuple(code for code, _ in countries)
        self.address_names = tuple(one.name for one in address)
        for one in address:
            self.fields[one.name] = _address_field(one, countries=countries)
        self.income_in = income_in
        if income_in:
            self.fields["income"] = _income_field(income_in)
        self.fields["card"] = card_field(tokens=SHOWN_CARDS)
        self.provider = provider_name()
        if has_plan:
            self.fields["keeps_card"] = forms.BooleanField(
                label="Charge this card when instalments fall due",
                help_text="As you like: the plan costs the same either way, and you can turn it on"
                " and off on the plan’s page.",
                required=False,
            )
            self.fields["agreed"] = forms.BooleanField(
                label="I am of legal age, have read the credit terms above and agree to them",
                error_messages={"required": "A plan needs your agreement to its credit terms."},
            )
        for name, word in AUTOCOMPLETE.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = word

    def clean(self) -> dict[str, Any]:
        """Check the address by its country's rules, so that everything wrong is told at once."""
        cleaned = super().clean() or {}
        try:
            checked_address(self.address(cleaned), countries=self.countries)
        except CheckoutFormError as refused:
            self.tell(refused)
        return cleaned

    def clean_income(self) -> Money:
        """Read the stated income."""
        try:
            return parse_money(str(self.cleaned_data["income"]).strip(), self.income_in)
        except BadInputError as refused:
            raise forms.ValidationError(refused.message) from refused

    def address(self, cleaned: dict[str, Any]) -> dict[str, str]:
        """Return the address as typed."""
        return {name: str(cleaned.get(name, "")) for name in self.address_names}

    def restate_total(self, minor: int) -> None:
        """Carry another total than was typed, so that sending again agrees to it."""
        self.data = {**{name: self.data[name] for name in self.data}, "expected_total": str(minor)}

    def tell(self, refused: CheckoutFormError) -> None:
        """Show each problem at its field; a field that already has one keeps the first."""
        for name, problem in refused.problems.items():
            if name not in self.fields:
                self.add_error(None, problem)
            elif name not in self.errors:
                self.add_error(name, problem)


class BankForm(forms.Form):
    """What the buyer tells the sandbox's bank."""

    answer = forms.ChoiceField(choices=[("approve", "approve"), ("refuse", "refuse")])


def _income_field(currency: str) -> forms.CharField:
    return forms.CharField(
        label=f"What you earn in a month, after tax ({currency})",
        max_length=20,
        help_text="Asked for a plan only. It is set beside the payments and kept with your"
        " application; it is used for nothing else. You need not say where it comes from.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"required": "Say what you earn; a plan is set beside it."},
    )


def _address_field(one: AddressField, *, countries: Sequence[tuple[str, str]]) -> forms.Field:
    missing = {"required": f"{one.label} is missing."}
    if one.name == "country_code":
        only = len(countries) == 1
        return forms.ChoiceField(
            label=one.label,
            choices=countries,
            initial=countries[0][0],
            widget=forms.HiddenInput if only else forms.Select,
            error_messages={
                "invalid_choice": "We do not deliver there from this shop; choose another country.",
                **missing,
            },
        )
    if one.choices:
        choices = [("", "Choose one"), *one.choices]
        return forms.ChoiceField(
            label=one.label, choices=choices, required=one.is_required, error_messages=missing
        )
    return forms.CharField(
        label=one.label, max_length=200, required=one.is_required, error_messages=missing
    )
