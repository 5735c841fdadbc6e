"""Check my phone: will the phone that somebody already has work here, and what to do next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.forms import Form

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import IdentifiedPhone, StoredFitRow, VariantPage, VariantRow
from bandstand.catalogue.queries.asked import fit_of_name
from bandstand.catalogue.rules import CatalogueNotFoundError
from bandstand.kernel.words import Answer
from bandstand.radio import Tier, sentence
from bandstand.radio.sentences import emergency_number_of
from bandstand.storefront.art.bars import FitBadge
from bandstand.storefront.art.phone_art import phone_svg
from bandstand.storefront.pages.cards import badge, shape_of
from bandstand.storefront.pages.fits import FitPanel, fit_panel
from bandstand.storefront.pages.on_sale import cheapest
from bandstand.storefront.pages.words import configuration_line
from bandstand.storefront.shop import Shop


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do next; the address is empty where there is nothing to open."""

    text: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class CheckedPhone:
    """The phone that was found, its fit, and what to do next."""

    title: str
    detail: str
    how: str
    art_svg: str
    tone: str
    fit: FitPanel
    steps: tuple[NextStep, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several versions of a name."""

    url: str
    code: str
    region: str
    fit: FitBadge


@dataclass(frozen=True, slots=True)
class Choices:
    """Several versions carry the name; the worst of them is what can be said without the code."""

    title: str
    sentence: str
    rows: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What the page says."""

    network_name: str
    imei_form: Form
    name_form: Form
    found: CheckedPhone | None = None
    choices: Choices | None = None
    is_unknown_imei: bool = False
    """The IMEI is sound and no table has it: the page says where the model code stands."""

    @property
    def form(self) -> Form:
        """The form that something is wrong with, if any, for the summary of errors."""
        return self.imei_form if self.imei_form.errors else self.name_form


def check_url(slug: str) -> str:
    """Return the address of the check of one exact version."""
    return f"/check/?{urlencode({'v': slug})}"


def by_imei(found: IdentifiedPhone, *, shop: Shop, now: datetime) -> CheckedPhone:
    """Return the check of the phone that an IMEI named."""
    how = (
        "Recognised by the first eight digits of its IMEI"
        f" ({found.source}, {found.certainty.value} certainty). The IMEI was not kept."
    )
    return checked(found.variant.slug, how=how, shop=shop, now=now)


def checked(slug: str, *, how: str = "", shop: Shop, now: datetime) -> CheckedPhone:
    """
    Return the check of one exact version.

    Raises: CatalogueNotFoundError for a slug that names none, or a thing that no network serves.
    """
    page, on = catalogue.variant_page(slug), shop.today(now)
    row = page.variant
    fit = catalogue.stored_fit(variant_id=row.id, network_id=shop.network.id, on=on)
    if fit is None:
        raise CatalogueNotFoundError(
            f"{row.title} joins no phone network, so there is nothing to check. Choose a phone."
        )
    shape = shape_of(brand=row.brand, model=row.model, category=row.category, colour="")
    return CheckedPhone(
        title=row.title,
        detail=configuration_line(f"model {row.code}" if row.code else "", row.region),
        how=how,
        art_svg=phone_svg(shape),
        tone=shape.tone,
        fit=_panel(fit, page=page, shop=shop, on=on),
        steps=tuple(next_steps(page, fit=fit, shop=shop)),
    )


def choices(rows: list[VariantRow], *, shop: Shop, now: datetime) -> Choices:
    """Return the versions that a name stands for, with what is true of the worst of them."""
    on, first = shop.today(now), rows[0]
    fits = catalogue.compared(rows, network_id=shop.network.id, on=on)
    said = ""
    if len({one.model_id for one in rows}) == 1:
        worst = fit_of_name(brand=first.brand, name=first.model, network_id=shop.network.id, on=on)
        said = sentence(worst, emergency_number=emergency_number_of(shop.network.code))
    return Choices(
        title=first.title,
        sentence=said,
        rows=tuple(
            Choice(
                url=check_url(one.variant.slug),
                code=configuration_line(
                    one.variant.title if one.variant.title != first.title else "",
                    one.variant.code or "no code",
                ),
                region=one.variant.region,
                fit=badge(one.fit.verdict.tier.value, label=one.fit.label),
            )
            for one in fits
        ),
    )


def next_steps(page: VariantPage, *, fit: StoredFitRow, shop: Shop) -> Iterator[NextStep]:
    """Return what somebody with this phone can do next, the first thing first."""
    network = shop.network.name
    works = fit.tier.rank >= Tier.LIMITED.rank
    if works:
        yield NextStep(
            "Check that the phone is unlocked. A phone that was sold by another carrier may refuse"
            " our SIM until that carrier unlocks it; look under Settings, About or SIM status."
        )
    if works and fit.body.get("emergency_calls") != Answer.YES.value:
        yield NextStep(
            "Ask the maker or us whether emergency calls are confirmed for this model. Do not try"
            " by calling the emergency number.",
            f"mailto:{shop.support_email}",
            shop.support_email,
        )
    if works and page.esim is not Answer.YES:
        yield NextStep("Plan for a SIM card: nobody has shown that this version takes an eSIM.")
    if fit.tier is Tier.UNKNOWN:
        yield NextStep(
            "Tell us what you know. A fact with a source, such as the maker’s page for this code,"
            " settles it.",
            f"mailto:{shop.support_email}",
            shop.support_email,
        )
    if fit.tier is Tier.BLOCKED:
        yield NextStep(
            f"It is a rule of {network}, not the radio, that stands in the way; no setting helps."
        )
    if not works or fit.tier is Tier.LIMITED:
        yield NextStep(f"See phones that work on {network}.", "/phones/", "The shelf")
    yield NextStep(
        "Put it beside another phone.",
        f"/compare/?{urlencode({'v': page.variant.slug})}",
        "Compare",
    )
    offer = cheapest([page.variant.id], shop=shop).get(page.variant.id)
    if offer is not None:
        yield NextStep("This exact version is on our shelf.", offer.url, f"{offer.price} in all")
    yield NextStep(f"See what changes on {network}.", "/network/", "Today and later")


def _panel(fit: StoredFitRow, *, page: VariantPage, shop: Shop, on: date) -> FitPanel:
    bands = catalogue.chart_bands(variant_id=page.variant.id, network_id=shop.network.id, on=on)
    return fit_panel(fit, variant=page, bands=bands, network_name=shop.network.name)
