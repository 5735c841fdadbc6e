import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers import services as offer_services
from bandstand.offers.models import Offer
from bandstand.plumbing import clock
from tests.factories import catalogue, gate, offers
from tests.storefront.conftest import World, url_of

CHIP = re.compile(r'class="chip chip-off" href="([^"]+)"><span[^>]*>[^<]*</span>([^<]+)')


def text_of(client: Client, url: str, *, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_home_lists_every_phone_with_fit_and_whole_price(world: World, shopper: Client) -> None:
    for number in range(3):
        world.phone(f"Alpha {number}")
    world.phone("Omega", tier="none")

    shown = text_of(shopper, "/")

    assert shown.count('class="phone-row"') == 4
    rows = shown.split('class="phone-row"')[1:]
    assert all('class="fit fit-' in row and "24 payments" in row and "APR" in row for row in rows)
    assert "4 phones on sale, 3 of them work" in shown


def test_home_of_an_empty_shop_says_so(shopper: Client) -> None:
    assert "Nothing is on sale yet" in text_of(shopper, "/")


@pytest.mark.django_db
def test_shop_without_operator_is_a_page_and_not_a_crash() -> None:
    shown = text_of(Client(), "/", status=404)

    assert "No operator was named yet" in shown


def test_shelf_leaves_out_what_does_not_work_unless_asked(world: World, shopper: Client) -> None:
    world.phone("Works")
    world.phone("Fails", tier="none")
    world.phone("Riddle", tier="unknown")

    default, anyway = text_of(shopper, "/phones/"), text_of(shopper, "/phones/?works=any")

    assert "Works</a>" in default
    assert "Fails</a>" not in default
    assert "Riddle</a>" not in default
    assert "2 more are on sale that would not work" in default
    assert all(name in anyway for name in ("Works</a>", "Fails</a>", "Riddle</a>"))


@pytest.mark.parametrize(
    ("asked", "chip", "left"),
    [
        ("brand=bee", "Bee", {"Bee"}),
        ("max=15", "Up to $15.00 monthly", {"Aster"}),
        ("condition=new", "New", {"Aster", "Bee"}),
        ("q=bee", "“bee”", {"Bee"}),
        ("seller=northgate", "From Northgate", {"Aster", "Bee"}),
        ("5g=yes", "5G works here", {"Aster", "Bee"}),
        ("5g=no", "Without 5G here", set()),
        ("esim=yes", "eSIM", set()),
    ],
)
def test_each_filter_has_a_chip_that_takes_it_off(
    world: World, shopper: Client, asked: str, chip: str, left: set[str]
) -> None:
    world.phone("One", brand="Aster", price=Money(30_000, "USD"))
    world.phone("Two", brand="Bee", price=Money(90_000, "USD"))

    shown = text_of(shopper, f"/phones/?{asked}&show=24")

    cards = re.findall(r'<h3><a href="/phones/[^"]+">([^<]+)</a>', shown)
    assert {name.split()[0] for name in cards} == left
    taken_off = CHIP.search(shown)
    assert taken_off is not None
    assert taken_off[2] == chip
    assert "show=24" in taken_off[1]
    assert asked.split("=", maxsplit=1)[0] + "=" not in taken_off[1]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("max=cheap", "is not a plain number"),
        ("sort=pricee", "Did you mean price?"),
        ("condition=mint", "is not a condition. Choose one of new, refurbished, used"),
        ("page=x", "is not a page"),
        ("show=lots", "is not how many to show"),
        ("5g=maybe", "is not an answer"),
        ("works=sometimes", "is not a choice"),
        ("brand=astr", "Did you mean Aster?"),
        ("seller=northgat", "Did you mean Northgate?"),
    ],
)
def test_bad_filter_is_named_with_how_to_mend_it(
    world: World, shopper: Client, asked: str, told: str
) -> None:
    world.phone()

    assert told in text_of(shopper, f"/phones/?{asked}").replace("&#x27;", "'")


def test_shelf_is_paged_and_keeps_its_filters(world: World, shopper: Client) -> None:
    for number in range(26):
        world.phone(f"P{number:02}")

    first = text_of(shopper, "/phones/?show=24&sort=name&condition=new")
    second = text_of(shopper, "/phones/?show=24&sort=name&condition=new&page=2")

    assert first.count('<article class="card">') == 24
    assert second.count('<article class="card">') == 2
    assert re.search(r'href="/phones/\?[^"]*condition=new[^"]*page=2"[^>]*rel="next"', first)
    assert 'aria-current="page"><span class="visually-hidden">Page </span>2' in second


def test_things_without_a_network_stand_apart(world: World, shopper: Client) -> None:
    world.phone()
    band = world.phone("Band")
    model = band.variant.model
    model.category = catalogue.category(slug="wearable")
    model.save()

    assert "Band</a>" not in text_of(shopper, "/phones/")
    wearables = text_of(shopper, "/phones/?category=wearable")
    assert "Band</a>" in wearables
    assert "Needs no phone network" in wearables


@pytest.mark.parametrize("path", ["/", "/phones/"])
def test_number_of_queries_does_not_grow_with_the_shelf(
    world: World, shopper: Client, path: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            text_of(shopper, path)
        return len(seen)

    world.phone("One")
    text_of(shopper, path)
    one = queries()
    world.phone("Two")
    world.phone("Three")

    assert queries() == one


def test_product_page_answers_the_three_questions(world: World, shopper: Client) -> None:
    offer = world.phone("One", price=Money(49_900, "USD"))

    shown = text_of(shopper, url_of(offer))

    assert "Will it work on Network 310-260? Yes" in shown
    assert "May Northgate sell it here? Yes" in shown
    assert 'role="img"' in shown
    assert "The chart in words" in shown
    for words in (
        "23 payments of",
        "$20.79",
        "1 payment of",
        "APR",
        "0.00 %",
        "$499.00",
        "Due today: first payment",
    ):
        assert words in shown
    assert "csrfmiddlewaretoken" in shown


def test_months_in_the_address_choose_the_plan(world: World, shopper: Client) -> None:
    offer = world.phone()

    outright = text_of(shopper, f"{url_of(offer)}?months=outright")
    nonsense = text_of(shopper, f"{url_of(offer)}?months=999")

    assert 'value="outright" checked' in outright
    assert 'value="24" checked' in nonsense


def test_other_offers_cost_no_query_each(world: World, shopper: Client) -> None:
    offer = world.phone()
    url = url_of(offer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            text_of(shopper, url)
        return len(seen)

    def another(colour: str) -> None:
        offers.offer(seller=world.seller, variant=offer.variant, colour=colour)

    another("Red")
    text_of(shopper, url)
    one = queries()
    another("Blue")
    another("Green")

    assert queries() == one
    assert "256 GB · Green · new · Northgate" in text_of(shopper, url)


def test_wrong_name_in_the_address_leads_to_the_right_one(world: World, shopper: Client) -> None:
    offer = world.phone()

    answer = shopper.get(f"/phones/nonsense/{print_id(IdKind.OFFER, offer.id)}/")

    assert answer.status_code == 301
    assert answer["Location"] == url_of(offer)


@pytest.mark.parametrize("printed", ["ofr_1", "ofr_" + "0" * 26, "ord_" + "0" * 26, "x"])
def test_unknown_offer_is_a_designed_404(shopper: Client, printed: str) -> None:
    assert "This is not here" in text_of(shopper, f"/phones/any/{printed}/", status=404)


def test_draft_is_nobodys_to_learn_of(shopper: Client) -> None:
    draft = Offer.objects.get(pk=offers.draft(seller=None))

    assert draft.variant.model.name not in text_of(shopper, url_of(draft), status=404)


def test_held_phone_is_gone_with_reason_since_when_and_what_instead(
    world: World, shopper: Client
) -> None:
    offer = world.phone("One")
    world.phone("Two", brand="Bee")
    hold = gate.hold(brand_id=offer.variant.model.brand_id, reason="Aster has no channel here.")

    shown = text_of(shopper, url_of(offer), status=410)

    assert "Aster One is no longer sold here" in shown
    assert "Aster has no channel here." in shown
    assert hold.effective_at.isoformat() in shown
    assert "Bee Two" in shown
    assert "Add to basket" not in shown
    assert "Aster One" not in text_of(shopper, "/phones/")
    assert "Aster One" not in text_of(shopper, "/")
    assert "Aster has no channel here." in text_of(shopper, "/stopped/")

    gate.lift(hold.id)

    assert "Add to basket" in text_of(shopper, url_of(offer))
    assert "Aster has no channel here." not in text_of(shopper, "/stopped/")


def test_withdrawn_phone_is_gone(world: World, shopper: Client) -> None:
    offer = world.phone()
    offer_services.withdraw(offer_id=offer.id, actor="nora", now=clock.now())

    assert "Northgate no longer offers it here." in text_of(shopper, url_of(offer), status=410)


def test_sold_out_phone_says_so_with_what_instead(world: World, shopper: Client) -> None:
    offer = world.phone("One", units=0)
    world.phone("Two")

    shown = text_of(shopper, url_of(offer))

    assert "Sold out" in shown
    assert "Add to basket" not in shown
    assert "Aster Two" in shown


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def pages(offer_url: str) -> Iterator[str]:
    yield from ("/", "/phones/", offer_url, "/basket/", "/stopped/", "/how-we-decide/")
    yield from ("/account/login/", "/account/signup/", "/account/password/reset/", "/nowhere/")


def test_no_page_has_inline_style_script_or_foreign_host(world: World, shopper: Client) -> None:
    for url in pages(url_of(world.phone())):
        answer = shopper.get(url)
        tags = _Tags()
        tags.feed(answer.content.decode())
        ids = [attributes["id"] for _, attributes in tags.found if attributes.get("id")]
        assert len(ids) == len(set(ids)), url
        assert [name for name, _ in tags.found].count("h1") == 1, url
        for tag, attributes in tags.found:
            assert tag != "style", url
            assert "style" not in attributes, url
            assert tag != "script" or attributes.get("src"), url
            assert not [one for one in attributes if one.startswith("on")], url
        assert "unsafe" not in answer["Content-Security-Policy"]


def test_account_pages_wear_the_shops_frame(shopper: Client) -> None:
    for url in ("/account/login/", "/account/signup/", "/account/password/reset/"):
        assert "<span>Lark Mobile</span>" in text_of(shopper, url)


def test_seller_cannot_write_html_into_a_page(world: World, shopper: Client) -> None:
    offer = world.phone("<script>alert(1)</script>")

    for url in ("/", "/phones/", url_of(offer)):
        assert "<script>alert" not in text_of(shopper, url)


def test_looking_around_opens_no_session(world: World, shopper: Client) -> None:
    offer = world.phone()

    for url in ("/", "/phones/", url_of(offer), "/basket/"):
        shopper.get(url)

    assert "sessionid" not in shopper.cookies


def test_robots_are_kept_out_of_what_is_private(shopper: Client) -> None:
    assert "Disallow: /order/" in text_of(shopper, "/robots.txt")


@pytest.mark.usefixtures("world")
def test_csrf_failure_is_a_designed_page() -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/basket/add/", {"offer": "ofr_x"})

    assert answer.status_code == 403
    assert "Please send that once more" in answer.content.decode()
