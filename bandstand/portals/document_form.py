"""The form by which a seller shows a document and says what it permits."""

from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.offers.queries import OfferRow
from bandstand.parties.rules.files import BYTES_MAX, MEBIBYTE
from bandstand.plumbing import clock
from bandstand.portals.identity_form import ACCEPTED
from bandstand.rights.queries.documents import IssuerRow, issuers_that_may_pass_on
from bandstand.rights.rules import Condition, GrantScope
from bandstand.rights.rules.documents import DocumentClaim, DocumentKind, last_instant

THE_BRAND: Final = "brand"
KINDS: Final = [
    (DocumentKind.LETTER.value, "A letter of authorisation"),
    (DocumentKind.CONTRACT.value, "A contract"),
    (DocumentKind.INVOICE.value, "An invoice for the goods"),
]
CONDITIONS: Final = [(one.value, one.value.capitalize()) for one in Condition]


class DayInput(forms.DateInput):
    """A date as browsers pick it."""

    input_type = "date"


class DocumentForm(forms.Form):
    """A file, who issued it, when, and what it permits."""

    file = forms.FileField(
        label="File",
        help_text=f"PDF, PNG or JPEG, at most {BYTES_MAX // MEBIBYTE} MB. It is never published.",
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty. Choose another.",
        },
    )
    kind = forms.ChoiceField(label="What it is", choices=KINDS)
    issuer = forms.ChoiceField(label="Who issued it")
    letter_date = forms.DateField(
        label="Its date",
        widget=DayInput(),
        help_text="As it stands on the document. It proves for twelve months from then.",
        error_messages={"required": "Give the document's own date."},
    )
    until = forms.DateField(
        label="Until",
        required=False,
        widget=DayInput(),
        help_text="The first day on which it no longer permits. Empty: after twelve months.",
    )
    brand = forms.ChoiceField(label="Brand", error_messages={"required": "Choose the brand."})
    categories = forms.MultipleChoiceField(
        label="Kinds of goods",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one kind that the document names."},
    )
    markets = forms.MultipleChoiceField(
        label="Markets",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one market that the document names."},
    )
    conditions = forms.MultipleChoiceField(
        label="Condition",
        choices=CONDITIONS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one condition that the document names."},
    )

    def __init__(self, *args: Any, about: OfferRow | None = None, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        self.brands = {one.slug: one for one in catalogue.brands()}
        self.kinds = {one.slug: one for one in catalogue.categories()}
        self.issuers = {str(one.grant_id): one for one in issuers_that_may_pass_on(at=clock.now())}
        self._offer("brand", [(slug, one.name) for slug, one in self.brands.items()])
        self._offer("categories", [(slug, one.name) for slug, one in self.kinds.items()])
        self._offer("markets", [(one.code, one.name) for one in catalogue.markets()])
        self._offer(
            "issuer", [(THE_BRAND, "The brand itself"), *map(_issuer, self.issuers.items())]
        )
        if about is not None:
            self.initial = {
                **self.initial,
                "brand": about.brand_slug,
                "categories": [about.category_slug],
                "markets": [about.market],
                "conditions": [about.condition],
            }

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared so above
        field.choices = choices

    @property
    def claim(self) -> DocumentClaim:
        """What a valid form claims."""
        said = self.cleaned_data
        letter_date: date = said["letter_date"]
        brand_id = self.brands[said["brand"]].id
        issuer = self.issuers.get(said["issuer"])
        return DocumentClaim(
            kind=DocumentKind(said["kind"]),
            scope=GrantScope(
                brands=frozenset({brand_id}),
                categories=frozenset(self.kinds[slug].id for slug in said["categories"]),
                markets=frozenset(said["markets"]),
                conditions=frozenset(map(Condition, said["conditions"])),
            ),
            letter_date=letter_date,
            from_at=_midnight(letter_date),
            until_at=_midnight(said["until"]) if said["until"] else last_instant(letter_date),
            issuer_brand_id=None if issuer else brand_id,
            issuer_party_id=issuer.party_id if issuer else None,
            parent_id=UUID(said["issuer"]) if issuer else None,
        )


def _issuer(item: tuple[str, IssuerRow]) -> tuple[str, str]:
    key, row = item
    return key, f"{row.name}, who may pass on {' and '.join(row.brands) or 'a right'}"


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=UTC)
