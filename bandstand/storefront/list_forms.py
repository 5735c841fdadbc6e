"""What somebody gives to have a published list looked at: its text, or where it is."""

from typing import Final

from django import forms

from bandstand.rights.rules.lists import BYTES_MAX

CHARACTERS_MAX: Final = BYTES_MAX


class PastedListForm(forms.Form):
    """The text of a list. It is looked at and kept nowhere."""

    text = forms.CharField(
        label="The list",
        max_length=CHARACTERS_MAX,
        strip=False,
        help_text="The whole JSON document, up to 1 MB.",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": "Paste a list."},
    )


class PublishedListForm(forms.Form):
    """Where a list is."""

    address = forms.CharField(
        label="Domain or address",
        max_length=400,
        help_text="Such as brand.example; then /.well-known/authorised-sellers.json is read there.",
        widget=forms.TextInput(
            attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}
        ),
        error_messages={"required": "Type a domain or an https address."},
    )
