"""The form by which a seller shows the label on goods that differ."""

from typing import Final

from django import forms

from bandstand.parties.rules.files import BYTES_MAX, MEBIBYTE
from bandstand.rights.services.labels import LISTING_TEXT_MAX

PHOTOS: Final = ".png,.jpg,.jpeg"


class LabelForm(forms.Form):
    """A photograph, and what the listing says."""

    file = forms.FileField(
        label="Photograph of the label",
        help_text=(
            f"PNG or JPEG, at most {BYTES_MAX // MEBIBYTE} MB. The label must be near the mark and"
            " readable. It is never published."
        ),
        widget=forms.FileInput(attrs={"accept": PHOTOS}),
        error_messages={
            "required": "Choose a photograph.",
            "empty": "The file is empty. Choose another.",
        },
    )
    listing_text = forms.CharField(
        label="What the listing says",
        max_length=LISTING_TEXT_MAX,
        help_text="Shoppers read it beside the price. Name everything in which the phone differs.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Say in what it differs; shoppers read it."},
    )
