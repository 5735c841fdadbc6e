"""Writes of the catalogue: load, import, settle, recompute."""

from bandstand.catalogue.services.by_hand import ClaimEntry, enter_claims, preview_claims
from bandstand.catalogue.services.claims import settle_answer, settle_bands
from bandstand.catalogue.services.fits import recompute_fits
from bandstand.catalogue.services.goods import (
    find_or_add_brand,
    find_or_add_model,
    set_brand_owner,
)
from bandstand.catalogue.services.imports import (
    Disagreement,
    ImportPreview,
    PreviewLine,
    import_devices,
)
from bandstand.catalogue.services.load import load_tables
from bandstand.catalogue.services.network_facts import (
    BandEntry,
    PolicyEntry,
    SwitchOff,
    end_policy,
    enter_band,
    enter_policy,
    enter_switch_off,
    preview_band,
    preview_policy,
    preview_switch_off,
)
from bandstand.catalogue.services.networks import set_operator_networks
from bandstand.catalogue.services.previews import FactPreview, FitShift
from bandstand.catalogue.services.reports import LoadReport, Outcome, Refusal
from bandstand.catalogue.services.tacs import TacLine, TacPreview, import_tacs

__all__ = [
    "BandEntry",
    "ClaimEntry",
    "Disagreement",
    "FactPreview",
    "FitShift",
    "ImportPreview",
    "LoadReport",
    "Outcome",
    "PolicyEntry",
    "PreviewLine",
    "Refusal",
    "SwitchOff",
    "TacLine",
    "TacPreview",
    "end_policy",
    "enter_band",
    "enter_claims",
    "enter_policy",
    "enter_switch_off",
    "find_or_add_brand",
    "find_or_add_model",
    "import_devices",
    "import_tacs",
    "load_tables",
    "preview_band",
    "preview_claims",
    "preview_policy",
    "preview_switch_off",
    "recompute_fits",
    "set_brand_owner",
    "set_operator_networks",
    "settle_answer",
    "settle_bands",
]
