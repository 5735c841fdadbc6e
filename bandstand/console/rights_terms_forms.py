"""What staff type of brands and of policy: protections, names, rows of the published policy."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from django import forms

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries.models import models_of_brands
from bandstand.console.fact_forms import day_field
from bandstand.console.rights_forms import (
    NAME_MAX,
    ApprovalForm,
    CertificationForm,
    DifferenceForm,
    RightsForm,
    brand_field,
)
from bandstand.kernel.words import Ground
from bandstand.rights.queries.on_record import FactKind
from bandstand.rights.rules import Condition, CustodyNeed, GrantLevel, LabelRule, NameKind

VERSION_MAX: Final = 40
HOURS_MAX: Final = 24 * 90
POLICY_NOTE: Final = (
    "The nearest kind of goods wins, then the row that names the market. An earlier row for the"
    " same ends on the first day."
)


class ProtectionForm(RightsForm):
    """That customs of the United States protect a brand or a model."""

    GROUPS = (
        (
            "What customs protect",
            "As published in the Customs Bulletin (19 CFR 133.2(e)).",
            ("brand", "model", "from_date", "last_day"),
        ),
    )
    brand = brand_field()
    model = forms.CharField(
        label="Model",
        required=False,
        max_length=NAME_MAX,
        help_text="Its name. Empty: every model of the brand.",
    )
    from_date = day_field("From", is_required=True)
    last_day = day_field("Last day", hint="Empty: no end is known.")

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        brand = {one.slug: one for one in catalogue.brands()}.get(said.get("brand", ""))
        wanted = str(said.get("model", "")).strip().casefold()
        if brand is None or not wanted:
            return {**said, "brand_id": brand.id if brand else None, "model_id": None}
        models = models_of_brands([brand.id])
        found = [one for one in models if wanted in {one.name.casefold(), one.title.casefold()}]
        if not found:
            self.add_error("model", f"{brand.name} has no model of that name in the catalogue.")
        return {**said, "brand_id": brand.id, "model_id": found[0].id if found else None}

    @property
    def words(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "brand_id": said["brand_id"],
            "model_id": said["model_id"],
            "source": said["source"],
            **self.span,
        }


class NameForm(RightsForm):
    """A name or mark by which a brand goes."""

    GROUPS = (
        (
            "The name",
            "Listings whose words look like it are held against it.",
            ("brand", "text", "kind", "language"),
        ),
    )
    brand = brand_field()
    text = forms.CharField(label="As the brand writes it", max_length=NAME_MAX)
    kind = forms.ChoiceField(
        label="Kind",
        choices=[
            (NameKind.NAME.value, "A name"),
            (NameKind.MARK.value, "A registered mark"),
            (NameKind.SHORT.value, "A short form"),
        ],
    )
    language = forms.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$",
        label="Language",
        required=False,
        max_length=12,
        help_text="Such as zh or zh-Hans.",
        error_messages={"invalid": "Write a language tag, such as zh or zh-Hans."},
    )

    @property
    def words(self) -> dict[str, Any]:
        said = self.cleaned_data
        brands = {one.slug: one.id for one in catalogue.brands()}
        return {
            "brand_id": brands[said["brand"]],
            "text": said["text"],
            "kind": NameKind(said["kind"]),
            "language": said["language"],
            "source": said["source"],
        }


class PolicyForm(RightsForm):
    """A row of the marketplace's published policy."""

    GROUPS = (
        (
            "Which sales",
            POLICY_NOTE,
            ("condition", "category", "market", "from_date", "last_day"),
        ),
        (
            "What they need",
            "",
            (
                "needs_grant", "min_level", "needs_approval", "needs_custody",
                "needs_network_cert", "label_rule", "status_hours",
            ),
        ),
        ("How it is published", "", ("version", "ground")),
    )  # fmt: skip
    condition = forms.ChoiceField(
        label="Condition", choices=[(one.value, one.value.capitalize()) for one in Condition]
    )
    category = forms.ChoiceField(
        label="Kind of goods",
        required=False,
        choices=lambda: [
            ("", "Anything"), *((one.slug, one.name) for one in catalogue.categories())
        ],
    )  # fmt: skip
    market = forms.ChoiceField(
        label="Market",
        required=False,
        choices=lambda: [
            ("", "Any market"), *((one.code, one.name) for one in catalogue.markets())
        ],
    )  # fmt: skip
    from_date = day_field("From", is_required=True)
    last_day = day_field("Last day", hint="Empty: until another row takes over.")
    needs_grant = forms.BooleanField(label="A grant", required=False, initial=True)
    min_level = forms.ChoiceField(
        label="Proved by at least",
        choices=[(one.value, f"a {one.value}") for one in GrantLevel if one.rank]
        + [(GrantLevel.NONE.value, "nothing")],
        initial=GrantLevel.LIST.value,
    )
    needs_approval = forms.BooleanField(label="An approval", required=False, initial=True)
    needs_custody = forms.ChoiceField(
        label="The way of the goods",
        choices=[
            (CustodyNeed.NONE.value, "is not asked for"),
            (CustodyNeed.COMPLETE.value, "must be on record without a gap"),
        ],
    )
    needs_network_cert = forms.BooleanField(label="A network's certification", required=False)
    label_rule = forms.ChoiceField(
        label="The label of goods that differ",
        choices=[
            (LabelRule.PROTECTED.value, "where customs protect the mark"),
            (LabelRule.DIFFERENT.value, "whenever they differ"),
        ],
    )
    status_hours = forms.IntegerField(
        label="A status counts for, in hours", min_value=1, max_value=HOURS_MAX, initial=24
    )
    version = forms.CharField(
        label="Version", max_length=VERSION_MAX, help_text="As published, such as 2026-2."
    )
    ground = forms.ChoiceField(
        label="Ground",
        choices=[(Ground.TERMS.value, "our own terms"), (Ground.LAW.value, "the law")],
    )

    @property
    def words(self) -> dict[str, Any]:
        said = self.cleaned_data
        kinds = {one.slug: one.id for one in catalogue.categories()}
        return {
            "condition": Condition(said["condition"]),
            "category_id": kinds.get(said["category"]),
            "market": said["market"] or None,
            "needs_grant": said["needs_grant"],
            "min_level": GrantLevel(said["min_level"]),
            "needs_approval": said["needs_approval"],
            "needs_custody": CustodyNeed(said["needs_custody"]),
            "needs_network_cert": said["needs_network_cert"],
            "label_rule": LabelRule(said["label_rule"]),
            "status_max_age": timedelta(hours=said["status_hours"]),
            "version": said["version"],
            "ground": Ground(said["ground"]),
            "source": said["source"],
            **self.span,
        }


FORMS: Final = MappingProxyType(
    {
        FactKind.APPROVAL: ApprovalForm,
        FactKind.CERTIFICATION: CertificationForm,
        FactKind.PROTECTION: ProtectionForm,
        FactKind.DIFFERENCE: DifferenceForm,
        FactKind.NAME: NameForm,
        FactKind.POLICY: PolicyForm,
    }
)
