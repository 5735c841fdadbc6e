"""Who may see which proof of a right. The only fetch by id for delivery code."""

from uuid import UUID

from bandstand.parties.rules import Actor, Role
from bandstand.rights.queries.documents import DocumentRow, document_row, documents_of
from bandstand.rights.rules.documents import DocumentNotFoundError

MISSING = "There is no such document, or it is not yours."


def document_for(actor: Actor, document_id: UUID) -> DocumentRow:
    """
    Return a document that the caller may see: staff see all, a seller's people their own.

    A brand sees no seller's letters: they may hold another's trade secrets.

    Raises: DocumentNotFoundError, alike for another's and none.
    """
    found = document_row(document_id)
    is_own = found is not None and (Role.SELLER, found.seller_id) in actor.roles
    if found is None or not (actor.is_operator or is_own):
        raise DocumentNotFoundError(MISSING)
    return found


def visible_documents(actor: Actor) -> list[DocumentRow]:
    """Return the documents of the seller that the caller acts for, newest first."""
    seller_id = actor.party_for(Role.SELLER)
    return [] if seller_id is None else documents_of(seller_id)
