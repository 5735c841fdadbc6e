"""What staff type of facts: claims of sources about phones, bands, switch-offs and rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from django import forms

from bandstand.catalogue.queries.rulebook import KIND_WORDS
from bandstand.catalogue.rules import BandRole, Trait
from bandstand.catalogue.services import BandEntry, ClaimEntry, PolicyEntry, SwitchOff
from bandstand.console.forms import REASON_MAX
from bandstand.kernel.words import Answer, Certainty
from bandstand.radio.rats import Rat

SOURCE_MAX: Final = 500
TEXT_MAX: Final = 300
CERTAINTY_WORDS: Final = (
    (Certainty.HIGH.value, "High: the maker, the carrier or the regulator says so"),
    (Certainty.MEDIUM.value, "Medium: a good secondary source"),
    (Certainty.LOW.value, "Low: one person's word, or inferred"),
)
ANSWER_WORDS: Final = (
    (Answer.UNKNOWN.value, "The source does not say"),
    (Answer.YES.value, "Yes"),
    (Answer.NO.value, "No"),
)
ROLE_WORDS: Final = (
    (BandRole.PRIMARY.value, "Primary: the network is built on it"),
    (BandRole.SECONDARY.value, "Secondary: added capacity in many places"),
    (BandRole.LIMITED.value, "Limited: a few markets, a trial, or a remnant"),
)
RATS: Final = (Rat.LTE, Rat.NR, Rat.UMTS, Rat.GSM, Rat.TD_SCDMA, Rat.CDMA2000)
RAT_WORDS: Final = MappingProxyType(
    {
        Rat.LTE: "4G (LTE)",
        Rat.NR: "5G (NR)",
        Rat.UMTS: "3G (UMTS)",
        Rat.GSM: "2G (GSM)",
        Rat.TD_SCDMA: "3G of China (TD-SCDMA)",
        Rat.CDMA2000: "CDMA2000 band classes",
    }
)
TRAIT_QUESTIONS: Final = MappingProxyType(
    {
        Trait.VOLTE: "Calls over 4G (VoLTE)",
        Trait.VONR: "Calls over 5G (VoNR)",
        Trait.ESIM: "Takes an eSIM",
        Trait.PSIM: "Takes a SIM card",
        Trait.NR_SA: "5G standalone (SA)",
        Trait.NR_NSA: "5G beside 4G (NSA)",
    }
)
BANDS_HINT: Final = (
    "As the source writes them: “1, 3, 7”, “HSDPA 850 / 1900”. Empty: the source does not speak of"
    " it. “unknown”: the phone has it, and the bands are not listed."
)
CODES_HINT: Final = "Model codes, one on a line."
Group = tuple[str, str, tuple[str, ...]]
SOURCE_GROUP: Final[Group] = (
    "Where it was read",
    "A fact without a source is not taken.",
    ("source", "certainty", "read_on"),
)


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that belong together, as the template takes them."""

    legend: str
    note: str
    fields: tuple[forms.BoundField, ...]


def day_field(label: str, *, hint: str = "", is_required: bool = False) -> forms.DateField:
    """Return a field for a calendar day."""
    return forms.DateField(
        label=label,
        help_text=hint,
        required=is_required,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Give the day, as in 2026-11-22.",
            "invalid": "Write a day as in 2026-11-22.",
        },
    )


class FactForm(forms.Form):
    """What every fact needs: where it was read, how sure that is, and when."""

    GROUPS: tuple[Group, ...] = ()

    source = forms.CharField(
        label="Source",
        max_length=SOURCE_MAX,
        help_text="An address, or a document with its clause and version.",
        error_messages={"required": "Name the source. A fact without one is not taken."},
    )
    certainty = forms.ChoiceField(label="Certainty", choices=CERTAINTY_WORDS, initial="medium")
    read_on = day_field("Read on", is_required=True)

    @property
    def groups(self) -> tuple[FieldGroup, ...]:
        """The fields in their groups."""
        return tuple(
            FieldGroup(legend, note, tuple(self[name] for name in names))
            for legend, note, names in (*self.GROUPS, SOURCE_GROUP)
        )

    @property
    def said_source(self) -> dict[str, Any]:
        """The source, its certainty and the day, as every entry takes them."""
        return {
            "source": self.cleaned_data["source"],
            "certainty": Certainty(self.cleaned_data["certainty"]),
            "read_on": self.cleaned_data["read_on"],
        }


class ClaimForm(FactForm):
    """What a source says of one exact version of a phone."""

    GROUPS = (
        (
            "Bands",
            BANDS_HINT,
            tuple(f"bands_{rat.name.lower()}" for rat in RATS),
        ),
        (
            "Answers",
            "What the source does not say stays unknown.",
            tuple(trait.value for trait in Trait),
        ),
        (
            "Release, and bands kept off by firmware",
            "A release fills a gap and changes none that is recorded.",
            ("released_on", "disabled", "disabled_from", "disabled_to"),
        ),
    )
    released_on = day_field("On sale from")
    disabled = forms.CharField(
        label="Bands kept off",
        required=False,
        max_length=TEXT_MAX,
        help_text="With the technology, as in LTE 12.",
    )
    disabled_from = day_field("Off from")
    disabled_to = day_field("Off until", hint="The last day.")

    def __init__(self, *arguments: Any, **words: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*arguments, **words)
        for rat in RATS:
            self.fields[f"bands_{rat.name.lower()}"] = forms.CharField(
                label=RAT_WORDS[rat], required=False, max_length=TEXT_MAX
            )
        for trait in Trait:
            self.fields[trait.value] = forms.ChoiceField(
                label=TRAIT_QUESTIONS[trait], choices=ANSWER_WORDS, required=False
            )

    @property
    def entry(self) -> ClaimEntry:
        """What was typed, as the catalogue takes it."""
        said = self.cleaned_data
        bands = {rat.value: said[f"bands_{rat.name.lower()}"].strip() for rat in RATS}
        return ClaimEntry(
            bands={rat: text for rat, text in bands.items() if text},
            answers={trait: Answer(said[trait.value] or Answer.UNKNOWN) for trait in Trait},
            released_on=said["released_on"],
            disabled=said["disabled"].strip(),
            disabled_from=said["disabled_from"],
            disabled_to=said["disabled_to"],
            **self.said_source,
        )


class BandForm(FactForm):
    """A band that a network runs."""

    GROUPS = (
        ("The band", "", ("rat", "band", "role")),
        (
            "When",
            "An end that is only announced warns shoppers and ends nothing.",
            ("from_date", "last_day", "announced_last_day"),
        ),
    )
    rat = forms.ChoiceField(
        label="Technology", choices=[(one.value, RAT_WORDS[one]) for one in RATS]
    )
    band = forms.CharField(
        label="Band", max_length=8, help_text="Its number, such as 71; for 2G its megahertz."
    )
    role = forms.ChoiceField(label="Role", choices=ROLE_WORDS)
    from_date = day_field("First day of service", is_required=True)
    last_day = day_field("Last day of service", hint="Empty: no end is known.")
    announced_last_day = day_field("Announced last day")

    @property
    def entry(self) -> BandEntry:
        """What was typed, as the catalogue takes it."""
        said = self.cleaned_data
        return BandEntry(
            rat=said["rat"],
            band=said["band"].strip(),
            role=BandRole(said["role"]),
            from_date=said["from_date"],
            last_day=said["last_day"],
            announced_last_day=said["announced_last_day"],
            **self.said_source,
        )


class SwitchOffForm(FactForm):
    """The end of a technology, or of some of its bands."""

    GROUPS = (("What ends, and when", "", ("rat", "bands", "last_day", "is_confirmed")),)
    rat = forms.ChoiceField(
        label="Technology", choices=[(one.value, RAT_WORDS[one]) for one in RATS]
    )
    bands = forms.CharField(
        label="Bands",
        required=False,
        max_length=TEXT_MAX,
        help_text="Numbers with spaces between. Empty: all of the technology.",
    )
    last_day = day_field("Last day of service", is_required=True)
    is_confirmed = forms.BooleanField(
        label="Confirmed",
        required=False,
        help_text="Leave it open for an end that is only announced; such dates move.",
    )

    @property
    def entry(self) -> SwitchOff:
        """What was typed, as the catalogue takes it."""
        said = self.cleaned_data
        return SwitchOff(
            rat=said["rat"],
            bands=tuple(said["bands"].replace(",", " ").split()),
            last_day=said["last_day"],
            is_confirmed=said["is_confirmed"],
            **self.said_source,
        )


class EndRuleForm(forms.Form):
    """The last day of a rule, and why."""

    last_day = day_field("Last day in force", is_required=True)
    reason = forms.CharField(
        label="Why, and where it was read",
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why it ends; it is kept with your name."},
    )


def codes_field(label: str, *, hint: str = CODES_HINT) -> forms.CharField:
    """Return a field for a list of model codes."""
    return forms.CharField(
        label=label, help_text=hint, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


def _particulars() -> Mapping[str, forms.Field]:
    return {
        "certified": codes_field("Certified models"),
        "allowed": codes_field("Listed models"),
        "except": codes_field("Models it does activate"),
        "codes": codes_field("Models concerned", hint=f"{CODES_HINT} Empty: every model."),
        "fails": codes_field("Models that fail emergency calls"),
        "verified": codes_field(
            "Models shown to reach help", hint=f"{CODES_HINT} Empty: no list was published."
        ),
        "unknown_import": forms.ChoiceField(
            label="Models on neither list",
            choices=[("allow", "are let in"), ("block", "are refused")],
        ),
        "volte_required": forms.BooleanField(
            label="Refuses phones that cannot call over 4G", required=False
        ),
        "bands": forms.CharField(
            label="Bands kept off", max_length=TEXT_MAX, help_text="As in LTE 12."
        ),
        "forms": forms.MultipleChoiceField(
            label="Kinds of SIM it gives out",
            choices=[("psim", "SIM card"), ("esim", "eSIM")],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one kind."},
        ),
        "text": forms.CharField(
            label="What shoppers read",
            max_length=TEXT_MAX,
            help_text="One plain sentence. It warns and decides nothing.",
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
        "about": forms.ChoiceField(
            label="Which phones it concerns",
            choices=[
                ("every_phone", "Every phone"),
                ("without_volte", "Phones not known to call over 4G"),
                ("unlisted", "Phones that no list of the carrier or regulator names"),
            ],
        ),
    }


PARTS_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "voice_allow_list": ("allowed",),
        "certification_required": ("certified",),
        "volte_required_to_activate": (),
        "activation_block": ("codes", "except"),
        "emergency_call_rule": ("fails", "verified", "unknown_import", "volte_required"),
        "volte_not_provisioned": ("codes",),
        "band_disabled": ("bands", "codes"),
        "sim_forms": ("forms",),
        "carrier_notice": ("text", "about"),
    }
)
REQUIRED_LISTS: Final = ("allowed", "certified")
LISTS: Final = (*REQUIRED_LISTS, "except", "codes", "fails", "verified")


class RuleForm(FactForm):
    """A rule of a carrier or regulator; which fields it has depends on its kind."""

    from_date = day_field("In force from", is_required=True)
    last_day = day_field("Last day in force", hint="Empty: until somebody ends it.")

    def __init__(self, *arguments: Any, kind: str, **words: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*arguments, **words)
        self.kind = kind
        known = _particulars()
        for name in PARTS_OF[kind]:
            self.fields[name] = known[name]
        self.GROUPS = ((KIND_WORDS[kind], "", (*PARTS_OF[kind], "from_date", "last_day")),)

    @property
    def body(self) -> dict[str, object]:
        """What is particular to the kind, as ``radio`` reads it."""
        said: dict[str, object] = {}
        for name in PARTS_OF[self.kind]:
            value = self.cleaned_data[name]
            if name in LISTS:
                value = [line.strip() for line in str(value).splitlines() if line.strip()]
            if value or name in REQUIRED_LISTS:
                said[name] = value
        return said

    def entry(self, network_id: Any) -> PolicyEntry:  # noqa: ANN401 -- a key or None
        """Return what was typed, as the catalogue takes it."""
        last: date | None = self.cleaned_data["last_day"]
        return PolicyEntry(
            kind=self.kind,
            body=self.body,
            network_id=network_id,
            from_date=self.cleaned_data["from_date"],
            last_day=last,
            **self.said_source,
        )
