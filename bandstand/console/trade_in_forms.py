"""Forms of the trade-in desk: a scan, an inspection, a parcel back, a sale, a bank's answer."""

from datetime import datetime
from typing import Any, Final

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.kernel.errors import DomainError
from bandstand.money import Money, parse_money
from bandstand.trade_in.rules import EXAMPLE, QUESTIONS, DisposalKind, Question, Said, TradeInTerms
from bandstand.trade_in.services import Seen

FILE_LENGTH_MAX: Final = 500_000
SAID: Final = [(Said.YES.value, "Yes"), (Said.NO.value, "No"), (Said.UNSURE.value, "Not sure")]
DISPOSALS: Final = [
    (DisposalKind.SOLD.value, "Sold on"),
    (DisposalKind.PARTS.value, "Taken apart"),
    (DisposalKind.RECYCLED.value, "Recycled"),
]


class ScanForm(forms.Form):
    """What the scanner, or a person, reads off a parcel or a phone."""

    code = forms.CharField(
        label="Reference, or IMEI",
        max_length=40,
        help_text=f"Such as {EXAMPLE}, from the slip in the parcel; or the IMEI from *#06#.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autofocus": True, "spellcheck": "false"}
        ),
        error_messages={"required": "Scan the slip, or type the reference or the IMEI."},
    )


class InspectForm(forms.Form):
    """What the inspector sees: the questions that the owner answered, and what only we can ask."""

    imei = forms.CharField(
        label="IMEI",
        max_length=40,
        help_text="From *#06# on this phone, or its SIM tray.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Read the IMEI off the phone itself."},
    )
    phone = forms.CharField(
        label="Which phone it is",
        max_length=120,
        help_text="Brand and code, as in Xiaomi/2013062.",
    )
    reported = forms.ChoiceField(
        label="Is it reported lost or stolen?",
        choices=[("no", "No"), ("yes", "Yes")],
        widget=forms.RadioSelect,
        error_messages={"required": "Ask a register, and say what it answered."},
    )
    register_asked = forms.CharField(
        label="Which register was asked",
        max_length=200,
        error_messages={"required": "Name the register of lost phones that was asked."},
    )
    notes = forms.CharField(label="Notes", max_length=1000, required=False, widget=forms.Textarea)
    photos_at = forms.CharField(
        label="Where the pictures are",
        max_length=300,
        required=False,
        help_text="The folder or card. The owner is told that they exist.",
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*arguments, **named)
        for question in Question:
            words = QUESTIONS[question]
            self.fields[question.value] = forms.ChoiceField(
                label=words.text,
                help_text=words.hint,
                choices=SAID,
                widget=forms.RadioSelect,
                error_messages={"required": "Test it and answer."},
            )
        self.order_fields(["imei", "phone", *(one.value for one in Question)])

    def seen(self) -> Seen:
        """
        Return what was written down.

        Raises: CatalogueNotFoundError for a phone that no table has.
        """
        said = self.cleaned_data
        return Seen(
            imei=said["imei"],
            variant_id=catalogue.variant_by_code(said["phone"]).id,
            answers={one: Said(said[one.value]) for one in Question},
            is_reported=said["reported"] == "yes",
            register_asked=said["register_asked"],
            notes=said["notes"],
            photos_at=said["photos_at"],
        )


class BackForm(forms.Form):
    """With whom a phone goes back to its owner."""

    carrier = forms.CharField(label="Carrier", max_length=60)
    tracking = forms.CharField(label="Tracking number", max_length=80, required=False)


class DisposalForm(forms.Form):
    """What became of a phone that is ours, and what it brought."""

    kind = forms.ChoiceField(label="What became of it", choices=DISPOSALS)
    proceeds = forms.CharField(
        label="It brought", max_length=20, initial="0.00", help_text="In the stock’s currency."
    )
    reason = forms.CharField(
        label="Who took it, under which document",
        max_length=300,
        error_messages={"required": "Name who took it, and the document."},
    )

    def __init__(self, *arguments: Any, currency: str, **named: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*arguments, **named)
        self.currency = currency

    def clean_proceeds(self) -> str:
        """Refuse what is no amount."""
        try:
            parse_money(str(self.cleaned_data["proceeds"]), self.currency)
        except DomainError as refused:
            raise forms.ValidationError(refused.message) from refused
        return str(self.cleaned_data["proceeds"])

    def amount(self) -> Money:
        """Return what it brought."""
        return parse_money(str(self.cleaned_data["proceeds"]), self.currency)


class PayoutForm(forms.Form):
    """What is done about a payout: the deeds that its state allows."""

    deed = forms.ChoiceField(label="What now", widget=forms.RadioSelect)
    words = forms.CharField(
        label="The bank’s reference, or the reason",
        max_length=80,
        required=False,
        help_text="Not needed to propose or confirm.",
    )

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 -- Django's own
        deeds: list[tuple[str, str]],
        **named: Any,  # noqa: ANN401 -- Django's own
    ) -> None:
        super().__init__(*arguments, **named)
        field = self.fields["deed"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = deeds


class ValuesForm(forms.Form):
    """Values as the lines of a CSV file."""

    market = forms.CharField(label="Market", max_length=3)
    values = forms.CharField(
        label="The file’s text",
        max_length=FILE_LENGTH_MAX,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="CSV with the columns phone, grade (good, worn, broken, parts), value, from; and,"
        " if you like, until. For example Apple/A3090,good,250.00,2026-12-01.",
        error_messages={"required": "Paste the lines of the file, its header first."},
    )


class TermsForm(forms.Form):
    """How long each step may take in a market, from now on."""

    market = forms.CharField(label="Market", max_length=3)
    quote_days = forms.IntegerField(label="A quote stands for, days", initial=14)
    arrive_days = forms.IntegerField(label="The phone comes within, days", initial=21)
    remind_days = forms.IntegerField(label="Its owner is reminded before, days", initial=7)
    inspect_days = forms.IntegerField(
        label="We look at it within, days",
        initial=5,
        help_text="A promise: after that the quoted value stands.",
    )
    answer_days = forms.IntegerField(label="Its owner answers a new value within, days", initial=14)
    send_to = forms.CharField(
        label="Phones are sent to", max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )
    source = forms.CharField(label="Where these terms are written", max_length=300)

    def terms(self, *, from_at: datetime) -> TradeInTerms:
        """Return the terms that were typed."""
        return TradeInTerms(from_at=from_at, **self.cleaned_data)
