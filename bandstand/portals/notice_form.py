"""The form by which a brand stops what bears its mark."""

from typing import Any
from uuid import UUID

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries.models import brands_below, models_of_brands
from bandstand.kernel.errors import DomainError
from bandstand.parties import queries as parties
from bandstand.parties.rules import Actor, Role
from bandstand.takedowns import access
from bandstand.takedowns.rules import NoticeScope, require_notice_words
from bandstand.takedowns.rules.scope import EXPLANATION_MAX, EXPLANATION_MIN, REFERENCE_MAX

EVERY = ("", "every one")


class NoticeForm(forms.Form):
    """What shall stop, why, and on what right. What is left at “every one” does not narrow it."""

    brand = forms.ChoiceField(
        label="Brand", error_messages={"required": "Choose one of your brands."}
    )
    include_sub_brands = forms.BooleanField(
        label="With its sub-brands", required=False, initial=True
    )
    market = forms.ChoiceField(label="Market", required=False)
    category = forms.ChoiceField(label="Category", required=False)
    model = forms.ChoiceField(label="Model", required=False)
    seller = forms.ChoiceField(label="Seller", required=False)
    explanation = forms.CharField(
        label="Why these goods may not be sold",
        help_text=f"At least {EXPLANATION_MIN} characters. The sellers who are stopped read it.",
        max_length=EXPLANATION_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Say why; the sellers who are stopped read it."},
    )
    right_reference = forms.CharField(
        label="Your right",
        required=False,
        max_length=REFERENCE_MAX,
        help_text="A trade mark's number, or where your statement is published.",
    )
    good_faith = forms.BooleanField(
        label="I give this notice in good faith and believe it to be accurate and complete",
        error_messages={"required": "Confirm that you give this notice in good faith."},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        self.labels: dict[str, dict[str, str]] = {}
        for name, choices in _choices(actor).items():
            self.labels[name] = _labels(choices)
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared so above
            field.choices = choices

    @property
    def brand_id(self) -> UUID:
        """The chosen brand of a valid form."""
        return UUID(self.cleaned_data["brand"])

    @property
    def scope(self) -> NoticeScope:
        """The scope of a valid form."""
        cleaned = self.cleaned_data
        return NoticeScope(
            include_sub_brands=cleaned["include_sub_brands"],
            market=cleaned["market"] or None,
            category_id=_uuid(cleaned["category"]),
            model_id=_uuid(cleaned["model"]),
            seller_id=_uuid(cleaned["seller"]),
        )

    @property
    def scope_words(self) -> str:
        """The scope as it was chosen, in words."""
        chosen = []
        for name in ("brand", "category", "model", "market", "seller"):
            value = str(self.data.get(name, ""))
            if value:
                word = str(self.fields[name].label).lower()
                chosen.append(f"{word} {self.labels[name].get(value, value)}")
        chosen.insert(1, "with its sub-brands" if self.scope.include_sub_brands else "alone")
        return ", ".join(chosen)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "explanation" in cleaned and "right_reference" in cleaned:
            try:
                require_notice_words(
                    explanation=cleaned["explanation"],
                    right_reference=cleaned["right_reference"],
                    good_faith=True,
                )
            except DomainError as refused:
                self.add_error(str(refused.fields.get("field", "explanation")), refused.message)
        return cleaned


def _choices(actor: Actor) -> dict[str, list[Any]]:
    own = access.brands_for(actor)
    models: dict[str, list[tuple[str, str]]] = {}
    for one in models_of_brands(brands_below([key for key, _ in own])):
        models.setdefault(one.brand, []).append((str(one.id), one.name))
    brands = [(str(key), name) for key, name in own]
    return {
        "brand": brands if len(brands) == 1 else [("", "choose"), *brands],
        "market": [EVERY, *((one.code, one.name) for one in catalogue.markets())],
        "category": [EVERY, *((str(one.id), one.name) for one in catalogue.categories())],
        "model": [EVERY, *models.items()],
        "seller": [
            EVERY,
            *((str(one.id), one.trading_name) for one in parties.parties_in_role(Role.SELLER)),
        ],
    }


def _labels(choices: list[Any]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for value, label in choices:
        if isinstance(label, str):
            labels[value] = label
        else:
            labels |= {key: f"{value} {said}" for key, said in label}
    return labels


def _uuid(text: str) -> UUID | None:
    return UUID(text) if text else None
