"""
Dated facts in their JSON form: rules about phones, what a network runs, who its host is.

    {"kind": "voice_allow_list", "network": "310-410", "from": "2022-02-22", "allowed": ["A063"]}
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypedDict

from bandstand.kernel.errors import near_matches
from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import fields, policies as rules
from bandstand.radio.band_strings import parse_bands
from bandstand.radio.bands import Band, band
from bandstand.radio.errors import RecordError
from bandstand.radio.profile import NOTHING, NetworkProfile, ProfileBand, Role, Subtraction
from bandstand.radio.rats import rat_named

Fact = Mapping[str, object]

# What a fact may say about itself besides what the rules read.
DESCRIPTIVE: Final = frozenset(
    {
        "kind",
        "network",
        "from",
        "from_date",
        "since",
        "to",
        "to_date",
        "until",
        "until_date",
        "source",
        "certainty",
        "read_on",
        "id",
        "title",
        "name",
        "note",
        "notes",
        "reason",
        "why",
        "comment",
        "description",
        "url",
        "ref",
        "basis",
        "law",
        "market",
        "country",
        "operator",
        "carrier",
        "by",
    }
)
CODE_FIELDS: Final = ("codes", "code", "variant", "variants", "model", "models", "model_codes")
SIM_FORMS: Final = {
    "esim": "esim",
    "psim": "psim",
    "physical": "psim",
    "plastic": "psim",
    "nano": "psim",
    "nano-sim": "psim",
}


@dataclass(frozen=True, kw_only=True)
class HostFact:
    """An operator without a network runs on a host for a period, less what it does not get."""

    key: str
    host: str
    name: str = ""
    without: Subtraction = NOTHING
    from_date: date | None = None
    until_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class FactSet:
    """What a list of facts says, sorted by who needs it."""

    policies: tuple[rules.PolicyFact, ...] = ()
    networks: tuple[NetworkProfile, ...] = ()
    hosts: tuple[HostFact, ...] = ()


class Provenance(TypedDict):
    """The fields that every rule has."""

    network: str
    from_date: date | None
    until_date: date | None
    source: str
    certainty: Certainty


def facts_from_json(facts: Iterable[object]) -> FactSet:
    """
    Return the facts of a JSON list.

    Raises: RecordError naming the fact, the field and the mend; UnknownRatError, UnknownBandError.
    """
    found: list[rules.PolicyFact] = []
    networks: list[NetworkProfile] = []
    hosts: list[HostFact] = []
    for fact in facts:
        if not isinstance(fact, Mapping):
            raise RecordError(field="fact", value=fact, mend="A fact is an object with a “kind”.")
        kind = str(fact.get("kind") or "")
        if kind == "network":
            networks.append(network_from_json(fact))
        elif kind == "mvno":
            hosts.append(_host(fact))
        else:
            found.append(policy_from_json(fact))
    return FactSet(policies=tuple(found), networks=tuple(networks), hosts=tuple(hosts))


def policy_from_json(fact: Fact) -> rules.PolicyFact:
    """
    Return one rule.

    Raises: RecordError for an unknown kind (with near matches) or field.
    """
    kind = str(fact.get("kind") or "")
    read = READERS.get(kind)
    if read is None:
        known = [*READERS, "network", "mvno"]
        near = near_matches(kind, known) or known
        mend = f"Did you mean {' or '.join(near)}?"
        raise RecordError(field="kind", value=kind, mend=mend)
    return read(fact)


def network_from_json(fact: Fact) -> NetworkProfile:
    """Return the profile that a “network” fact gives, to be added to what is stored."""
    known = {*DESCRIPTIVE, "rows", "host", "sa", "nsa", "volte"}
    fields.refuse_unknown_fields(fact, known, what="A network")
    rows = fact.get("rows")
    if not isinstance(rows, list) or not rows:
        raise RecordError(field="rows", value=rows, mend="List the network's bands.")
    bands: list[ProfileBand] = []
    for row in rows:
        bands += _profile_bands(row, fact)
    return NetworkProfile(
        key=_key(fact, "network"),
        name=str(fact.get("name") or fact.get("operator") or ""),
        rows=tuple(bands),
        host=str(fact.get("host") or ""),
        volte=fields.read_answer("volte", fact.get("volte")),
        sa=fields.read_answer("sa", fact.get("sa")),
        nsa=fields.read_answer("nsa", fact.get("nsa")),
    )


def _profile_bands(row: object, fact: Fact) -> list[ProfileBand]:
    if not isinstance(row, Mapping):
        raise RecordError(field="rows", value=row, mend="A row has rat, band, role and from.")
    known = {*DESCRIPTIVE, "rat", "band", "bands", "role", "announced_to", "announced_until"}
    fields.refuse_unknown_fields(row, known, what="A network row")
    from_date, until_date = fields.read_period(row)
    announced = fields.first_date(row, ("announced_until", "announced_to"))
    return [
        ProfileBand(
            band=one,
            role=read_role(row),
            from_date=from_date,
            until_date=until_date,
            announced_until_date=announced,
            source=str(row.get("source") or fact.get("source") or ""),
            certainty=fields.read_certainty(row if row.get("certainty") else fact),
        )
        for one in _bands(row)
    ]


def read_role(row: Fact) -> Role:
    """
    Return the role of a band; primary if the row does not say.

    Raises: RecordError naming the known roles.
    """
    text = str(row.get("role") or Role.PRIMARY).strip().lower()
    try:
        return Role(text)
    except ValueError:
        mend = f"Write one of {', '.join(Role)}."
        raise RecordError(field="role", value=text, mend=mend) from None


def _bands(row: Fact) -> list[Band]:
    """Return the bands of a “rat” with “band” or “bands”, or of a “bands” string."""
    given = row.get("bands", row.get("band"))
    if given is None or given == "":
        raise RecordError(field="band", value=given, mend="Name the band, such as 12.")
    if row.get("rat"):
        rat = str(row["rat"])
        return [band(rat, one) for word in fields.read_words("band", given) for one in word.split()]
    return [one for word in fields.read_words("band", given) for one in parse_bands(word)]


def _host(fact: Fact) -> HostFact:
    less = ("without", "subtract", "subtracts", "minus", "excludes", "exclude", "not")
    known = {*DESCRIPTIVE, "host", "volte", "mvno", *less}
    fields.refuse_unknown_fields(fact, known, what="An mvno")
    from_date, until_date = fields.read_period(fact)
    taken = [item for name in less if name in fact for item in _as_list(fact[name])]
    without = _subtraction(taken)
    if fields.read_answer("volte", fact.get("volte")) is Answer.NO:
        without = without.and_also(Subtraction(volte=True))
    return HostFact(
        key=str(fact.get("mvno") or "") or _key(fact, "network"),
        host=_key(fact, "host"),
        name=str(fact.get("name") or ""),
        without=without,
        from_date=from_date,
        until_date=until_date,
    )


def _subtraction(items: list[object]) -> Subtraction:
    """Read “NR”, “LTE 41”, “volte” or {"rat": "LTE", "band": 41}."""
    found = NOTHING
    for item in items:
        if isinstance(item, Mapping):
            names_band = item.get("band", item.get("bands")) is not None
            part = (
                Subtraction(bands=frozenset(_bands(item)))
                if names_band
                else Subtraction(rats=frozenset({rat_named(str(item.get("rat") or ""))}))
            )
        elif str(item).strip().lower() in ("volte", "voice"):
            part = Subtraction(volte=True)
        elif " " in str(item).strip():
            part = Subtraction(bands=frozenset(parse_bands(str(item))))
        else:
            part = Subtraction(rats=frozenset({rat_named(str(item))}))
        found = found.and_also(part)
    return found


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _key(fact: Fact, field: str) -> str:
    key = str(fact.get(field) or "").strip()
    if not key:
        mend = "Name the network by MCC-MNC, such as 310-260, or by the operator's name."
        raise RecordError(field=field, value=key, mend=mend)
    return key


def _provenance(fact: Fact, *known: str) -> Provenance:
    fields.refuse_unknown_fields(fact, {*DESCRIPTIVE, *known}, what=f"A {fact['kind']} fact")
    from_date, until_date = fields.read_period(fact)
    return Provenance(
        network=str(fact.get("network") or "").strip(),
        from_date=from_date,
        until_date=until_date,
        source=str(fact.get("source") or ""),
        certainty=fields.read_certainty(fact),
    )


def _codes(fact: Fact, names: Iterable[str]) -> frozenset[str] | None:
    """Return the codes under any of the names; None if the fact lists none at all."""
    given = [name for name in names if name in fact]
    if not given:
        return None
    listed = [code for name in given for code in fields.read_words(name, fact[name])]
    return rules.code_list(listed)


def _required_codes(fact: Fact, names: tuple[str, ...]) -> frozenset[str]:
    codes = _codes(fact, names)
    if codes is None:
        raise RecordError(
            field=names[0], value="", mend="List the model codes; [] if there are none."
        )
    return codes


def _certification(fact: Fact) -> rules.PolicyFact:
    names = ("certified", "allowed", *CODE_FIELDS)
    where = _provenance(fact, *names)
    return rules.CertificationRequired(certified=_required_codes(fact, names), **where)


def _allow_list(fact: Fact) -> rules.PolicyFact:
    names = ("allowed", "certified", *CODE_FIELDS)
    where = _provenance(fact, *names)
    return rules.VoiceAllowList(allowed=_required_codes(fact, names), **where)


def _volte_required(fact: Fact) -> rules.PolicyFact:
    return rules.VolteRequiredToActivate(**_provenance(fact))


def _activation_block(fact: Fact) -> rules.PolicyFact:
    refused = (*CODE_FIELDS, "blocked", "blocks", "refused")
    allowed = ("allowed", "except")
    return rules.ActivationBlock(
        codes=_codes(fact, refused),
        allowed=_codes(fact, allowed) or frozenset(),
        **_provenance(fact, *refused, *allowed),
    )


def _emergency(fact: Fact) -> rules.PolicyFact:
    where = _provenance(fact, "fails", "verified", "unknown_import", "volte_required", *CODE_FIELDS)
    unknown_import = str(fact.get("unknown_import") or "allow").strip().lower()
    if unknown_import not in ("block", "allow", "warn", "unknown"):
        mend = "Write block, warn or allow."
        raise RecordError(field="unknown_import", value=unknown_import, mend=mend)
    return rules.EmergencyCallRule(
        fails=_codes(fact, ("fails", *CODE_FIELDS)) or frozenset(),
        verified=_codes(fact, ("verified",)),
        blocks_unverified=unknown_import == "block",
        volte_required=fields.read_answer("volte_required", fact.get("volte_required"))
        is Answer.YES,
        **where,
    )


def _not_provisioned(fact: Fact) -> rules.PolicyFact:
    where = _provenance(fact, *CODE_FIELDS)
    return rules.VolteNotProvisioned(codes=_codes(fact, CODE_FIELDS), **where)


def _band_disabled(fact: Fact) -> rules.PolicyFact:
    where = _provenance(fact, *CODE_FIELDS, "rat", "band", "bands")
    return rules.BandDisabled(
        bands=frozenset(_bands(fact)), codes=_codes(fact, CODE_FIELDS), **where
    )


def _sim_forms(fact: Fact) -> rules.PolicyFact:
    """Read “forms”: [“esim”], where a form not listed is not given out, or plain answers."""
    lists = ("forms", "accepts", "supports", "supported", "offers", "sim_forms", "allowed")
    where = _provenance(fact, *CODE_FIELDS, *lists, "esim", "psim")
    answers = {
        "esim": fields.read_answer("esim", fact.get("esim")),
        "psim": fields.read_answer("psim", fact.get("psim")),
    }
    for name in lists:
        if name in fact:
            words = fields.read_words(name, fact[name])
            forms = {_sim_form(name, word) for word in words}
            answers = {form: Answer.YES if form in forms else Answer.NO for form in answers}
    return rules.SimForms(
        esim=answers["esim"], psim=answers["psim"], codes=_codes(fact, CODE_FIELDS), **where
    )


def _notice(fact: Fact) -> rules.PolicyFact:
    where = _provenance(fact, "text", "about")
    text = str(fact.get("text") or "").strip()
    if not text:
        mend = "Write one plain sentence that shoppers read."
        raise RecordError(field="text", value=text, mend=mend)
    about = str(fact.get("about") or rules.NoticeAbout.EVERY_PHONE).strip().lower()
    try:
        concerned = rules.NoticeAbout(about)
    except ValueError:
        mend = f"Write one of {', '.join(rules.NoticeAbout)}."
        raise RecordError(field="about", value=about, mend=mend) from None
    return rules.CarrierNotice(text=text, about=concerned, **where)


def _sim_form(field: str, word: str) -> str:
    form = SIM_FORMS.get(word.lower())
    if form is None:
        raise RecordError(field=field, value=word, mend="Write esim or psim.")
    return form


READERS: Final[dict[str, Callable[[Fact], rules.PolicyFact]]] = {
    "certification_required": _certification,
    "voice_allow_list": _allow_list,
    "volte_required_to_activate": _volte_required,
    "activation_block": _activation_block,
    "emergency_call_rule": _emergency,
    "volte_not_provisioned": _not_provisioned,
    "band_disabled": _band_disabled,
    "sim_forms": _sim_forms,
    "carrier_notice": _notice,
}
