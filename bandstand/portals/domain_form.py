"""The form by which a brand or a seller says that a domain is its own."""

from typing import Any
from uuid import UUID

from django import forms

from bandstand.parties.rules import Role
from bandstand.portals.desk import Desk
from bandstand.rights.rules.lists import DomainNameError, normal_domain
from bandstand.takedowns import access as takedowns


class DomainForm(forms.Form):
    """A domain, and for which of one's brands."""

    brand = forms.ChoiceField(
        label="Brand", error_messages={"required": "Choose one of your brands."}
    )
    domain = forms.CharField(
        label="Domain",
        max_length=253,
        help_text="Only the name, such as brand.example.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}
        ),
        error_messages={"required": "Type a domain, such as brand.example."},
    )

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        if desk.role is Role.SELLER:
            del self.fields["brand"]
            return
        field = self.fields["brand"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared so above
        field.choices = [(str(key), name) for key, name in takedowns.brands_for(desk.actor)]

    @property
    def brand_id(self) -> UUID:
        """The chosen brand of a valid form."""
        return UUID(self.cleaned_data["brand"])

    def clean_domain(self) -> str:
        """Return the domain in its one written form."""
        try:
            return normal_domain(str(self.cleaned_data["domain"]))
        except DomainNameError as refused:
            raise forms.ValidationError(refused.message) from refused
