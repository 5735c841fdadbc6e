"""What staff type to make a promotion; every name is looked up, and a wrong one names near ones."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.kernel.errors import DomainError
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.money import Money, parse_money
from bandstand.parties import queries as parties
from bandstand.promotions.rules import OnPayoff, PromotionScope
from bandstand.promotions.services import PromotionTerms
from bandstand.rights.rules import Condition

ANY: Final = ("", "Any condition")
CONDITIONS: Final = [ANY, *((one.value, one.value) for one in Condition)]
PAYOFF: Final = [
    (OnPayoff.KEEP.value, "The buyer keeps them: those left are given at once"),
    (OnPayoff.LOSE.value, "The buyer loses those left, and is told so before paying"),
]
WHOLE = "Leave it empty for every one."


class PromotionForm(forms.Form):
    """A new promotion; what is left empty matches every offer."""

    market = forms.ChoiceField(label="Market")
    name = forms.CharField(
        label="Name", max_length=80, help_text="The buyer reads it on the plan and its payments."
    )
    words = forms.CharField(
        label="Words for the buyer",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Shown beside the price, and in the agreement.",
    )
    amount = forms.DecimalField(
        label="Credits in all",
        min_value=Decimal("0.01"),
        max_digits=10,
        decimal_places=2,
        help_text="In the market’s currency, for one sale.",
    )
    credits_count = forms.IntegerField(
        label="Number of credits",
        min_value=1,
        max_value=60,
        help_text="One with each payment after the sale. Shorter plans do not get it.",
    )
    on_payoff = forms.ChoiceField(label="If the plan is paid off early", choices=PAYOFF)
    conditions = forms.CharField(
        label="Other conditions",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="In words. What the shop cannot check, it does not enforce.",
    )
    from_day = forms.DateField(
        label="From", widget=forms.DateInput(attrs={"type": "date"}), help_text="This day included."
    )
    until_day = forms.DateField(
        label="Until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="This day included. Leave it empty for no end.",
    )
    months = forms.IntegerField(
        label="Months of the plan", min_value=1, max_value=60, required=False, help_text=WHOLE
    )
    brand = forms.SlugField(label="Brand", required=False, help_text=f"Its short name. {WHOLE}")
    phone = forms.CharField(
        label="Phone", max_length=120, required=False, help_text=f"As in its address. {WHOLE}"
    )
    every_version = forms.BooleanField(
        label="Every version of that phone, not only this one", required=False
    )
    seller = forms.SlugField(label="Seller", required=False, help_text=f"Its short name. {WHOLE}")
    offer = forms.CharField(
        label="One offer", max_length=40, required=False, help_text="Its id, beginning with ofr_."
    )
    condition = forms.ChoiceField(label="Condition", choices=CONDITIONS, required=False)
    price_minimum = forms.DecimalField(
        label="From a price of", min_value=0, max_digits=10, decimal_places=2, required=False
    )
    funder = forms.SlugField(
        label="Who pays for it",
        required=False,
        help_text="The short name of a seller or brand, who must agree in its portal first. Leave"
        " it empty if you pay.",
    )
    uses_max = forms.IntegerField(
        label="At most this many sales", min_value=1, required=False, help_text=WHOLE
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # whatever the request holds
        field = self.fields["market"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [(one.code, one.name) for one in catalogue.markets()]
        field.initial = parties.operator().home_market

    def clean_brand(self) -> str:
        return self._known("brand", catalogue.brand_by_slug)

    def clean_phone(self) -> str:
        return self._known("phone", catalogue.variant_page)

    def clean_seller(self) -> str:
        return self._known("seller", parties.party_by_slug)

    def clean_funder(self) -> str:
        return self._known("funder", parties.party_by_slug)

    def clean_offer(self) -> str:
        return self._known("offer", lambda text: parse_id(IdKind.OFFER, text))

    def terms(self) -> PromotionTerms:
        """Return what was typed as the terms of a promotion. Call it on a valid form."""
        said = self.cleaned_data
        market = catalogue.market(said["market"])
        amount = _money(said["amount"], market.currency)
        until = said["until_day"]
        return PromotionTerms(
            market=market.code,
            name=said["name"],
            words=said["words"],
            conditions=said["conditions"],
            amount=amount,
            credits_count=said["credits_count"],
            on_payoff=OnPayoff(said["on_payoff"]),
            from_at=_midnight(said["from_day"].toordinal(), zone=market.time_zone),
            until_at=_midnight(until.toordinal() + 1, zone=market.time_zone) if until else None,
            scope=self._scope(market.currency),
            funder_id=parties.party_by_slug(said["funder"]).id if said["funder"] else None,
            uses_max=said["uses_max"],
        )

    def _scope(self, currency: str) -> PromotionScope:
        said = self.cleaned_data
        least = said["price_minimum"]
        phone = catalogue.variant_page(said["phone"]).variant if said["phone"] else None
        is_model = bool(said["every_version"])
        return PromotionScope(
            brand_id=catalogue.brand_by_slug(said["brand"]).id if said["brand"] else None,
            model_id=phone.model_id if phone and is_model else None,
            variant_id=phone.id if phone and not is_model else None,
            seller_id=parties.party_by_slug(said["seller"]).id if said["seller"] else None,
            offer_id=parse_id(IdKind.OFFER, said["offer"]) if said["offer"] else None,
            condition=said["condition"],
            months=said["months"] or 0,
            price_minimum=_money(least, currency) if least else None,
        )

    def _known(self, name: str, look_up: Callable[[str], Any]) -> str:
        typed = str(self.cleaned_data[name]).strip()
        if typed:
            try:
                look_up(typed)
            except DomainError as unknown:
                raise forms.ValidationError(unknown.message) from unknown
        return typed


def _money(amount: Decimal, currency: str) -> Money:
    return parse_money(str(amount), currency)


def _midnight(ordinal: int, *, zone: str) -> datetime:
    day = datetime.fromordinal(ordinal).replace(tzinfo=ZoneInfo(zone))
    return day.astimezone(UTC)
