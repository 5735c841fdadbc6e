"""Invented values for every other part of the gallery."""

from types import SimpleNamespace as Values
from typing import Any

import gallery_shelf
from django import forms

from bandstand.storefront.art.bars import fit_badge, skyline_svg
from bandstand.storefront.art.phone_art import phone_svg
from bandstand.storefront.art.shapes import shape_for


def contexts() -> dict[str, dict[str, Any]]:
    """Return the context of each gallery page by template name."""
    shared = {
        "site": _site(),
        "cards": gallery_shelf.cards(),
        "chart": gallery_shelf.chart(),
        "skyline": skyline_svg(gallery_shelf.bands()),
    }
    shared |= {"fits": _fits(), "plans": _plans(), "answers": _answers(), "steps": _right_steps()}
    names = ("index.html", "product.html", "parts.html", "stopped.html", "console.html")
    return {name: {**shared, **_own(name)} for name in names}


def _own(name: str) -> dict[str, Any]:
    if name == "parts.html":
        return {
            "form": _form(),
            "events": _events(),
            "order_steps": _order_steps(),
            "pages": _pages(),
        }
    if name == "console.html":
        return {"console": _console(), "table": _table(), "stats": _stats()}
    if name == "stopped.html":
        return {"stop": _stop()}
    return {
        "product_art": phone_svg(
            shape_for("Xiaomi", "14T", colour="Titan Grey"), label="Xiaomi 14T"
        )
    }


def _site() -> Values:
    return Values(
        operator_name="Lark Mobile",
        market_name="the United States",
        network_name="T-Mobile US",
        is_demo=True,
        year=2026,
        home_url="#home",
        nav=[
            Values(url="#phones", label="Phones", is_current=True),
            Values(url="#check", label="Check my phone", is_current=False),
            Values(url="#how", label="How we decide", is_current=False),
        ],
        basket_url="#basket",
        basket_count=1,
        account_url="#account",
        account_label="Sign in",
        footer_nav=[
            Values(url="#stopped", label="What we stopped selling, and why"),
            Values(url="#verify", label="Verify a passport"),
            Values(url="#rights", label="For brands"),
        ],
    )


def _fits() -> list[Any]:
    tiers = ("full", "good", "limited", "data_only", "voice_2g_only", "blocked", "none", "unknown")
    return [fit_badge(tier, sentence="the sentence that says why") for tier in tiers]


def _plans() -> list[Values]:
    tax = [Values(label="Due today: tax on the full price", amount="$35.39")]
    rows = (
        ("outright", "Outright", 0),
        ("12", "12 months", 12),
        ("24", "24 months", 24),
        ("36", "36 months", 36),
    )
    return [
        Values(
            value=value,
            label=label,
            price=gallery_shelf.price(42900, months=months),
            is_chosen=months == 24,  # noqa: PLR2004 -- the usual plan
            due_today_lines=tax,
        )
        for value, label, months in rows
    ]


def _answers() -> list[Values]:
    return [
        Values(question="Data", answer="4G and some 5G", state="yes"),
        Values(question="Calls", answer="Not known", state="unknown"),
        Values(question="Emergency calls", answer="Only on 4G", state="partial"),
        Values(question="SIM", answer="No eSIM", state="no"),
    ]


def _right_steps() -> list[Values]:
    return [
        Values(
            what="Xiaomi authorises Pacific Devices for phones in the US",
            note="2026-01-01 to 2027-01-01 · signed",
            state="yes",
        ),
        Values(
            what="Pacific Devices authorises Northgate for the 14T",
            note="to 2026-12-01",
            state="part",
        ),
        Values(what="FCC approval for this exact version", note="none found", state="no"),
        Values(
            what="This phone’s path: factory to Pacific Devices to Northgate",
            note="",
            state="unknown",
        ),
    ]


def _events() -> list[Values]:
    return [
        Values(
            what="Ordered",
            when_iso="2026-11-20T10:00Z",
            when_text="20 November",
            note="",
            state="done",
        ),
        Values(
            what="Paid",
            when_iso="2026-11-20T10:01Z",
            when_text="20 November",
            note="$35.39",
            state="done",
        ),
        Values(
            what="On its way", when_iso="2026-11-22T08:00Z", when_text="today", note="", state="now"
        ),
        Values(what="With you", when_iso="", when_text="about 1 December", note="", state="later"),
    ]


def _order_steps() -> list[Values]:
    return [
        Values(label="Ordered", note="20 November", state="done"),
        Values(label="Paid", note="20 November", state="done"),
        Values(label="On its way", note="since today", state="now"),
        Values(label="With you", note="about 1 December", state="later"),
    ]


def _pages() -> Values:
    labels = ("1", "2", "3", "", "9")
    links = [
        Values(label=one, url=f"#{one}" if one else "", is_current=one == "2") for one in labels
    ]
    return Values(links=links, previous_url="#1", next_url="#3")


class _CheckoutForm(forms.Form):
    name = forms.CharField(label="Full name")
    email = forms.EmailField(
        label="E-mail", help_text="For the receipt and anything we must tell you."
    )
    floor = forms.CharField(label="Flat or floor", required=False)
    state = forms.ChoiceField(label="State", choices=[("NY", "New York"), ("CA", "California")])
    speed = forms.ChoiceField(
        label="Delivery",
        choices=[("s", "Standard, free"), ("e", "Express, $9.00")],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label="I have read the credit terms")


def _form() -> forms.Form:
    form = _CheckoutForm({"name": "Mira", "email": "mira@", "state": "NY"})
    form.is_valid()
    return form


def _stop() -> Values:
    return Values(
        title="Xiaomi Redmi 2 is no longer sold here",
        since_iso="2016-02-02T17:00Z",
        since_text="2 February 2016 at 12:00",
        reason="The brand says that it has no authorised phone distributor in this market.",
        ground="terms",
        buyers_text="Everyone who ordered it has been written to.",
        buyers_url="#bought",
    )


def _console() -> Values:
    def item(label: str, *, count: int = 0, is_current: bool = False) -> Values:
        return Values(url=f"#{label}", label=label, count=count, is_current=is_current)

    return Values(
        name="Console",
        rooms=[
            Values(label="Today", items=[item("Inbox", count=7), item("Orders", is_current=True)]),
            Values(label="Shelf", items=[item("Offers"), item("Review", count=12), item("Holds")]),
            Values(label="Money", items=[item("Ledger"), item("Payments")]),
        ],
        person_label="Ada, operator",
        leave_url="#leave",
    )


def _table() -> Values:
    states = (("paid", "good"), ("waiting", "part"), ("stopped", "bad"), ("draft", "info"))
    rows = [
        Values(
            url=f"#ord{at}",
            is_current=at == 1,
            cells=[
                Values(text=f"ord_01J{at:04d}"),
                Values(text="Mira"),
                Values(text=f"{brand} {model}"),
                Values(text=states[at % 4][0], kind=states[at % 4][1]),
                Values(text=gallery_shelf.dollars(minor), is_number=True),
            ],
        )
        for at, (brand, model, _, _, _, _, minor, _) in enumerate(gallery_shelf.SHELF)
    ]
    columns = [
        Values(label=one, is_number=one == "Total")
        for one in ("Order", "Buyer", "Phone", "State", "Total")
    ]
    return Values(caption="Orders", note="17 today", columns=columns, rows=rows)


def _stats() -> list[Values]:
    return [
        Values(label="Orders today", value="17", note="+4", kind=""),
        Values(label="Waiting for review", value="12", note="", kind="part"),
        Values(label="Holds in force", value="2", note="41 offers", kind="bad"),
        Values(label="Ledger difference", value="$0.00", note="", kind="good"),
    ]
