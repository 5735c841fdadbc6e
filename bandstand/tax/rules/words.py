"""The words of tax, the life of a quote, and what is refused. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError


class TaxKind(StrEnum):
    """What a tax on a sale is called, and so whether the price already holds it."""

    SALES = "sales"
    """A US sales tax, added to the price at checkout."""
    VAT = "vat"
    """
    A value added tax, inside the price that a consumer is shown.

    Source: Directive 98/6/EC, Article 2(a): the selling price of a unit includes VAT and all other
    taxes; from general knowledge, 2026-11-22.
    """
    GST = "gst"
    """A goods and services tax, inside the price."""

    @property
    def is_included(self) -> bool:
        """Say whether the price already holds this tax."""
        return self is not TaxKind.SALES


KIND_NAMES: Final = {TaxKind.SALES: "sales tax", TaxKind.VAT: "VAT", TaxKind.GST: "GST"}


class EngineName(StrEnum):
    """Who says what the tax is in a market."""

    NONE = "none"
    """The operator has said, with a source, that no tax is collected there."""
    EMBEDDED = "embedded"
    """The rates loaded into this shop."""
    STRIPE = "stripe"
    """Stripe Tax, asked before the buyer pays and told when the sale was made or undone."""


class Ambiguity(StrEnum):
    """What is done where a postal code lies in several jurisdictions and its end is not known."""

    HIGHEST = "highest"
    """The highest rate there is taken, and the quote says so."""
    REFUSE = "refuse"
    """The buyer is asked for the whole ZIP+4."""


class WithoutAnswer(StrEnum):
    """What is done where the provider does not answer."""

    REFUSE = "refuse"
    """Nothing is sold until it answers."""
    LOADED = "loaded"
    """The rates loaded into this shop are used, and the quote says so."""


class Telling(StrEnum):
    """What a provider is told after a sale."""

    RECORD = "record"
    REVERSE = "reverse"


class TellingState(StrEnum):
    """Whether a provider was told."""

    WRITTEN = "written"
    TOLD = "told"
    REFUSED = "refused"
    """It understood and did nothing: a person must look."""


class SstFileKind(StrEnum):
    """The two files that a Streamlined Sales Tax state publishes."""

    RATES = "rates"
    BOUNDARY = "boundary"


class Scheme(StrEnum):
    """On what amount a tax is reckoned."""

    STANDARD = "standard"
    """On the whole price."""
    MARGIN = "margin"
    """
    On the seller's margin alone, for used goods bought from somebody who could charge no VAT.

    Source: Directive 2006/112/EC, Articles 313 to 315 and 325; from general knowledge, 2026-11-22.
    """


class AcquiredFrom(StrEnum):
    """
    From whom used goods were bought, as the margin scheme asks.

    Source: Directive 2006/112/EC, Article 314(a) to (d); from general knowledge, 2026-11-22.
    """

    PRIVATE_PERSON = "private_person"
    """Article 314(a): somebody who is not a taxable person."""
    EXEMPT_BUSINESS = "exempt_business"
    """Article 314(b): a business whose sale was exempt."""
    SMALL_BUSINESS = "small_business"
    """Article 314(c): a business under the exemption for small enterprises."""
    MARGIN_DEALER = "margin_dealer"
    """Article 314(d): another dealer who sold it under this scheme."""


class QuoteState(StrEnum):
    """Where a quote stands."""

    QUOTED = "quoted"
    COMMITTED = "committed"
    """Its sale was made: the tax is owed once its money is taken."""
    VOIDED = "voided"
    """No sale came of it, or the sale was undone."""


class QuoteMove(StrEnum):
    """What can become of a quote."""

    COMMIT = "commit"
    VOID = "void"


MOVES: Final[Mapping[tuple[QuoteState, QuoteMove], QuoteState]] = MappingProxyType(
    {
        (QuoteState.QUOTED, QuoteMove.COMMIT): QuoteState.COMMITTED,
        (QuoteState.QUOTED, QuoteMove.VOID): QuoteState.VOIDED,
        (QuoteState.COMMITTED, QuoteMove.VOID): QuoteState.VOIDED,
    }
)


class QuoteMoveRefusedError(RefusedError):
    """A move that a quote cannot make from where it stands."""

    code = "tax_quote_move"


class TaxNotKnownError(RefusedError):
    """What tax a sale bears is not known well enough to sell there."""

    code = "tax_not_known"


class TaxRateError(BadInputError):
    """A rate that cannot be meant."""

    code = "tax_rate"


class TaxFileError(BadInputError):
    """A file of rates or boundaries that cannot be used."""

    code = "tax_file"


class TaxReturnError(RefusedError):
    """A return that cannot be prepared, filed or paid so."""

    code = "tax_return"


class NoSuchReturnError(NotFoundError):
    """No return by that id."""

    code = "no_such_tax_return"


class TaxPolicyError(BadInputError):
    """A tax policy that cannot be meant."""

    code = "tax_policy"


class AcquisitionError(BadInputError):
    """What a phone was bought for, told in a way that cannot be meant."""

    code = "acquisition"


class NoSuchQuoteError(NotFoundError):
    """No quote by that subject."""

    code = "no_such_tax_quote"


def next_quote_state(state: QuoteState, move: QuoteMove) -> QuoteState:
    """
    Return the state that a move leads to.

    Raises: QuoteMoveRefusedError if the table has no such move.
    """
    after = MOVES.get((state, move))
    if after is None:
        raise QuoteMoveRefusedError(f"A tax quote that is {state} cannot {move}.")
    return after
