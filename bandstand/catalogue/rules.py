"""Words of the catalogue and its pure decisions."""

from enum import StrEnum


class BandRole(StrEnum):
    """How much of a network's service a band carries."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    LIMITED = "limited"


class ClaimState(StrEnum):
    """What has become of a claim about a variant's bands."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"
    """Another source says otherwise and nobody has settled it."""


class CategorySlug(StrEnum):
    """The categories that rules name."""

    PHONE = "phone"
    TABLET = "tablet"
    HOTSPOT = "hotspot"
    ACCESSORY = "accessory"
    WEARABLE = "wearable"
    AUDIO = "audio"
