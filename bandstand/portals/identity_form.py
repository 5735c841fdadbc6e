"""The form by which a seller states one field of its identity."""

from typing import Any, Final

from django import forms

from bandstand.parties.rules.identity import FieldFact
from bandstand.parties.rules.identity_specs import FieldSpec
from bandstand.parties.rules.identity_values import VALUE_MAX

ACCEPTED: Final = ".pdf,.png,.jpg,.jpeg"
SOURCE_MAX: Final = 300


class StateForm(forms.Form):
    """One field: what it is, and where that stands."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's own arguments
        spec: FieldSpec,
        fact: FieldFact | None = None,
        **kwargs: Any,  # noqa: ANN401 -- Django's own arguments
    ) -> None:
        super().__init__(*args, **{**kwargs, "prefix": spec.name.value})
        self.fields["value"] = _value_field(spec, fact)
        self.fields["source"] = forms.CharField(
            label="Where this stands",
            help_text="A register's extract, a bank statement, a government document, or own word.",
            max_length=SOURCE_MAX,
            initial=fact.source if fact else "",
            error_messages={"required": "Say where this stands; it is checked there."},
        )


def _value_field(spec: FieldSpec, fact: FieldFact | None) -> forms.Field:
    told = {"required": f"“{spec.label}” is empty. {spec.hint}"}
    if spec.is_file:
        return forms.FileField(
            label=spec.label,
            help_text=spec.hint,
            error_messages=told,
            widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        )
    if spec.choices:
        return forms.ChoiceField(
            label=spec.label,
            help_text=spec.hint,
            choices=spec.choices,
            widget=forms.RadioSelect,
            initial=fact.shown if fact else None,
            error_messages=told,
        )
    # A secret is never sent back to whoever is signed in, masked or not.
    initial = "" if spec.is_sealed or fact is None else fact.shown
    return forms.CharField(
        label=spec.label,
        help_text=spec.hint,
        max_length=VALUE_MAX,
        initial=initial,
        error_messages=told,
        widget=forms.TextInput(attrs={"autocomplete": "off"} if spec.is_sealed else {}),
    )
