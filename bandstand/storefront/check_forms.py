"""What a person types to check a phone: an IMEI, or what the phone is called."""

from typing import Final

from django import forms
from django.http import QueryDict

from bandstand.catalogue.rules import IMEI_DIGITS
from bandstand.payments.rules import has_card_number

IMEI_LIKE_DIGITS: Final = 14
AMERICAN_EXPRESS: Final = ("34", "37")
"""Cards of 15 digits begin so. No IMEI does: no reporting body has these numbers."""
CARD_REFUSED: Final = (
    "This looks like a payment card number, so we did not read it. Never type one here. An IMEI"
    " has 15 digits; dial *#06# on the phone to see it."
)


class ImeiForm(forms.Form):
    """The IMEI of one's own phone. It is sent in the body of a form and kept nowhere."""

    imei = forms.CharField(
        label="IMEI",
        max_length=40,
        help_text="15 digits. Dial *#06# on the phone, or look under Settings, About.",
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Type the IMEI. Dial *#06# on the phone to see it."},
    )

    def clean_imei(self) -> str:
        """Refuse what looks like a payment card, and forget it."""
        given = str(self.cleaned_data["imei"])
        if is_card_like(given):
            forget(self, "imei")
            raise forms.ValidationError(CARD_REFUSED)
        return given


class NameForm(forms.Form):
    """What a phone is called."""

    name = forms.CharField(
        label="Brand and model, or model code",
        max_length=80,
        help_text="Such as Xiaomi Mi 3, or 2013062. The code is on the box and in Settings, About.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type a brand and model, or a model code."},
    )

    def clean_name(self) -> str:
        """Refuse what looks like a payment card, and forget it."""
        given = str(self.cleaned_data["name"])
        if is_card_like(given) or (has_card_number(given) and not is_imei_like(given)):
            forget(self, "name")
            raise forms.ValidationError(CARD_REFUSED)
        return given


def is_imei_like(text: str) -> bool:
    """Say whether text is rather an IMEI than a name: almost all of it is digits, and many."""
    digits = sum(letter.isdigit() for letter in text)
    return digits >= IMEI_LIKE_DIGITS and not any(letter.isalpha() for letter in text)


def is_card_like(text: str) -> bool:
    """Say whether text holds a card number rather than an IMEI, which passes the same check."""
    digits = "".join(letter for letter in text if letter.isdigit())
    if len(digits) == IMEI_DIGITS and not digits.startswith(AMERICAN_EXPRESS):
        return False
    return has_card_number(text)


def forget(form: forms.Form, name: str) -> None:
    """Take what was typed out of a form, so that the page does not show it again."""
    form.data = {**form.data.dict(), name: ""} if isinstance(form.data, QueryDict) else {name: ""}
