"""Small worlds in which the rules must hold: few bands, few days, every answer."""

from datetime import date

from hypothesis import strategies as st

from bandstand.kernel.words import Answer
from bandstand.radio import Capability, NetworkProfile, ProfileBand, Rat, Role, band
from bandstand.radio.capability import BandClaim
from bandstand.radio.facts import facts_from_json
from bandstand.radio.policies import PolicyFact

BANDS = [
    band(rat, name)
    for rat, names in {
        "GSM": ("850", "1900"),
        "UMTS": ("1", "2", "4"),
        "CDMA2000": ("0", "10"),
        "LTE": ("2", "4", "5", "12", "17", "25", "29", "66", "71"),
        "NR": ("25", "41", "71", "77", "78"),
    }.items()
    for name in names
]
DAYS = [date(2020, 1, 1), date(2022, 7, 1), date(2024, 3, 1), date(2026, 8, 4), date(2030, 1, 1)]
CODES = ["AST-100", "AST-200", "AST-300"]

answers = st.sampled_from(list(Answer))
days = st.dates(min_value=date(2019, 6, 1), max_value=date(2031, 1, 1))
some_bands = st.frozensets(st.sampled_from(BANDS), min_size=1, max_size=9)


@st.composite
def phones(draw: st.DrawFn) -> Capability:
    bands = draw(some_bands)
    has_5g = any(one.rat is Rat.NR for one in bands)
    # No phone with 5G was made without VoLTE.
    volte = draw(st.sampled_from([Answer.YES, Answer.UNKNOWN] if has_5g else list(Answer)))
    return Capability(
        brand="Aster",
        name="One",
        code=draw(st.sampled_from(CODES)),
        claims=tuple(BandClaim(band=one) for one in sorted(bands, key=str)),
        volte=volte,
        vonr=draw(answers),
        sa=draw(answers),
        nsa=draw(answers),
        esim=draw(answers),
        psim=draw(st.sampled_from([Answer.YES, Answer.YES, Answer.UNKNOWN, Answer.NO])),
    )


@st.composite
def network_rows(draw: st.DrawFn) -> ProfileBand:
    begin, end = draw(
        st.sampled_from([(None, None), (None, DAYS[1]), (DAYS[0], DAYS[3]), (DAYS[2], None)])
    )
    return ProfileBand(
        band=draw(st.sampled_from(BANDS)),
        role=draw(st.sampled_from(list(Role))),
        from_date=begin,
        until_date=end,
        announced_until_date=draw(st.sampled_from([None, DAYS[4]])),
    )


@st.composite
def networks(draw: st.DrawFn) -> NetworkProfile:
    return NetworkProfile(
        key="310-999",
        name="Lark",
        rows=tuple(draw(st.lists(network_rows(), min_size=1, max_size=10))),
        volte=draw(st.sampled_from([Answer.UNKNOWN, Answer.UNKNOWN, Answer.NO])),
        sa=draw(answers),
        nsa=draw(answers),
    )


@st.composite
def policies(draw: st.DrawFn) -> tuple[PolicyFact, ...]:
    codes = draw(st.lists(st.sampled_from(CODES), max_size=2))
    begin = draw(st.sampled_from(["2020-01-01", "2024-03-01", "2028-01-01"]))
    where: dict[str, object] = {"network": "310-999", "from": begin}
    every: list[dict[str, object]] = [
        {"kind": "certification_required", "certified": codes, **where},
        {"kind": "voice_allow_list", "allowed": codes, **where},
        {"kind": "volte_required_to_activate", **where},
        {"kind": "activation_block", "codes": codes, **where},
        {"kind": "emergency_call_rule", "fails": codes, "volte_required": True, **where},
        {"kind": "volte_not_provisioned", "codes": codes, **where},
        {"kind": "band_disabled", "codes": codes, "rat": "LTE", "band": 12, **where},
        {"kind": "sim_forms", "forms": ["esim"], **where},
        {"kind": "carrier_notice", "text": "Ask first.", "about": "unlisted", **where},
    ]
    return facts_from_json(draw(st.lists(st.sampled_from(every), max_size=2))).policies
