"""The forms by which a brand registers and revokes keys, and says what it permits."""

from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries.models import brands_below, models_of_brands
from bandstand.parties import queries as parties
from bandstand.parties.rules import Actor, Role
from bandstand.rights.queries.keys import KeyRow
from bandstand.rights.rules import Condition
from bandstand.rights.rules.credentials import COMPACT_MAX
from bandstand.rights.rules.credentials.claims import DEPTH_MAX
from bandstand.rights.rules.credentials.key_files import KEY_TEXT_MAX
from bandstand.takedowns import access

REASON_MAX: Final = 300
DAY_INPUT: Final = forms.DateInput(attrs={"type": "date"})


class KeyForm(forms.Form):
    """A public key to register."""

    brand = forms.ChoiceField(
        label="Brand", error_messages={"required": "Choose one of your brands."}
    )
    key = forms.CharField(
        label="Public key",
        help_text="A JWK or PEM: ES256 (EC, P-256) or Ed25519. Never the private key.",
        max_length=KEY_TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        error_messages={"required": "Paste the public key, or make one in this browser."},
    )
    until = forms.DateField(
        label="Signs until",
        required=False,
        widget=DAY_INPUT,
        help_text="The first day, in UTC, on which it no longer signs. What it signed stays good.",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        own = [(str(key), name) for key, name in access.brands_for(actor)]
        _choose(self, "brand", choices=own)

    def forget_key(self) -> None:
        """Drop what was pasted: it may be a private key, and a page must not hold one."""
        self.data = {**{name: self.data[name] for name in self.data}, "key": ""}


class RevokeForm(forms.Form):
    """Why a grant is taken back."""

    reason = forms.CharField(
        label="Why",
        max_length=REASON_MAX,
        help_text="The seller reads it.",
        error_messages={"required": "Say why; the seller reads it."},
    )


class RevokeKeyForm(RevokeForm):
    """Why a key is revoked."""

    compromised = forms.BooleanField(
        label="Somebody else may have signed with it",
        required=False,
        help_text="Then nothing that it signed ever counted.",
    )


class GrantForm(forms.Form):
    """Who may sell what, where, from when to when."""

    key = forms.ChoiceField(
        label="Your key",
        help_text="The key you will sign with. The grant is its brand's.",
        error_messages={"required": "Choose the key you will sign with."},
    )
    seller = forms.ChoiceField(label="Seller", error_messages={"required": "Choose who may sell."})
    brands = forms.MultipleChoiceField(
        label="Brands",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one brand."},
    )
    categories = forms.MultipleChoiceField(
        label="Goods",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of goods."},
    )
    markets = forms.MultipleChoiceField(
        label="Markets",
        widget=forms.CheckboxSelectMultiple,
        help_text="Where the goods may be delivered.",
        error_messages={"required": "Choose at least one market."},
    )
    conditions = forms.MultipleChoiceField(
        label="Condition",
        widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, one.value.capitalize()) for one in Condition],
        error_messages={"required": "Choose at least one condition."},
    )
    models = forms.MultipleChoiceField(
        label="Models",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text="None chosen means every model of the brands.",
    )
    from_day = forms.DateField(
        label="From", widget=DAY_INPUT, error_messages={"required": "Say from which day."}
    )
    until_day = forms.DateField(
        label="Until",
        widget=DAY_INPUT,
        help_text="The first day on which it no longer holds. Days begin at midnight UTC.",
        error_messages={"required": "Say until which day."},
    )
    sell_off_day = forms.DateField(
        label="May sell off until",
        required=False,
        widget=DAY_INPUT,
        help_text="For stock received before the end.",
    )
    depth = forms.IntegerField(
        label="May be passed on",
        min_value=0,
        max_value=DEPTH_MAX,
        initial=0,
        help_text="How many times: 0 means the seller alone, 1 means to its own dealers.",
    )

    def __init__(self, *args: Any, actor: Actor, keys: list[KeyRow], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        self.keys = {str(one.id): one for one in keys}
        own = brands_below([key for key, _ in access.brands_for(actor)])
        names = {one.slug: one.name for one in catalogue.brands() if one.id in own}
        sellers = parties.parties_in_role(Role.SELLER)
        choices: dict[str, list[Any]] = {
            "key": [(key, f"{one.owner_name}: {one.kid}") for key, one in self.keys.items()],
            "seller": [(one.slug, one.trading_name) for one in sellers],
            "brands": list(names.items()),
            "categories": [(one.slug, one.name) for one in catalogue.categories()],
            "markets": [(one.code, one.name) for one in catalogue.markets()],
            "models": _models(own),
        }
        for name, values in choices.items():
            _choose(self, name, choices=values)

    @property
    def chosen_key(self) -> KeyRow:
        """The key of a valid form."""
        return self.keys[self.cleaned_data["key"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        from_day, until_day = cleaned.get("from_day"), cleaned.get("until_day")
        if from_day and until_day and until_day <= from_day:
            self.add_error("until_day", "It must end after it begins.")
        sell_off = cleaned.get("sell_off_day")
        if until_day and sell_off and sell_off < until_day:
            self.add_error("sell_off_day", "Selling off comes after the end.")
        return cleaned


class PresentForm(forms.Form):
    """A credential that a seller presents, pasted or uploaded."""

    credential = forms.CharField(
        label="Credential",
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="The whole text that the issuer sent: three parts with two dots between.",
    )
    file = forms.FileField(
        label="Or its file", required=False, help_text="A small text file, as the issuer sent it."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        uploaded = cleaned.get("file")
        if uploaded is not None and not cleaned.get("credential"):
            if uploaded.size > COMPACT_MAX:
                self.add_error("file", f"A credential is at most {COMPACT_MAX // 1024} KB.")
            else:
                cleaned["credential"] = uploaded.read().decode("ascii", errors="replace").strip()
        if not self.errors and not cleaned.get("credential"):
            self.add_error("credential", "Paste the credential, or choose its file.")
        return cleaned


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins, in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def _choose(form: forms.Form, name: str, *, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared so above
    is_single = not isinstance(field, forms.MultipleChoiceField)
    field.choices = [("", "choose"), *choices] if is_single and len(choices) > 1 else choices


def _models(brand_ids: frozenset[UUID]) -> list[tuple[str, list[tuple[str, str]]]]:
    slugs = {one.id: one.slug for one in catalogue.brands()}
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in models_of_brands(brand_ids):
        groups.setdefault(one.brand, []).append((f"{slugs[one.brand_id]}/{one.name}", one.name))
    return list(groups.items())
