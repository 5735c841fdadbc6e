"""
Every reason in plain words: what is in the way, what would take it away, on what ground it stands.

A reason's text and cure are templates; who tells the reason fills in the names. ``tell`` is the one
way to make a reason, so that no code goes without a cure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bandstand.kernel.words import Ground
from bandstand.rights.rules.verdict import RightsReason
from bandstand.rights.rules.words import Outcome, ReasonCode, ReasonGroup

Code = ReasonCode
LAW, TERMS = Ground.LAW, Ground.TERMS
DENY, REVIEW = Outcome.DENY, Outcome.REVIEW


@dataclass(frozen=True, slots=True)
class ReasonSheet:
    """What a reason says wherever it is told."""

    text: str
    cure: str
    ground: Ground = TERMS
    outcome: Outcome = DENY


REASONS: Final[dict[ReasonCode, ReasonSheet]] = {
    Code.HOLD_ACTIVE: ReasonSheet("{reason}", "The hold is lifted."),
    Code.HOLD_PROVISIONAL: ReasonSheet(
        "The sale is stopped for the time being, until a person has looked at a notice; at the "
        "latest until {until}.",
        "The notice is looked at, or the provisional hold ends by itself.",
    ),
    Code.SELLER_NOT_VERIFIED: ReasonSheet(
        "{seller} has not been verified as a seller.",
        "The operator verifies the seller's identity.",
    ),
    Code.SELLER_SUSPENDED: ReasonSheet(
        "{seller} is suspended from selling.", "The operator reinstates the seller."
    ),
    Code.BRAND_CONFUSABLE: ReasonSheet(
        "“{given}” looks like {brand} and is written with other letters.",
        "Write the brand's name with its own letters, or a person decides what is meant.",
        outcome=REVIEW,
    ),
    Code.BRAND_AMBIGUOUS: ReasonSheet(
        "“{given}” does not say for certain which brand is meant{among}.",
        "Give the product number (GTIN), or a person decides what is meant.",
        outcome=REVIEW,
    ),
    Code.CATEGORY_MISMATCH: ReasonSheet(
        "The listing says “{given}”; by the catalogue {subject} belongs to {category}.",
        "List it under {category}, or ask for the catalogue's record to be mended.",
    ),
    Code.VARIANT_UNKNOWN: ReasonSheet(
        "Which exact version is offered is not known: {given}.",
        "Choose the version from the catalogue, or send its model code so that it can be added.",
        outcome=REVIEW,
    ),
    Code.SERIAL_NOT_OF_VARIANT: ReasonSheet(
        "Number {serial} belongs to {other}, not to {subject}.",
        "Offer the unit as what it is, or show that the maker's number range is recorded wrongly.",
    ),
    Code.BRAND_NO_CHANNEL_IN_MARKET: ReasonSheet(
        "{brand} says that nobody is authorised to sell this kind of device new in {market} "
        "({source}).",
        "{brand} publishes another statement.",
    ),
    Code.AUTH_NONE: ReasonSheet(
        "No grant from {brand} to {seller} is on record.",
        "{brand}, or a party it has authorised to, grants {seller} the right to sell.",
    ),
    Code.AUTH_NONE_COVERS: ReasonSheet(
        "{seller} holds {count} grants and none of them covers {subject}, {condition}, in "
        "{market}; parts of different grants do not add up.",
        "One grant covers the brand, the market, the kind of device and its condition together.",
    ),
    Code.AUTH_OUT_OF_SCOPE_BRAND: ReasonSheet(
        "The grant from {issuer} covers {brands}, not {brand}.",
        "{brand} grants the right to sell its goods.",
    ),
    Code.AUTH_OUT_OF_SCOPE_MARKET: ReasonSheet(
        "The grant from {issuer} covers {markets}, not {market}.",
        "{issuer} extends the grant to {market}.",
    ),
    Code.AUTH_OUT_OF_SCOPE_CATEGORY: ReasonSheet(
        "The grant from {issuer} covers {categories}, not {category}.",
        "{issuer} extends the grant to {category}.",
    ),
    Code.AUTH_OUT_OF_SCOPE_MODEL: ReasonSheet(
        "The grant from {issuer} names the models it covers, and {subject} is not one of them.",
        "{issuer} adds the model to the grant.",
    ),
    Code.AUTH_OUT_OF_SCOPE_CONDITION: ReasonSheet(
        "The grant from {issuer} covers {conditions} goods, not {condition} ones.",
        "{issuer} extends the grant to {condition} goods.",
    ),
    Code.AUTH_NOT_YET_VALID: ReasonSheet(
        "The grant from {issuer} to {grantee} begins on {from_day}.",
        "The day comes, or {issuer} brings the beginning forward.",
    ),
    Code.AUTH_EXPIRED: ReasonSheet(
        "The grant from {issuer} to {grantee} ended on {until_day}.", "{issuer} renews the grant."
    ),
    Code.AUTH_REVOKED: ReasonSheet(
        "{issuer} revoked the grant to {grantee}{because}.", "{issuer} issues a new grant."
    ),
    Code.AUTH_ISSUER_NOT_BRAND: ReasonSheet(
        "{issuer} gave the grant to {grantee} without a right from {brand} to give.",
        "A grant from {brand} to {issuer} is recorded, or {brand} grants it itself.",
    ),
    Code.AUTH_CHAIN_BROKEN: ReasonSheet(
        "The grant from {issuer} to {grantee} hangs below a grant that {issuer} does not hold.",
        "{issuer} names the grant it received itself.",
    ),
    Code.AUTH_CHAIN_CYCLE: ReasonSheet(
        "The chain of grants comes back to a party it has passed and never reaches {brand}.",
        "A chain that begins at {brand} is recorded.",
    ),
    Code.AUTH_CHAIN_WIDENS: ReasonSheet(
        "The grant from {issuer} to {grantee} allows more than {issuer} may, so none of it counts.",
        "{issuer} issues a grant within its own.",
    ),
    Code.AUTH_DEPTH_EXCEEDED: ReasonSheet(
        "{issuer} may not pass its right to sell on to {grantee}.",
        "The grant above allows passing on, or {brand} grants it itself.",
    ),
    Code.AUTH_LEVEL_TOO_LOW: ReasonSheet(
        "The grant from {issuer} to {grantee} is proved by {proof}; this needs more.",
        "{brand} lists the seller itself or signs a credential.",
    ),
    Code.AUTH_SIGNATURE_INVALID: ReasonSheet(
        "The credential from {issuer} to {grantee} has no signature that can be verified.",
        "{issuer} signs a credential with its own key, and {grantee} presents it.",
    ),
    Code.AUTH_ALG_NOT_ALLOWED: ReasonSheet(
        "The credential from {issuer} to {grantee} is signed by a method that is not allowed here.",
        "{issuer} signs it with ES256 or EdDSA, as its key says.",
    ),
    Code.AUTH_KEY_REVOKED: ReasonSheet(
        "The key that signed the credential from {issuer} to {grantee} has been revoked.",
        "{issuer} signs the credential again with a key that stands.",
    ),
    Code.AUTH_STATUS_STALE: ReasonSheet(
        "That the grant from {issuer} to {grantee} still stands was not confirmed within "
        "{max_age}.",
        "The status of the grant is read again.",
    ),
    Code.LIST_DOMAIN_NOT_BRAND: ReasonSheet(
        "The list was not on a domain that is shown to be the brand's own.",
        "The brand proves its domain and publishes the list there.",
    ),
    Code.LIST_CROSS_DOMAIN_REDIRECT: ReasonSheet(
        "The brand's list was sent from another domain than its own.",
        "The brand publishes the list on its own domain.",
    ),
    Code.LIST_NOT_HTTPS: ReasonSheet(
        "The brand's list was not sent over HTTPS.", "The brand publishes the list over HTTPS."
    ),
    Code.LIST_ROLLBACK: ReasonSheet(
        "The brand's list was put back to an older copy; what it removed stays removed.",
        "The brand publishes a list with a higher sequence number.",
    ),
    Code.LIST_MALFORMED: ReasonSheet(
        "The brand's list cannot be read.", "The brand checks the list and publishes it again."
    ),
    Code.LIST_UNREACHABLE: ReasonSheet(
        "The brand's list cannot be fetched.", "The brand's site answers again."
    ),
    Code.LIST_SELLER_UNPROVEN: ReasonSheet(
        "The brand's list names a domain that nobody here has shown to be theirs.",
        "The seller proves its domain.",
    ),
    Code.PROVENANCE_GAP: ReasonSheet(
        "The way of {subject} from its maker to {seller} is not on record without a gap{units}.",
        "The parties on the way record how the units were shipped and received.",
    ),
    Code.PROVENANCE_CONFLICT: ReasonSheet(
        "The records of the way of {subject} to {seller} contradict each other{units}.",
        "Who recorded a wrong event declares its error and records what happened.",
    ),
    Code.UNIT_STOLEN: ReasonSheet(
        "The unit is recorded as stolen.",
        "Who recorded the theft records that it is over.",
        ground=LAW,
    ),
    Code.UNIT_RECALLED: ReasonSheet(
        "The unit is recorded as recalled.", "The recall of this unit is taken back.", ground=LAW
    ),
    Code.UNIT_ALREADY_SOLD: ReasonSheet(
        "The unit is recorded as sold to a shopper already, so it is not new.",
        "Offer it as used, or show that the record is wrong.",
    ),
    Code.FIRST_SALE_OUTSIDE_EEA: ReasonSheet(
        "The unit was first sold in {country}, outside the European Economic Area, so the brand's "
        "right is not used up here.",
        "{brand} agrees to the sale, or the unit is sold outside the European Economic Area.",
        ground=LAW,
    ),
    Code.APPROVAL_MISSING: ReasonSheet(
        "{subject} has no equipment approval for {market}.{because}",
        "An approval of this exact hardware for {market} is recorded.",
        ground=LAW,
    ),
    Code.APPROVAL_LIMITED: ReasonSheet(
        "The regulator has limited approval {reference} of {subject} in {market}.",
        "The regulator takes the limit back, or another hardware version is offered.",
        ground=LAW,
    ),
    Code.APPROVAL_EXPIRED: ReasonSheet(
        "Approval {reference} of {subject} in {market} has ended.",
        "A renewed approval is recorded.",
        ground=LAW,
    ),
    Code.RESPONSIBLE_PERSON_MISSING: ReasonSheet(
        "Approval {reference} names no responsible person in the European Union.",
        "The responsible person's name and address are recorded.",
        ground=LAW,
    ),
    Code.EPREL_MISSING: ReasonSheet(
        "{subject} has no registration in the European energy label database (EPREL).",
        "The supplier registers the model, and its EPREL number is recorded.",
        ground=LAW,
    ),
    Code.NETWORK_CERT_MISSING: ReasonSheet(
        "No network that the operator's plans run on has certified {subject}{said}.",
        "A host network certifies it, and the operator records that.",
    ),
    Code.LABEL_MISSING: ReasonSheet(
        "{subject} differs from the one made for {market} ({what}); nothing shows that the units "
        "carry the label that says so.",
        "Put the label near the mark and record a photograph of it.",
        ground=LAW,
    ),
    Code.WARNING_MISSING: ReasonSheet(
        "The listing does not say that {subject} differs from the one made for {market} ({what}).",
        "Say in the listing what is different.",
        outcome=REVIEW,
    ),
    Code.DECISION_STALE: ReasonSheet(
        "The answer given earlier has run out.", "The question is asked again."
    ),
    Code.EPOCH_CHANGED: ReasonSheet(
        "A fact that the answer rested on has changed since.", "The question is asked again."
    ),
    Code.RIGHTS_STORE_UNAVAILABLE: ReasonSheet(
        "The records that this decision needs could not be read, so nothing is sold for now.",
        "The records can be read again; ask once more.",
    ),
}

NEVER_WAIVED: Final = frozenset(
    {
        Code.HOLD_ACTIVE,
        Code.HOLD_PROVISIONAL,
        Code.VARIANT_UNKNOWN,
        Code.DECISION_STALE,
        Code.EPOCH_CHANGED,
        Code.RIGHTS_STORE_UNAVAILABLE,
    }
)
"""Reasons that no person answers for: a hold is lifted, the rest is cured or asked again."""

_FIRST_OF_GROUP: Final = {
    Code.HOLD_ACTIVE: ReasonGroup.HOLD,
    Code.SELLER_NOT_VERIFIED: ReasonGroup.IDENTITY,
    Code.BRAND_CONFUSABLE: ReasonGroup.CATALOGUE,
    Code.BRAND_NO_CHANNEL_IN_MARKET: ReasonGroup.POLICY,
    Code.AUTH_NONE: ReasonGroup.GRANT,
    Code.LIST_DOMAIN_NOT_BRAND: ReasonGroup.LIST,
    Code.PROVENANCE_GAP: ReasonGroup.PROVENANCE,
    Code.APPROVAL_MISSING: ReasonGroup.APPROVAL,
    Code.LABEL_MISSING: ReasonGroup.LABEL,
    Code.DECISION_STALE: ReasonGroup.RUNTIME,
}


def group_of(code: ReasonCode) -> ReasonGroup:
    """Return what a reason is about."""
    firsts = [first for first in _FIRST_OF_GROUP if first.position <= code.position]
    return _FIRST_OF_GROUP[max(firsts, key=lambda first: first.position)]


def tell(
    code: ReasonCode,
    *,
    ground: Ground | None = None,
    outcome: Outcome | None = None,
    **words: str,
) -> RightsReason:
    """Return a reason in plain words, with the sheet's ground and outcome unless told."""
    return tell_with(words, code=code, ground=ground, outcome=outcome)


def tell_with(
    words: Mapping[str, str],
    *,
    code: ReasonCode,
    ground: Ground | None = None,
    outcome: Outcome | None = None,
) -> RightsReason:
    """Return a reason whose words are at hand as a mapping; words it does not need are ignored."""
    sheet = REASONS[code]
    return RightsReason(
        code,
        sheet.text.format_map(words),
        sheet.cure.format_map(words),
        ground or sheet.ground,
        outcome or sheet.outcome,
    )
