"""The one sentence that tells everybody what was stopped and by whom."""


def public_sentence(*, brand: str, goods: str, market_name: str, seller: str) -> str:
    """
    Return the plain sentence that shoppers read on a stopped page.

    ``goods`` is what was named, such as “Mi 4” or “phones”; empty means everything of the brand.
    """
    what = goods or "goods"
    where = f" here ({market_name})" if market_name else ""
    by_whom = f" from {seller}" if seller else ""
    return (
        f"{brand} has told us that its {what}{by_whom} may not be sold{where}, "
        "so we have stopped selling them."
    )


def goods_named(*, category_slug: str, category_name: str, model_name: str) -> str:
    """Return how a sentence calls what a scope narrows a brand to."""
    if model_name:
        return model_name
    return "phones" if category_slug == "phone" else category_name.lower()
