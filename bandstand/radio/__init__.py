"""
Will it work? Bands, capabilities, network profiles and fits. Pure: no framework, no clock.

    from bandstand.radio import fit
"""

from bandstand.radio import bands
from bandstand.radio.band_strings import parse_bands, parse_spec_bands
from bandstand.radio.bands import Band, band
from bandstand.radio.capability import BandClaim, Capability, DisabledBand, capability_with
from bandstand.radio.capability_json import capability_from_json
from bandstand.radio.cases import CaseReport, fit_of_case, run_cases
from bandstand.radio.directory import NetworkDirectory, VariantDirectory
from bandstand.radio.facts import FactSet, facts_from_json
from bandstand.radio.fitting import fit, fit_by_name, fit_on_hosts
from bandstand.radio.matrix import Matrix, TierRow
from bandstand.radio.policies import PolicyFact
from bandstand.radio.profile import NetworkProfile, ProfileBand, Role, Subtraction, inherit
from bandstand.radio.rats import Rat
from bandstand.radio.reasons import Evidence, Reason, ReasonCode
from bandstand.radio.records import (
    VariantRecord,
    capabilities_of_rows,
    networks_of_rows,
    variant_records,
)
from bandstand.radio.sentences import emergency_number_of, sentence, shelf_label
from bandstand.radio.verdict import Coverage, Fit, NrAnswer, Tier
from bandstand.radio.version import radio_version

__all__ = [
    "Band",
    "BandClaim",
    "Capability",
    "CaseReport",
    "Coverage",
    "DisabledBand",
    "Evidence",
    "FactSet",
    "Fit",
    "Matrix",
    "NetworkDirectory",
    "NetworkProfile",
    "NrAnswer",
    "PolicyFact",
    "ProfileBand",
    "Rat",
    "Reason",
    "ReasonCode",
    "Role",
    "Subtraction",
    "Tier",
    "TierRow",
    "VariantDirectory",
    "VariantRecord",
    "band",
    "bands",
    "capabilities_of_rows",
    "capability_from_json",
    "capability_with",
    "emergency_number_of",
    "facts_from_json",
    "fit",
    "fit_by_name",
    "fit_of_case",
    "fit_on_hosts",
    "inherit",
    "networks_of_rows",
    "parse_bands",
    "parse_spec_bands",
    "radio_version",
    "run_cases",
    "sentence",
    "shelf_label",
    "variant_records",
]
