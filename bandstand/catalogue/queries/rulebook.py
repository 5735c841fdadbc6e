"""Rules of carriers and regulators as they stand on record, in words, for whoever keeps them."""

from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db.models import Q

from bandstand.catalogue.models import NetworkPolicy
from bandstand.kernel.words import Certainty

KIND_WORDS: Final = MappingProxyType(
    {
        "certification_required": "Serves only certified models",
        "voice_allow_list": "Calls over 4G only for listed models",
        "volte_required_to_activate": "Activates only phones that call over 4G",
        "activation_block": "Refuses to activate models",
        "emergency_call_rule": "Refuses phones that cannot reach help",
        "volte_not_provisioned": "Calls over 4G not switched on for models",
        "band_disabled": "Firmware keeps bands off",
        "sim_forms": "Kinds of SIM",
        "carrier_notice": "Notice: known, and not to be applied",
    }
)
NONE_LISTED: Final = "none"
NOTICE: Final = "carrier_notice"
ABOUT_WORDS: Final = MappingProxyType(
    {
        "every_phone": "every phone",
        "without_volte": "phones not known to call over 4G",
        "unlisted": "phones on no list of the carrier or regulator",
    }
)


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """One rule on record."""

    id: UUID
    kind: str
    label: str
    said: str
    """What is particular to it, in a line."""
    from_date: date | None
    until_date: date | None
    source: str
    certainty: Certainty
    read_on: date | None
    entered_by: str
    entered_at: datetime | None

    def is_over(self, on: date) -> bool:
        """Tell whether it ended before a day."""
        return self.until_date is not None and self.until_date <= on


def rules_on_record(network_id: UUID | None) -> list[RuleRow]:
    """Return the rules of a network itself, or with None those that hold on every network."""
    of_network = Q(network=None) if network_id is None else Q(network_id=network_id)
    found = NetworkPolicy.objects.filter(of_network).order_by("kind", "from_date", "id")
    return [
        RuleRow(
            id=one.id,
            kind=one.kind,
            label=KIND_WORDS.get(one.kind, one.kind),
            said=said_of(one.kind, one.body),
            from_date=one.from_date,
            until_date=one.until_date,
            source=one.source,
            certainty=Certainty(one.certainty),
            read_on=one.read_on,
            entered_by=one.entered_by,
            entered_at=one.entered_at,
        )
        for one in found
    ]


def said_of(kind: str, body: dict[str, object]) -> str:
    """Return the particulars of a rule in a line: “allowed: SM-G991U1, A063”."""
    if kind == NOTICE:
        return f"{body.get('text', '')} ({ABOUT_WORDS.get(str(body.get('about')), 'every phone')})"
    return "; ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in body.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or NONE_LISTED
    return str(value)
