"""The gallery's shelf: real names, for their length, at invented prices."""

from types import SimpleNamespace as Values

from bandstand.storefront.art.band_chart import (
    ChartBand,
    ChartRole,
    ChartWidth,
    HasIt,
    band_chart_svg,
    band_chart_text,
)
from bandstand.storefront.art.bars import fit_badge
from bandstand.storefront.art.phone_art import phone_svg
from bandstand.storefront.art.shapes import Form, shape_for

_NETWORK = (
    ("NR", "n71", "primary", "yes"),
    ("NR", "n41", "primary", "yes"),
    ("NR", "n25", "secondary", "yes"),
    ("NR", "n66", "limited", "unknown"),
    ("NR", "n77", "limited", "yes"),
    ("NR", "n258", "limited", "no"),
    ("NR", "n260", "limited", "no"),
    ("NR", "n261", "limited", "no"),
    ("LTE", "12", "primary", "no"),
    ("LTE", "71", "primary", "no"),
    ("LTE", "5", "limited", "yes"),
    ("LTE", "4", "primary", "yes"),
    ("LTE", "66", "primary", "partial"),
    ("LTE", "2", "secondary", "yes"),
    ("LTE", "25", "limited", "unknown"),
    ("LTE", "46", "limited", "no"),
    ("LTE", "48", "limited", "yes"),
)


_LOW = {"n71", "12", "71", "5"}


SHELF = (
    (
        "Google",
        "Pixel 9a",
        "128 GB · Obsidian · new",
        "Obsidian",
        "full",
        "5G, calls, 911",
        49900,
        24,
    ),
    ("Apple", "iPhone 16e", "128 GB · White · new", "White", "full", "5G, calls, 911", 59900, 36),
    (
        "Samsung",
        "Galaxy A36",
        "128 GB · Lime · new",
        "Lime",
        "good",
        "weaker indoors, no band 71",
        39900,
        24,
    ),
    (
        "Xiaomi",
        "14T",
        "256 GB · Titan Grey · new",
        "Titan Grey",
        "limited",
        "2 of 5 main bands",
        42900,
        24,
    ),
    (
        "Motorola",
        "Moto G (2026)",
        "128 GB · Slipstream · new",
        "Slate blue",
        "full",
        "5G, calls, 911",
        19900,
        12,
    ),
    (
        "Nothing",
        "Phone (3)",
        "256 GB · Black · new",
        "Black",
        "unknown",
        "the maker lists no bands",
        79900,
        24,
    ),
    (
        "OnePlus",
        "13",
        "256 GB · Midnight Ocean · new",
        "Midnight",
        "good",
        "calls over 4G only",
        89900,
        36,
    ),
    (
        "Fairphone",
        "Fairphone 5",
        "256 GB · Green · refurbished",
        "Green",
        "data_only",
        "calls not proven",
        62900,
        24,
    ),
    (
        "Apple",
        "iPhone 17 Pro",
        "256 GB · Orange · new",
        "Orange",
        "full",
        "5G, calls, 911",
        109900,
        36,
    ),
    ("Google", "Pixel 10", "128 GB · Indigo · new", "Indigo", "full", "5G, calls, 911", 79900, 36),
    (
        "Samsung",
        "Galaxy S25 Ultra",
        "256 GB · Silver Blue · new",
        "Silver",
        "full",
        "5G, calls, 911",
        129900,
        36,
    ),
    (
        "Xiaomi",
        "Redmi 2",
        "8 GB · White · used",
        "White",
        "voice_2g_only",
        "2G is off since August 2026",
        11900,
        0,
    ),
    ("Meizu", "m2 note", "16 GB · Blue · used", "Sky blue", "none", "no band in common", 14900, 0),
    (
        "Google",
        "Pixel 8 Pro",
        "128 GB · Bay · refurbished",
        "Bay",
        "full",
        "5G, calls, 911",
        44900,
        24,
    ),
    (
        "Apple",
        "iPhone 16 Pro",
        "256 GB · Desert Titanium · new",
        "Desert",
        "full",
        "5G, calls, 911",
        99900,
        36,
    ),
    (
        "Xiaomi",
        "15 Ultra",
        "512 GB · Black · new",
        "Black",
        "blocked",
        "not on the network’s list",
        119900,
        24,
    ),
    (
        "Motorola",
        "Razr 2025",
        "256 GB · Spring Green · new",
        "Sage green",
        "full",
        "5G, calls, 911",
        69900,
        24,
    ),
)


def dollars(minor: int) -> str:
    """Write an amount as the pages do."""
    return f"${minor // 100:,}.{minor % 100:02d}"


def price(minor: int, *, months: int) -> Values:
    """Return what the price component takes; no months means outright."""
    if not months:
        return Values(outright=dollars(minor), disclosure=None)
    month = minor // months
    last = minor - month * (months - 1)
    return Values(
        outright=dollars(minor),
        disclosure=Values(
            month=dollars(month),
            payment_lines=[
                Values(count=f"{months - 1} payments of", amount=dollars(month)),
                Values(count="1 payment of", amount=dollars(last)),
            ],
            payments_text=f"{months - 1} × {dollars(month)} + 1 × {dollars(last)}",
            number_of_payments=str(months),
            down_payment="$0.00",
            finance_charge="$0.00",
            apr="0.00 %",
            total=dollars(minor),
        ),
    )


def _card(row: tuple[str, str, str, str, str, str, int, int]) -> Values:
    brand, model, detail, colour, tier, sentence, minor, months = row
    form = Form.FLIP if "Razr" in model else Form.PHONE
    shape = shape_for(brand, model, form=form, colour=colour)
    flags = [Values(kind="", label="Refurbished")] if "refurb" in detail else []
    return Values(
        url="#card",
        brand="" if model.startswith(brand) else brand,
        model=model,
        detail=detail,
        art_svg=phone_svg(shape),
        tone=shape.tone,
        fit=fit_badge(tier, sentence=sentence),
        price=price(minor, months=months),
        flags=flags,
    )


def cards() -> list[Values]:
    """Return the shelf."""
    cards = [_card(row) for row in SHELF]
    extras = (
        ("Smart Band 9", Form.BAND, "Black", 4900),
        ("Buds Studio", Form.HEADPHONES, "Sand", 12900),
    )
    for model, form, colour, minor in extras:
        shape = shape_for("Xiaomi", model, form=form, colour=colour)
        card = _card(
            ("Xiaomi", model, f"{colour} · new", colour, "full", "needs no network", minor, 0)
        )
        card.art_svg, card.tone = phone_svg(shape), shape.tone
        cards.append(card)
    return cards


def bands() -> list[ChartBand]:
    """Return the network's bands against one phone's."""
    return [
        ChartBand(rat, label, ChartRole(role), label in _LOW, HasIt(has_it))
        for rat, label, role, has_it in _NETWORK
    ]


def chart() -> Values:
    """Return what the chart component takes."""
    return Values(
        wide_svg=band_chart_svg(bands()),
        narrow_svg=band_chart_svg(bands(), width=ChartWidth.NARROW),
        sentences=band_chart_text(bands()),
        network_name="Lark",
        source="maker’s page, read 2026-05-06, one source",
    )
