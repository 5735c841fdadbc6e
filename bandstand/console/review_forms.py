"""What staff find on reading a document or checking a field, and on whose answer."""

from typing import Any, Final
from uuid import UUID

from django import forms

from bandstand.console.forms import REASON_MAX, reason_field
from bandstand.parties.rules.identity import CheckVerdict
from bandstand.parties.rules.identity_specs import CheckMethod, FieldSpec
from bandstand.rights.queries.documents import DocumentRow
from bandstand.rights.rules.documents import Channel, DocumentMove, Reading

METHODS: Final = {
    CheckMethod.OFFICIAL_DATABASE: "Looked up in an official database",
    CheckMethod.DOCUMENT_SEEN: "Compared with a document",
    CheckMethod.CALLED_BACK: "Called, and they answered",
    CheckMethod.LETTER_ANSWERED: "Wrote, and they answered",
    CheckMethod.TEST_PAYMENT: "Sent a test payment, and they named it",
    CheckMethod.STATED_ONLY: "Their own declaration, which is what is asked",
}
SOURCE_MAX: Final = 300


class ContactForm(forms.Form):
    """Whom a reader asked, found elsewhere than in the document, and the answer."""

    channel = forms.ChoiceField(
        label="How you asked",
        choices=[
            (Channel.EMAIL.value, "By e-mail"),
            (Channel.PHONE.value, "By telephone"),
            (Channel.POST.value, "By post"),
            (Channel.WEBSITE.value, "Through a form or list on their site"),
        ],
    )
    contact_value = forms.CharField(
        label="Address or number",
        max_length=254,
        help_text="Not one that the document gives.",
        error_messages={"required": "Write the address or number you used."},
    )
    contact_source = forms.CharField(
        label="Where you found it",
        max_length=500,
        help_text="The brand's own imprint, a trade register, an earlier contract.",
        error_messages={"required": "Say where you found it."},
    )
    contact_answer = forms.CharField(
        label="What they answered",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In their words, and who said so.",
        error_messages={"required": "Write what they answered, and who."},
    )


class ReadingForm(forms.Form):
    """A reader's yes or no to a document."""

    verdict = forms.ChoiceField(
        label="Decision",
        choices=[
            (
                DocumentMove.ACCEPT.value,
                "Accept: the issuer wrote it, and it permits this",
            ),
            (DocumentMove.REFUSE.value, "Refuse: its seller reads why"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose accept or refuse."},
    )
    contact = forms.ChoiceField(
        label="On whose answer",
        required=False,
        widget=forms.RadioSelect,
        help_text="Accepting needs one. Ask, and record the answer first.",
    )
    is_independent = forms.BooleanField(
        label="I have looked: this contact is not one that the document itself gives",
        required=False,
    )
    reason = reason_field(
        label="Reason", hint="At least ten characters. A refused seller reads it."
    )
    cure = forms.CharField(
        label="What would mend it",
        required=False,
        max_length=500,
        help_text="For a refusal: what the seller can show instead.",
    )

    def __init__(self, *args: Any, document: DocumentRow, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        field = self.fields["contact"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared so above
        field.choices = [
            (str(one.id), f"{one.value}, found at {one.source}") for one in document.contacts
        ]

    @property
    def reading(self) -> Reading:
        """What a valid form says."""
        said = self.cleaned_data
        return Reading(
            move=DocumentMove(said["verdict"]),
            reason=said["reason"],
            cure=said["cure"],
            contact_id=UUID(said["contact"]) if said["contact"] else None,
            is_independent=said["is_independent"],
        )


class CheckForm(forms.Form):
    """What a person found on checking one field of a seller's identity."""

    def __init__(self, *args: Any, spec: FieldSpec, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **{**kwargs, "prefix": spec.name.value})
        self.fields["verdict"] = forms.ChoiceField(
            label="Decision",
            choices=[
                (CheckVerdict.ACCEPTED.value, "It is so"),
                (CheckVerdict.REFUSED.value, "It is not so, or cannot be told"),
            ],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose whether it is so."},
        )
        self.fields["method"] = forms.ChoiceField(
            label="How you checked", choices=[(one.value, METHODS[one]) for one in spec.methods]
        )
        self.fields["source"] = forms.CharField(
            label="Where you looked",
            max_length=SOURCE_MAX,
            help_text="The register's address, the document, the number you called.",
            error_messages={"required": "Say where you looked."},
        )
        self.fields["reason"] = forms.CharField(
            label="What you found",
            max_length=REASON_MAX,
            help_text="A refused seller reads it.",
            error_messages={"required": "Say what you found; it is kept."},
        )
