"""What staff type of rights: approvals, certifications, protections, differences, names, policy."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.rules import CatalogueNotFoundError
from bandstand.console.fact_forms import SOURCE_MAX, FieldGroup, Group, codes_field, day_field
from bandstand.rights.rules import (
    ApprovalScheme,
    ApprovalState,
    CertificationState,
)

NAME_MAX: Final = 100
PERSON_MAX: Final = 200
REFERENCE_MAX: Final = 80
EPREL_MAX: Final = 20
VERSION_MAX: Final = 40
PHONES_NAMED: Final = 6
HOURS_MAX: Final = 24 * 90
NEAR_HINT: Final = "Brand and model with its code, such as Samsung SM-S921U."
SOURCE_FIELDS: Final = ("source",)


def midnight(day: date | None) -> datetime | None:
    """Return the first instant of a day, UTC."""
    return datetime.combine(day, time(), tzinfo=UTC) if day else None


class PhoneField(forms.CharField):
    """One exact version of a phone, by name and code."""

    def clean(self, value: Any) -> Any:  # noqa: ANN401 -- Django's own
        text = str(super().clean(value))
        try:
            found = catalogue.phones_named(text)
        except CatalogueNotFoundError as wrong:
            raise forms.ValidationError(wrong.message) from wrong
        if len(found) != 1:
            codes = ", ".join(one.code or one.slug for one in found[:PHONES_NAMED])
            raise forms.ValidationError(
                f"“{text}” may be {len(found)} versions: {codes}. Add the code."
            )
        return found[0]


class RightsForm(forms.Form):
    """What every fact of rights needs: where it was read."""

    GROUPS: tuple[Group, ...] = ()
    source = forms.CharField(
        label="Source",
        max_length=SOURCE_MAX,
        help_text="An address, or a document with its clause and date.",
        error_messages={"required": "Name the source. A fact without one is not taken."},
    )

    @property
    def groups(self) -> tuple[FieldGroup, ...]:
        """The fields in their groups."""
        every = (*self.GROUPS, ("Where it was read", "", SOURCE_FIELDS))
        return tuple(
            FieldGroup(legend, note, tuple(self[name] for name in names))
            for legend, note, names in every
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        said: dict[str, Any] = super().clean() or {}
        begins, ends = said.get("from_date"), said.get("last_day")
        if begins and ends and ends < begins:
            self.add_error("last_day", "The last day lies before the first. Mend one of them.")
        return said

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        return {"source": self.cleaned_data["source"]}

    @property
    def span(self) -> dict[str, Any]:
        """The period: from its first day until the end of its last."""
        last: date | None = self.cleaned_data.get("last_day")
        return {
            "from_at": midnight(self.cleaned_data["from_date"]),
            "until_at": midnight(last + timedelta(days=1)) if last else None,
        }


def phone_field() -> PhoneField:
    """Return a field for one exact version of a phone."""
    return PhoneField(label="Phone", help_text=NEAR_HINT, max_length=NAME_MAX)


def _market_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Market", choices=lambda: [(one.code, one.name) for one in catalogue.markets()]
    )


def brand_field() -> forms.ChoiceField:
    """Return a field for a brand."""
    return forms.ChoiceField(
        label="Brand", choices=lambda: [(one.slug, one.name) for one in catalogue.brands()]
    )


class ApprovalForm(RightsForm):
    """An equipment approval of a version in a market."""

    GROUPS = (
        ("What is approved", "", ("phone", "market")),
        (
            "The approval",
            "What stood before under the same reference ends on the first day.",
            ("scheme", "reference", "state", "from_date", "last_day"),
        ),
        (
            "For the Union and the United Kingdom",
            "",
            ("responsible_person", "eprel", "placed_on"),
        ),
    )
    phone = phone_field()
    market = _market_field()
    scheme = forms.ChoiceField(
        label="Regime",
        choices=[
            (ApprovalScheme.FCC.value, "FCC"),
            (ApprovalScheme.RED.value, "RED (CE)"),
            (ApprovalScheme.UKCA.value, "UKCA"),
            (ApprovalScheme.OTHER.value, "Another"),
        ],
    )
    reference = forms.CharField(
        label="Reference", max_length=REFERENCE_MAX, help_text="Such as an FCC ID."
    )
    state = forms.ChoiceField(
        label="State", choices=[(one.value, one.value.capitalize()) for one in ApprovalState]
    )
    from_date = day_field("From", is_required=True)
    last_day = day_field("Last day", hint="Empty: no end is known.")
    responsible_person = forms.CharField(
        label="Responsible person",
        required=False,
        max_length=PERSON_MAX,
        help_text="Name and address within the market.",
    )
    eprel = forms.RegexField(
        r"^[0-9]+$",
        label="EPREL registration",
        required=False,
        max_length=EPREL_MAX,
        error_messages={"invalid": "An EPREL registration has digits only, such as 1234567."},
    )
    placed_on = day_field("First placed on the market")

    @property
    def words(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "variant_id": said["phone"].id,
            "market": said["market"],
            "scheme": ApprovalScheme(said["scheme"]),
            "reference": said["reference"],
            "state": ApprovalState(said["state"]),
            "responsible_person": said["responsible_person"],
            "eprel": said["eprel"],
            "placed_at": midnight(said["placed_on"]),
            "source": said["source"],
            **self.span,
        }


class CertificationForm(RightsForm):
    """What a host network says of a version."""

    GROUPS = (("What the network says", "", ("phone", "network", "state", "from_date")),)
    phone = phone_field()
    network = forms.ChoiceField(
        label="Network",
        choices=lambda: [(str(one.id), one.name) for one in catalogue.operator_networks()],
    )
    state = forms.ChoiceField(
        label="It", choices=[(one.value, one.value) for one in CertificationState]
    )
    from_date = day_field("From", is_required=True)

    @property
    def words(self) -> dict[str, Any]:
        said = self.cleaned_data
        networks = {str(one.id): one.id for one in catalogue.operator_networks()}
        return {
            "variant_id": said["phone"].id,
            "network_id": networks[said["network"]],
            "state": CertificationState(said["state"]),
            "from_at": midnight(said["from_date"]),
            "source": said["source"],
        }


class DifferenceForm(RightsForm):
    """In what a version differs from the one made for a market."""

    GROUPS = (
        (
            "In what it differs",
            "Said again for the same phone and market, it replaces what was said.",
            ("phone", "market", "what"),
        ),
    )
    phone = phone_field()
    market = _market_field()
    what = codes_field(
        "Differences", hint="One on a line, such as: charger, LTE band 12, warranty."
    )

    @property
    def words(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "variant_id": said["phone"].id,
            "market": said["market"],
            "what": tuple(said["what"].splitlines()),
            "source": said["source"],
        }
