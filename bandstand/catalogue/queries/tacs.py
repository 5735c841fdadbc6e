"""Which phone an IMEI belongs to, by its type allocation code. No IMEI is kept anywhere here."""

from dataclasses import dataclass

from bandstand.catalogue.models import Tac
from bandstand.catalogue.queries.variants import VariantRow, row_of
from bandstand.catalogue.rules import CatalogueNotFoundError, tac_of
from bandstand.kernel.words import Certainty


@dataclass(frozen=True, kw_only=True)
class IdentifiedPhone:
    """The variant that an IMEI names, and who says so."""

    variant: VariantRow
    tac: str
    source: str
    certainty: Certainty


class UnknownTacError(CatalogueNotFoundError):
    """A whole and sound IMEI of a phone that no table has."""

    code = "tac_unknown"


def variant_of_imei(imei: str) -> IdentifiedPhone:
    """
    Return the phone that an IMEI belongs to.

    Raises: MalformedImeiError saying how to mend it; UnknownTacError for a phone we do not know.
    """
    tac = tac_of(imei)
    found = (
        Tac.objects.select_related("variant__model__brand", "variant__model__category")
        .filter(tac=tac)
        .first()
    )
    if found is None:
        raise UnknownTacError(
            f"The IMEI is sound, but we do not know which phone has IMEIs beginning with {tac}."
            " Look the phone up by its brand and model, or by its model code, instead.",
            tac=tac,
        )
    return IdentifiedPhone(
        variant=row_of(found.variant),
        tac=tac,
        source=found.source,
        certainty=Certainty(found.certainty),
    )
