"""Why a verdict is what it is: a code for machines, a text for people, evidence of both sides."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bandstand.kernel.words import Certainty


class ReasonCode(StrEnum):
    """What a reason says. The order of the members is the order of importance."""

    VARIANT_UNKNOWN = "VARIANT_UNKNOWN"
    """No source lists this variant's bands."""
    NETWORK_UNKNOWN = "NETWORK_UNKNOWN"
    """No record says what this network runs on that day."""
    ACTIVATION_POLICY = "ACTIVATION_POLICY"
    """The carrier refuses to activate this model."""
    EMERGENCY_CALL_RULE = "EMERGENCY_CALL_RULE"
    """The law makes carriers refuse a phone that cannot, or is not shown to, reach help."""
    CARRIER_CERTIFICATION = "CARRIER_CERTIFICATION"
    """The carrier serves only the models that it certified."""
    VOLTE_REQUIRED_TO_ACTIVATE = "VOLTE_REQUIRED_TO_ACTIVATE"
    """The carrier activates only phones with VoLTE."""
    SIM_FORM = "SIM_FORM"
    """The phone does not take the kind of SIM that the operator gives out."""
    RAT_SUNSET = "RAT_SUNSET"
    """A technology that the phone has was switched off."""
    NO_SHARED_BAND = "NO_SHARED_BAND"
    """Phone and network have no band in common that is on the air."""
    NR_MODE = "NR_MODE"
    """Phone and network share 5G, and no way to use it: one needs 4G beside it, or cannot do so."""
    NO_LTE_RADIO = "NO_LTE_RADIO"
    """The phone has no 4G radio."""
    NO_LTE_BAND = "NO_LTE_BAND"
    """The phone has 4G, and none of this network's 4G bands."""
    NO_VOICE_PATH = "NO_VOICE_PATH"
    """Calls do not work."""
    VOLTE_ALLOWLIST = "VOLTE_ALLOWLIST"
    """The carrier allows calls over 4G only to listed models."""
    VOLTE_NOT_PROVISIONED = "VOLTE_NOT_PROVISIONED"
    """The network does not switch on calls over 4G for this model."""
    VOICE_UNKNOWN = "VOICE_UNKNOWN"
    """No evidence says whether calls work."""
    MISSING_PRIMARY_BANDS = "MISSING_PRIMARY_BANDS"
    """Bands that carry the network are missing."""
    MISSING_COVERAGE_BAND = "MISSING_COVERAGE_BAND"
    """A primary band below 1 GHz is missing: weaker indoors and in the country."""
    BAND_DISABLED = "BAND_DISABLED"
    """The hardware has the band; the firmware switched it off."""
    SUBSET_BAND = "SUBSET_BAND"
    """The phone has only a part of a network's band."""
    SUPERSET_BAND = "SUPERSET_BAND"
    """The phone has a network's band only under another number."""
    BANDS_UNKNOWN = "BANDS_UNKNOWN"
    """The phone has a technology whose bands no source lists."""
    NR_STANDALONE_UNKNOWN = "NR_STANDALONE_UNKNOWN"
    """The network is 5G only, and no source says whether the phone runs 5G without 4G."""
    SOURCE_CONFLICT = "SOURCE_CONFLICT"
    """Sources disagree; what only one of them claims is not relied on."""
    NAME_NOT_ENOUGH = "NAME_NOT_ENOUGH"
    """The name covers several variants; this is the worst of them."""
    CARRIER_NOTICE = "CARRIER_NOTICE"
    """A rule that is known to exist and cannot be applied here: it warns and decides nothing."""
    RAT_SUNSET_PLANNED = "RAT_SUNSET_PLANNED"
    """A technology that the phone uses here is to be switched off."""
    MISSING_SECONDARY_BAND = "MISSING_SECONDARY_BAND"
    """A secondary band is missing: slower at busy places."""
    OK = "OK"
    """Every primary band and calls."""


PRECEDENCE: Final = {code: at for at, code in enumerate(ReasonCode)}


class Side(StrEnum):
    """Whose evidence it is."""

    VARIANT = "variant"
    NETWORK = "network"
    POLICY = "policy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One statement of one side, with where it was read and how far it may be trusted."""

    side: Side
    statement: str
    source: str = ""
    certainty: Certainty = Certainty.MEDIUM

    def as_json(self) -> dict[str, str]:
        """Return the evidence in plain JSON values."""
        return {
            "side": self.side.value,
            "statement": self.statement,
            "source": self.source,
            "certainty": self.certainty.value,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """A coded reason. ``text`` is a full sentence a shopper understands."""

    code: ReasonCode
    text: str
    evidence: tuple[Evidence, ...] = ()
    ends_on: date | None = None
    """Of a planned end: the first day without."""

    def as_json(self) -> dict[str, object]:
        """Return the reason in plain JSON values."""
        said: dict[str, object] = {
            "code": self.code.value,
            "text": self.text,
            "evidence": [one.as_json() for one in self.evidence],
        }
        return said if self.ends_on is None else said | {"ends_on": self.ends_on.isoformat()}


def by_importance(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Return the reasons in the order of their codes' importance; equal codes keep their order."""
    return tuple(sorted(reasons, key=lambda one: PRECEDENCE[one.code]))
