"""Forms of trading in: plain questions, an order's link, a parcel, a bank account."""

from typing import Any, Final

from django import forms

from bandstand.kernel.errors import BadInputError
from bandstand.storefront.check_forms import CARD_REFUSED, forget, is_card_like
from bandstand.trade_in.rules import QUESTIONS, Question, Said, read_account

SAID: Final = [
    (Said.YES.value, "Yes"),
    (Said.NO.value, "No"),
    (Said.UNSURE.value, "Not sure"),
]
ORDER_PREFIX: Final = "/order/"


class QuestionsForm(forms.Form):
    """The plain tests, one question each; which phone it is travels along."""

    v = forms.CharField(max_length=200, widget=forms.HiddenInput)
    sealed = forms.CharField(max_length=400, required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*arguments, **named)
        for question in Question:
            words = QUESTIONS[question]
            self.fields[question.value] = forms.ChoiceField(
                label=words.text,
                help_text=words.hint,
                choices=SAID,
                widget=forms.RadioSelect,
                error_messages={"required": "Answer yes, no or not sure."},
            )


class AcceptForm(forms.Form):
    """For which order a phone is traded in, and which phone exactly."""

    order = forms.CharField(
        label="Link of your order",
        max_length=300,
        help_text="From the letter about your order. The value goes to that order.",
        error_messages={"required": "Paste the link from your order’s letter."},
    )
    imei = forms.CharField(
        label="IMEI of the phone you send",
        max_length=40,
        help_text="15 digits. Dial *#06# on the phone. We keep a scrambled form and the last four"
        " digits.",
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Type the IMEI. Dial *#06# on the phone to see it."},
    )
    is_mine = forms.BooleanField(
        label="The phone is mine to give, and nothing is owed on it.",
        error_messages={"required": "Only your own phone can be traded in."},
    )

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 -- Django's own
        knows_phone: bool,
        **named: Any,  # noqa: ANN401 -- Django's own
    ) -> None:
        super().__init__(*arguments, **named)
        if knows_phone:
            del self.fields["imei"]

    def clean_order(self) -> str:
        """Return the token of the order, of a whole link or alone."""
        given = str(self.cleaned_data["order"]).strip()
        _, found, rest = given.partition(ORDER_PREFIX)
        return (rest if found else given).partition("/")[0]

    def clean_imei(self) -> str:
        """Refuse what looks like a payment card, and forget it."""
        given = str(self.cleaned_data["imei"])
        if is_card_like(given):
            forget(self, "imei")
            raise forms.ValidationError(CARD_REFUSED)
        return given


class SentForm(forms.Form):
    """With whom a phone is on its way."""

    carrier = forms.CharField(
        label="Carrier", max_length=60, error_messages={"required": "Say who carries the parcel."}
    )
    tracking = forms.CharField(label="Tracking number", max_length=80, required=False)


class AccountForm(forms.Form):
    """Where the money goes. Kept sealed until the bank has paid, then forgotten."""

    holder = forms.CharField(
        label="Account holder",
        max_length=140,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Write the name of the account’s holder."},
    )
    routing = forms.CharField(
        label="Routing number",
        max_length=20,
        required=False,
        help_text="Nine digits, for an account in the United States.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    number = forms.CharField(
        label="Account number, or IBAN",
        max_length=50,
        help_text="Never a card number.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write the account’s number, or its IBAN."},
    )

    def clean(self) -> dict[str, Any]:
        """Read the account as a whole; what was refused is not shown again."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            cleaned["account"] = read_account(
                holder=cleaned["holder"], routing=cleaned["routing"], number=cleaned["number"]
            )
        except BadInputError as refused:
            forget(self, "number")
            self.add_error("number", refused.message)
        return cleaned
