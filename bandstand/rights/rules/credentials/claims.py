"""
The claims of a credential: which seller may sell which goods where, by whose word, until when.

    VerifiableCredential + AuthorisedResellerCredential, as docs/credentials.md specifies it.

What restricts must be understood: a member of the subject that is not known here is refused, never
passed over, because passing over a restriction would widen the grant.

Source: W3C Verifiable Credentials Data Model v2.0, sections 4.3 to 4.10 (read 2026-11-22).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bandstand.rights.rules.credentials.strict_json import strict_object
from bandstand.rights.rules.credentials.words import StatusPurpose, malformed
from bandstand.rights.rules.words import Condition

VC_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
OUR_CONTEXT: Final = "https://bandstand.example/ns/authorised-reseller/v1"
VC_TYPE: Final = "VerifiableCredential"
OUR_TYPE: Final = "AuthorisedResellerCredential"
STATUS_TYPE: Final = "BitstringStatusListEntry"
NAME_MAX: Final = 300
URL_MAX: Final = 500
WORDS_MAX: Final = 1000
DEPTH_MAX: Final = 9
INDEX_MAX: Final = 64 * 1024 * 1024
INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
WHOLE: Final = re.compile(r"0|[1-9]\d{0,8}")
NAME: Final = re.compile(r"(urn|https|did):[!-~]+")
DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
SUBJECT_MEMBERS: Final = frozenset(
    {
        "id",
        "brands",
        "categories",
        "markets",
        "models",
        "conditions",
        "delegationDepth",
        "parentCredential",
        "sellOffUntil",
    }
)
TWINS: Final = (("iss", "issuer"), ("jti", "id"), ("sub", "credentialSubject.id"))
NOT_HERE: Final = ("vc", "vp", "exp", "nbf")


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """One bit of one list, by which the issuer may take the credential back."""

    url: str
    index: int
    purpose: StatusPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectClaims:
    """Who may sell what. Empty ``models`` means every model of the brands."""

    id: str
    brands: tuple[str, ...]
    categories: tuple[str, ...]
    markets: tuple[str, ...]
    conditions: tuple[Condition, ...]
    models: tuple[str, ...] = ()
    delegation_depth: int = 0
    parent: str = ""
    sell_off_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Everything a credential says."""

    id: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    subject: SubjectClaims
    statuses: tuple[StatusEntry, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the claims as an issuer signs them."""
        document: dict[str, Any] = {
            "@context": [VC_CONTEXT, OUR_CONTEXT],
            "type": [VC_TYPE, OUR_TYPE],
            "id": self.id,
            "issuer": self.issuer,
            "validFrom": written(self.valid_from),
            "validUntil": written(self.valid_until),
            "credentialSubject": _subject_json(self.subject),
        }
        if self.statuses:
            document["credentialStatus"] = [_status_json(one) for one in self.statuses]
        return document


def read_claims(payload: bytes) -> Claims:
    """
    Return what a credential's payload says.

    Raises: CredentialFaultError naming the member that is missing or wrong.
    """
    document = strict_object(payload, what="The credential")
    check_kind(document, type_name=OUR_TYPE)
    claims = Claims(
        id=name_of(document, "id"),
        issuer=issuer_of(document),
        valid_from=instant_of(document, "validFrom"),
        valid_until=instant_of(document, "validUntil"),
        subject=_subject(document.get("credentialSubject")),
        statuses=_statuses(document.get("credentialStatus", [])),
    )
    if claims.valid_until <= claims.valid_from:
        raise malformed("The credential ends before it begins (validUntil, validFrom).")
    _check_twins(document, claims)
    return claims


def check_kind(document: Mapping[str, Any], *, type_name: str) -> None:
    """
    Refuse a document that is not a credential of a type.

    Raises: CredentialFaultError.
    """
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [VC_CONTEXT]:
        raise malformed(f"The first @context is not {VC_CONTEXT}.")
    kinds = document.get("type")
    if not isinstance(kinds, list) or VC_TYPE not in kinds or type_name not in kinds:
        raise malformed(f"The type does not name {VC_TYPE} and {type_name}.")
    if present := [name for name in NOT_HERE if name in document]:
        raise malformed(
            f"The credential has the claim {present[0]}; this kind says it in validFrom and "
            "validUntil, and is not wrapped."
        )


def issuer_of(document: Mapping[str, Any]) -> str:
    """
    Return the issuer's name, whether it is written alone or in an object.

    Raises: CredentialFaultError.
    """
    issuer = document.get("issuer")
    if isinstance(issuer, dict):
        return name_of(issuer, "id", what="issuer.id")
    return name_of(document, "issuer")


def name_of(document: Mapping[str, Any], member: str, *, what: str = "") -> str:
    """
    Return a member that names something by URN, DID or HTTPS address.

    Raises: CredentialFaultError.
    """
    value = document.get(member)
    if not isinstance(value, str) or len(value) > NAME_MAX or not NAME.fullmatch(value):
        raise malformed(f"{what or member} is not a URN, a DID or an https address.")
    return value


def instant_of(document: Mapping[str, Any], member: str) -> datetime:
    """
    Return a member that is an instant with its offset from UTC.

    Raises: CredentialFaultError.
    """
    value = document.get(member)
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise malformed(f"{member} is not an instant such as 2026-12-01T00:00:00Z.")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise malformed(f"{member} is not an instant: {wrong}.") from wrong


def written(instant: datetime) -> str:
    """Return an instant as credentials write it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _subject(value: object) -> SubjectClaims:
    if not isinstance(value, dict):
        raise malformed("credentialSubject is not one object.")
    if unknown := sorted(set(value) - SUBJECT_MEMBERS):
        raise malformed(
            f"credentialSubject has a member that is not known here: {unknown[0][:40]}. It could "
            "be a restriction, so it is not passed over."
        )
    return SubjectClaims(
        id=name_of(value, "id", what="credentialSubject.id"),
        brands=_words(value, "brands", needed=True),
        categories=_words(value, "categories", needed=True),
        markets=_words(value, "markets", needed=True),
        conditions=tuple(_condition(word) for word in _words(value, "conditions", needed=True)),
        models=_words(value, "models"),
        delegation_depth=_depth(value.get("delegationDepth", 0)),
        parent=_parent(value.get("parentCredential", "")),
        sell_off_until=instant_of(value, "sellOffUntil") if "sellOffUntil" in value else None,
    )


def _words(subject: Mapping[str, Any], member: str, *, needed: bool = False) -> tuple[str, ...]:
    found = subject.get(member, [])
    good = isinstance(found, list) and all(
        isinstance(word, str) and 0 < len(word.strip()) == len(word) <= NAME_MAX for word in found
    )
    if not good or len(found) > WORDS_MAX or len(set(found)) != len(found):
        raise malformed(f"credentialSubject.{member} is not a list of different texts.")
    # A list that is there and empty could be read as nothing or as everything: it is refused.
    if (needed or member in subject) and not found:
        raise malformed(f"credentialSubject.{member} names nothing.")
    return tuple(found)


def _condition(word: str) -> Condition:
    try:
        return Condition(word)
    except ValueError as wrong:
        known = ", ".join(Condition)
        raise malformed(f"There is no condition “{word[:40]}”; there are {known}.") from wrong


def _depth(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= DEPTH_MAX:
        raise malformed(f"delegationDepth is not a whole number from 0 to {DEPTH_MAX}.")
    return value


def _parent(value: object) -> str:
    if value == "":
        return ""
    if not isinstance(value, str) or not (DIGEST.fullmatch(value) or value.startswith("grt_")):
        raise malformed("parentCredential is neither sha256:<64 hex digits> nor a grant's id.")
    return value


def _statuses(value: object) -> tuple[StatusEntry, ...]:
    entries = value if isinstance(value, list) else [value]
    found = [one for one in map(_status, entries) if one is not None]
    if entries and not found:
        raise malformed("credentialStatus has no entry for revocation or suspension.")
    if len({one.purpose for one in found}) != len(found):
        raise malformed("credentialStatus has two entries for one purpose.")
    return tuple(found)


def _status(value: object) -> StatusEntry | None:
    if not isinstance(value, dict) or value.get("type") != STATUS_TYPE:
        raise malformed(f"An entry of credentialStatus is not a {STATUS_TYPE}.")
    if value.get("statusSize", 1) != 1:
        raise malformed("A status of more than one bit (statusSize) is not read here.")
    purpose = value.get("statusPurpose")
    if not isinstance(purpose, str) or purpose not in set(StatusPurpose):
        return None  # a message or a refresh says nothing about whether the credential stands
    url, index = value.get("statusListCredential"), value.get("statusListIndex")
    if not isinstance(url, str) or len(url) > URL_MAX or not re.fullmatch(r"https?://[!-~]+", url):
        raise malformed("statusListCredential is not an https address.")
    if not isinstance(index, str) or not WHOLE.fullmatch(index) or int(index) >= INDEX_MAX:
        raise malformed("statusListIndex is not a whole number written as text.")
    return StatusEntry(url=url, index=int(index), purpose=StatusPurpose(purpose))


def _check_twins(document: Mapping[str, Any], claims: Claims) -> None:
    said = {"iss": claims.issuer, "jti": claims.id, "sub": claims.subject.id}
    for twin, member in TWINS:
        if twin in document and document[twin] != said[twin]:
            raise malformed(f"The claim {twin} says something else than {member}.")


def _subject_json(subject: SubjectClaims) -> dict[str, Any]:
    written_out: dict[str, Any] = {
        "id": subject.id,
        "brands": list(subject.brands),
        "categories": list(subject.categories),
        "markets": list(subject.markets),
        "conditions": [one.value for one in subject.conditions],
        "delegationDepth": subject.delegation_depth,
    }
    if subject.models:
        written_out["models"] = list(subject.models)
    if subject.parent:
        written_out["parentCredential"] = subject.parent
    if subject.sell_off_until:
        written_out["sellOffUntil"] = written(subject.sell_off_until)
    return written_out


def _status_json(one: StatusEntry) -> dict[str, str]:
    return {
        "id": f"{one.url}#{one.index}",
        "type": STATUS_TYPE,
        "statusPurpose": one.purpose.value,
        "statusListIndex": str(one.index),
        "statusListCredential": one.url,
    }
