"""Reads of the shelf, of offers and of units, as frozen values."""

from bandstand.offers.queries.listed_fits import (
    FrozenEvidence,
    ListedFit,
    changed_fits,
    frozen_evidence,
    frozen_words,
    listed_fits,
)
from bandstand.offers.queries.offer_pages import (
    counts_by_state,
    fit_of,
    hold_on,
    holds_on,
    offer_moves,
    offer_page,
    offers_of_variant,
    review_queue,
    seller_offers,
)
from bandstand.offers.queries.offer_words import OfferList, OfferMoveRow, OfferPage, OfferRow
from bandstand.offers.queries.plans import PlanChoice, disclosed, plan_choices, terms_in
from bandstand.offers.queries.rows import offer_rows
from bandstand.offers.queries.shelf import alternatives, shelf
from bandstand.offers.queries.shelf_items import offers_on_sale
from bandstand.offers.queries.shelf_words import (
    Facets,
    FacetValue,
    ShelfCard,
    ShelfPage,
    ShelfQuery,
    ShelfSort,
)
from bandstand.offers.queries.units import UnitRow, kept_units, stock_by_offer, units_of

__all__ = [
    "FacetValue",
    "Facets",
    "FrozenEvidence",
    "ListedFit",
    "OfferList",
    "OfferMoveRow",
    "OfferPage",
    "OfferRow",
    "PlanChoice",
    "ShelfCard",
    "ShelfPage",
    "ShelfQuery",
    "ShelfSort",
    "UnitRow",
    "alternatives",
    "changed_fits",
    "counts_by_state",
    "disclosed",
    "fit_of",
    "frozen_evidence",
    "frozen_words",
    "hold_on",
    "holds_on",
    "kept_units",
    "listed_fits",
    "offer_moves",
    "offer_page",
    "offer_rows",
    "offers_of_variant",
    "offers_on_sale",
    "plan_choices",
    "review_queue",
    "seller_offers",
    "shelf",
    "stock_by_offer",
    "terms_in",
    "units_of",
]
