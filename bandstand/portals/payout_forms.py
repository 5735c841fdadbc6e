"""What a seller types about where its money goes."""

from typing import Any

from django import forms

from bandstand.kernel.errors import BadInputError
from bandstand.payouts.rules import AccountKind, read_account

PASSWORD_MAX = 200


def password_field() -> forms.CharField:
    """Return the field that proves who is typing."""
    return forms.CharField(
        label="Your password",
        max_length=PASSWORD_MAX,
        strip=False,
        help_text="Typed again, so that a window left open is not enough.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Type your password."},
    )


class ConfirmForm(forms.Form):
    """That an account is right as it stands."""

    password = password_field()


class AccountForm(forms.Form):
    """Where payouts go."""

    kind = forms.ChoiceField(
        label="Kind of account",
        choices=[
            (AccountKind.IBAN.value, "A bank account with an IBAN"),
            (AccountKind.US_BANK.value, "A bank account in the United States"),
            (AccountKind.CONNECTED.value, "An account at the payment provider"),
        ],
        error_messages={"required": "Choose one."},
    )
    holder = forms.CharField(
        label="Who holds it",
        max_length=140,
        help_text="As your bank knows you.",
        error_messages={"required": "Name who holds the account."},
    )
    number = forms.CharField(
        label="IBAN, account number or id",
        max_length=70,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Give the number."},
    )
    routing = forms.CharField(
        label="Routing number",
        required=False,
        max_length=9,
        help_text="Only in the United States: nine digits.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    password = password_field()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not {"kind", "holder", "number"} <= set(cleaned):
            return cleaned
        try:
            cleaned["details"] = read_account(
                kind=AccountKind(cleaned["kind"]),
                number=cleaned["number"],
                holder=cleaned["holder"],
                routing=cleaned.get("routing") or "",
            )
        except BadInputError as wrong:
            self.add_error(_blamed(wrong.message), wrong.message)
        return cleaned


def _blamed(said: str) -> str:
    if said.startswith("The routing"):
        return "routing"
    return "holder" if said.startswith("Name") else "number"
