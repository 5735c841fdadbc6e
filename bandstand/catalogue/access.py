"""Who may change what in the catalogue. Reading it is open to everyone."""

from uuid import UUID

from bandstand.catalogue import queries
from bandstand.catalogue.rules import CatalogueNotFoundError
from bandstand.parties.rules import Actor, Role, require_role


def variant_to_edit(actor: Actor, variant_id: UUID) -> queries.VariantRow:
    """
    Return a variant whose claims the caller may settle: only the operator's staff may.

    Raises: RoleMissingError, CatalogueNotFoundError.
    """
    require_role(actor, Role.OPERATOR)
    return queries.variant(variant_id)


def require_data_steward(actor: Actor) -> None:
    """
    Refuse a caller who may not load, import or judge the catalogue's data.

    Raises: RoleMissingError.
    """
    require_role(actor, Role.OPERATOR)


def brands_to_speak_for(actor: Actor) -> list[queries.BrandRow]:
    """
    Return the brands that the caller may publish or file a notice for, by name.

    A brand account speaks for the brands that its party owns and for their sub-brands.
    """
    known = queries.brands()
    if actor.is_operator:
        return known
    owners = {party for role, party in actor.roles if role is Role.BRAND}
    allowed = {one.id for one in known if one.owner_id in owners}
    while more := {one.id for one in known if one.parent_id in allowed} - allowed:
        allowed |= more
    return [one for one in known if one.id in allowed]


def brand_to_speak_for(actor: Actor, brand_id: UUID) -> queries.BrandRow:
    """
    Return a brand that the caller may speak for.

    Raises: CatalogueNotFoundError, alike for a brand that is not theirs and one that is not there.
    """
    for one in brands_to_speak_for(actor):
        if one.id == brand_id:
            return one
    raise CatalogueNotFoundError(f"No brand has the key {brand_id}.")
