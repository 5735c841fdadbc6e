"""What staff type about payouts: the bank's answer, why an account is stopped, the way to pay."""

from typing import Any, Final

from django import forms

from bandstand.console.forms import reason_field
from bandstand.kernel.errors import BadInputError
from bandstand.payouts.gateways import gateways
from bandstand.payouts.rules import (
    COOLING_DAYS,
    AccountDetails,
    AccountKind,
    FileForm,
    PayoutMove,
    read_account,
)

FORM_WORDS: Final = {
    FileForm.CSV: "CSV, for a bank that takes a sheet",
    FileForm.PAIN_001: "pain.001, for transfers to IBANs",
}


class ResultForm(forms.Form):
    """What the bank said of a payout; a second person confirms it."""

    answer = forms.ChoiceField(
        label="The bank says",
        choices=[
            (PayoutMove.PAY.value, "It arrived"),
            (PayoutMove.FAIL.value, "It was refused"),
            (PayoutMove.RETURN.value, "It came back"),
        ],
        error_messages={"required": "Say which."},
    )
    words = forms.CharField(
        label="Its reference, or its reason",
        max_length=300,
        help_text="As the bank writes it. A second person reads it too before anything moves.",
        error_messages={"required": "Copy the bank's reference, or why it came back."},
    )

    @property
    def move(self) -> PayoutMove:
        """What a valid form says became of the payout."""
        return PayoutMove(self.cleaned_data["answer"])


class BlockForm(forms.Form):
    """Why payouts to an account are stopped; its seller reads it."""

    reason = reason_field(label="Why?", hint="The seller reads it, and can confirm the account.")


class RouteForm(forms.Form):
    """By which way sellers are paid in a currency."""

    currency = forms.ChoiceField(label="Currency", error_messages={"required": "Choose one."})
    gateway = forms.ChoiceField(label="By", error_messages={"required": "Choose the way."})
    form = forms.ChoiceField(
        label="The bank's file",
        choices=[(one.value, words) for one, words in FORM_WORDS.items()],
        help_text="Only for the way by file.",
    )
    debtor = forms.CharField(
        label="You pay as",
        required=False,
        max_length=140,
        help_text="The name on your own account; a pain.001 file needs it.",
    )
    iban = forms.CharField(
        label="From the IBAN", required=False, max_length=60, help_text="Kept sealed, shown masked."
    )
    cooling_days = forms.IntegerField(
        label="A changed account waits",
        min_value=0,
        max_value=60,
        initial=COOLING_DAYS,
        help_text="Days before a seller's new account is paid to.",
    )

    def __init__(self, *arguments: Any, currencies: tuple[str, ...]) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*arguments)
        for name, values in (
            ("currency", [(one, one) for one in currencies]),
            ("gateway", [(one.name, one.label) for one in gateways()]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared so above
            field.choices = values

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            cleaned["account"] = self._account(cleaned)
        except BadInputError as wrong:
            self.add_error("iban", wrong.message)
        return cleaned

    def _account(self, cleaned: dict[str, Any]) -> AccountDetails | None:
        if not cleaned.get("iban") and not cleaned.get("debtor"):
            return None
        return read_account(
            kind=AccountKind.IBAN,
            number=cleaned.get("iban") or "",
            holder=cleaned.get("debtor") or "",
        )
