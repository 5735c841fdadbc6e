"""Writes of the catalogue: load, import, settle, recompute."""

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
from bandstand.catalogue.services.networks import set_operator_networks
from bandstand.catalogue.services.reports import LoadReport, Outcome, Refusal
from bandstand.catalogue.services.tacs import TacLine, TacPreview, import_tacs

__all__ = [
    "Disagreement",
    "ImportPreview",
    "LoadReport",
    "Outcome",
    "PreviewLine",
    "Refusal",
    "TacLine",
    "TacPreview",
    "find_or_add_brand",
    "find_or_add_model",
    "import_devices",
    "import_tacs",
    "load_tables",
    "recompute_fits",
    "set_brand_owner",
    "set_operator_networks",
    "settle_answer",
    "settle_bands",
]
