"""Forms of a plan's page: what to pay and with which card; what is allowed is decided below."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from bandstand.credit.rules import AskKind
from bandstand.kernel.errors import BadInputError
from bandstand.money import Money, parse_money
from bandstand.payments.gateways.sandbox_cards import CARDS
from bandstand.payments.queries import SavedCardRow
from bandstand.storefront.card_choices import (
    SAVED,
    TEST_HINT,
    card_field,
    chosen_token,
    provider_name,
)

PLAN_CARDS: Final = (
    "tok_ok",
    "tok_3ds",
    "tok_declined",
    "tok_insufficient",
    "tok_off_session_refused",
)
SETUP_CARDS: Final = (*PLAN_CARDS, "tok_ends_soon")


class PlanPayForm(forms.Form):
    """What a buyer pays on a plan by hand."""

    kind = forms.ChoiceField(
        label="What to pay",
        widget=forms.RadioSelect,
        initial=AskKind.INSTALMENT.value,
        error_messages={"required": "Say what you want to pay."},
    )
    amount = forms.CharField(
        label="Extra amount",
        max_length=20,
        required=False,
        help_text="Only for an extra payment, e.g. 25.00. It pays your last instalments.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 -- Django's own
        kinds: list[tuple[str, str]],
        currency: str,
        saved: Sequence[SavedCardRow] = (),
        **named: Any,  # noqa: ANN401 -- Django's own
    ) -> None:
        super().__init__(*arguments, **named)
        self.currency = currency
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = kinds
        if AskKind.EXTRA.value not in dict(kinds):
            del self.fields["amount"]
        self.saved = tuple(saved)
        self.fields["card"] = card_field(tokens=PLAN_CARDS, saved=self.saved)
        self.provider = provider_name()

    @property
    def card_token(self) -> str:
        """The token of the card that was chosen."""
        return chosen_token(self.cleaned_data["card"], saved=self.saved)

    def clean(self) -> dict[str, Any]:
        """Read the extra amount where one is wanted."""
        cleaned = super().clean() or {}
        cleaned["extra"] = Money.zero(self.currency)
        if cleaned.get("kind") == AskKind.EXTRA.value:
            try:
                cleaned["extra"] = parse_money(cleaned.get("amount", "").strip(), self.currency)
            except BadInputError as refused:
                self.add_error("amount", refused.message)
        return cleaned


class AutopayForm(forms.Form):
    """Which card may be charged when an instalment falls due."""

    autopay_card = forms.ChoiceField(
        label="Card to charge when an instalment falls due",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a card."},
    )

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 -- Django's own
        saved: Sequence[SavedCardRow],
        **named: Any,  # noqa: ANN401 -- Django's own
    ) -> None:
        super().__init__(*arguments, **named)
        self.saved = tuple(saved)
        field = self.fields["autopay_card"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [(f"{SAVED}{card.id}", card.words) for card in self.saved]
        field.initial = field.choices[0][0] if self.saved else None

    @property
    def card_token(self) -> str:
        """The token of the card that was chosen."""
        return chosen_token(self.cleaned_data["autopay_card"], saved=self.saved)


class SetupCardForm(forms.Form):
    """Which of the test gateway's cards is saved."""

    card = forms.ChoiceField(
        label="Card",
        choices=[(token, CARDS[token].title) for token in SETUP_CARDS],
        widget=forms.RadioSelect,
        initial=SETUP_CARDS[0],
        help_text=TEST_HINT,
        error_messages={"required": "Choose a card."},
    )
