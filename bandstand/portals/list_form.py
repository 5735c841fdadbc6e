"""The form that composes a brand's next list: who stays, who goes, who is added."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.rights.rules import Condition
from bandstand.rights.rules.lists import (
    AuthorisedList,
    DomainNameError,
    ListedSeller,
    RevokeReason,
    normal_domain,
)
from bandstand.rights.rules.lists.fields import COUNTRY, COUNTRY_MENDS
from bandstand.rights.rules.lists.inspecting import seller_words
from bandstand.rights.rules.lists.words import DELEGATE_DEPTH_MAX, EVERY

DAY: Final = forms.DateInput(attrs={"type": "date"})


class ListForm(forms.Form):
    """The next list. What is left empty changes nothing."""

    taken_off = forms.MultipleChoiceField(
        label="Take off the list",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Their right ends when the list is read. They may be listed again later.",
    )
    revoked = forms.MultipleChoiceField(
        label="Revoke",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Stronger: an old copy of the list, or a careless new one, cannot bring it back.",
    )
    reason = forms.ChoiceField(
        label="Reason of the revocation",
        required=False,
        choices=[(one.value, one.value.replace("_", " ").capitalize()) for one in RevokeReason],
    )
    domain = forms.CharField(
        label="Add a seller, by domain",
        required=False,
        max_length=253,
        help_text="Such as seller.example. Ask the seller for it.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label="Seller’s name", required=False, max_length=200)
    countries = forms.CharField(
        label="Countries",
        required=False,
        max_length=400,
        help_text="Two capital letters each, by commas, such as US, CA; or * for all.",
    )
    categories = forms.MultipleChoiceField(
        label="Kinds of goods", required=False, widget=forms.CheckboxSelectMultiple
    )
    models = forms.CharField(
        label="Only these models",
        required=False,
        max_length=2000,
        help_text="By commas. Leave empty for every model.",
    )
    conditions = forms.MultipleChoiceField(
        label="Condition",
        required=False,
        initial=[Condition.NEW.value],
        choices=[(one.value, one.value) for one in Condition],
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = forms.DateField(label="From", required=False, widget=DAY)
    valid_until = forms.DateField(label="Until", required=False, widget=DAY)
    delegate_depth = forms.IntegerField(
        label="May pass the right on, how many times",
        required=False,
        min_value=0,
        max_value=DELEGATE_DEPTH_MAX,
        initial=0,
    )

    def __init__(self, *args: Any, base: AuthorisedList | None, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        listed = dict.fromkeys(one.key for one in base.sellers) if base else {}
        sellers = [(key, seller_words(key)) for key in listed]
        kinds = [(one.slug, one.name) for one in catalogue.categories()]
        for name, choices in (("taken_off", sellers), ("revoked", sellers), ("categories", kinds)):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 -- declared so above
            field.choices = choices
        if not sellers:
            for name in ("taken_off", "revoked", "reason"):
                del self.fields[name]

    def clean_domain(self) -> str:
        """Return the seller's domain in its one written form."""
        given = str(self.cleaned_data["domain"])
        try:
            return normal_domain(given) if given.strip() else ""
        except DomainNameError as refused:
            raise forms.ValidationError(refused.message) from refused

    def clean_countries(self) -> tuple[str, ...]:
        """Return the countries, each two capital letters."""
        found = split(str(self.cleaned_data["countries"]))
        for one in found:
            if one in COUNTRY_MENDS:
                raise forms.ValidationError(f"Write {COUNTRY_MENDS[one]} for {one}.")
            if one != EVERY and not COUNTRY.fullmatch(one):
                raise forms.ValidationError(f"“{one[:20]}” is not two capital letters.")
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse an entry that lacks what it needs, and a span that ends before it begins."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("domain"):
            for name, told in (
                ("countries", "Name at least one country."),
                ("categories", "Choose at least one kind of goods."),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, told)
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_until")
        if begins and ends and ends <= begins:
            self.add_error("valid_until", "The end must be after the beginning.")
        return cleaned

    @property
    def added(self) -> tuple[ListedSeller, ...]:
        """The entry that a valid form adds, if it names a seller."""
        cleaned = self.cleaned_data
        if not cleaned["domain"]:
            return ()
        return (
            ListedSeller(
                key=f"domain:{cleaned['domain']}",
                name=cleaned["name"],
                countries=cleaned["countries"],
                categories=tuple(cleaned["categories"]),
                models=split(cleaned["models"]),
                conditions=_conditions(cleaned["conditions"]),
                valid_from=_midnight(cleaned["valid_from"]),
                valid_until=_midnight(cleaned["valid_until"]),
                delegate_depth=cleaned["delegate_depth"] or 0,
            ),
        )

    @property
    def taken_off_keys(self) -> frozenset[str]:
        """The sellers that a valid form takes off the list."""
        return frozenset(self.cleaned_data.get("taken_off", ()))

    @property
    def revocations(self) -> dict[str, RevokeReason]:
        """The sellers that a valid form revokes."""
        reason = RevokeReason(self.cleaned_data.get("reason") or RevokeReason.OTHER)
        return dict.fromkeys(self.cleaned_data.get("revoked", ()), reason)


def split(text: str) -> tuple[str, ...]:
    """Return the parts of a text between commas and line ends."""
    parts = (one.strip() for one in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(one for one in parts if one))


def _conditions(chosen: Iterable[str]) -> tuple[Condition, ...]:
    return tuple(Condition(one) for one in chosen) or (Condition.NEW,)


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
