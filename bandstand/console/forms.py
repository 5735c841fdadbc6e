"""What staff type: reasons, carriers. Each answers with what is wrong and how to mend it."""

from typing import Any

from django import forms

REASON_MAX = 500
CARRIER_MAX = 60
TRACKING_MAX = 80


def reason_field(*, label: str, hint: str) -> forms.CharField:
    """Return a field for a reason, which may not be empty."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Say why; it is kept and can be read later.",
            "max_length": f"Keep it under {REASON_MAX} characters.",
        },
    )


class DecideForm(forms.Form):
    """A person's yes or no to an offer in review."""

    verdict = forms.ChoiceField(
        label="Decision",
        choices=[
            ("approve", "Approve: it goes on the shelf"),
            ("refuse", "Refuse: it stays off the shelf, and its seller reads why"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose approve or refuse."},
    )
    reason = reason_field(label="Reason", hint="The seller reads it; it stands in the audit log.")


class ReasonForm(forms.Form):
    """Only a reason."""

    reason = reason_field(label="Reason", hint="Kept with your name and the time.")


class CancelForm(forms.Form):
    """Why an order line is cancelled; its buyer reads it."""

    reason = reason_field(label="Reason", hint="The buyer reads it in the letter they get.")


class ReleaseForm(forms.Form):
    """Who carries a phone to its buyer."""

    carrier = forms.CharField(
        label="Carrier",
        max_length=CARRIER_MAX,
        help_text="As on the parcel, such as UPS or USPS.",
        error_messages={"required": "Name the carrier; the buyer's letter says it."},
    )
    tracking = forms.CharField(
        label="Tracking number",
        max_length=TRACKING_MAX,
        required=False,
        help_text="Leave it empty if the carrier gives none.",
    )

    def clean_tracking(self) -> str:
        tracking = str(self.cleaned_data["tracking"])
        if tracking and not tracking.replace("-", "").replace(" ", "").isalnum():
            raise forms.ValidationError(
                "A tracking number has letters, digits, spaces and hyphens. Read it again."
            )
        return tracking


def hidden(form: forms.Form) -> tuple[tuple[str, str], ...]:
    """Return a valid form's answers as fields to be sent again with a confirmation."""
    cleaned: dict[str, Any] = form.cleaned_data
    return tuple((name, str(value)) for name, value in cleaned.items())
