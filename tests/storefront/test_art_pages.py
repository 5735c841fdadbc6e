"""The components rendered together: what content policy, screen reader and law ask of them."""

import hashlib
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace as Values

import pytest
from django.template import Context, Engine

from bandstand.storefront.art.bars import mark_svg

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("index.html", "product.html", "parts.html", "stopped.html", "console.html")
TERMS = ("payments_text", "number_of_payments", "down_payment", "finance_charge", "apr", "total")


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gallery")
    command = [sys.executable, str(ROOT / "tools" / "gallery.py"), str(out)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603 -- our own tool
    return out


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids.extend(value for name, value in attrs if name == "id" and value)


def seen(page: Path) -> _Seen:
    parser = _Seen()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_inline_style_or_script_or_handler(gallery: Path, name: str) -> None:
    for tag, attributes in seen(gallery / name).tags:
        assert tag != "style"
        assert "style" not in attributes
        assert not [one for one in attributes if one.startswith("on")]
        assert tag != "script" or attributes.get("src")


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_unique_and_links_within_the_page_to_the_main_part_work(
    gallery: Path, name: str
) -> None:
    page = seen(gallery / name)

    assert len(page.ids) == len(set(page.ids))
    assert "main" in page.ids
    assert ("a", "#main") in [(tag, attributes.get("href")) for tag, attributes in page.tags]


@pytest.mark.parametrize("name", PAGES)
def test_page_asks_for_at_most_six_style_sheets_that_all_exist(gallery: Path, name: str) -> None:
    sheets = [
        str(attributes["href"])
        for tag, attributes in seen(gallery / name).tags
        if tag == "link" and attributes.get("rel") == "stylesheet"
    ]

    assert 0 < len(sheets) <= 6
    assert all((gallery / sheet.lstrip("/")).is_file() for sheet in sheets)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_asked_of_another_host(gallery: Path, name: str) -> None:
    for _, attributes in seen(gallery / name).tags:
        for key in ("src", "href"):
            assert not re.match(r"(https?:)?//", attributes.get(key) or "")


def rendered(template: str, **context: object) -> str:
    engine = Engine(dirs=[str(ROOT / "templates")])
    return engine.get_template(f"components/{template}").render(Context(context))


def disclosure(**changes: str) -> Values:
    values = {
        "month": "$17.87",
        "payment_lines": [Values(count="23 payments of", amount="$17.87")],
        "payments_text": "23 × $17.87 + 1 × $17.99",
        "number_of_payments": "24",
        "down_payment": "$0.00",
        "finance_charge": "$0.00",
        "apr": "0.00 %",
        "total": "$429.00",
    }
    return Values(**(values | changes))


@pytest.mark.parametrize("variant", ["card", "panel"])
def test_price_shows_the_month_beside_down_payment_number_total_and_apr(variant: str) -> None:
    shown = rendered(
        "price.html", price=Values(outright="$429.00"), disclosure=disclosure(), variant=variant
    )

    for words in ("$17.87", "24", "$0.00", "0.00 %", "APR", "$429.00", "in all"):
        assert words in shown


@pytest.mark.parametrize("variant", ["card", "panel"])
@pytest.mark.parametrize("lacking", TERMS)
def test_price_never_shows_a_month_that_lacks_a_term(variant: str, lacking: str) -> None:
    terms = disclosure(**{lacking: ""})

    shown = rendered(
        "price.html", price=Values(outright="$429.00"), disclosure=terms, variant=variant
    )

    assert "month" not in shown.replace("price-month", "")
    assert "$17.87" not in shown
    assert "$429.00" in shown


def test_price_ignores_a_month_that_stands_outside_the_disclosure() -> None:
    price = Values(outright="", month="$17.87", total="$429.00", disclosure=disclosure())

    assert rendered("price.html", price=price).strip() == ""


def test_empty_results_hide_the_pages() -> None:
    pages = Values(links=[], previous_url="", next_url="")

    assert rendered("pagination.html", pages=pages).strip() == ""


def test_values_from_outside_are_escaped_in_every_component() -> None:
    hostile = "<script>alert(1)</script>"

    shown = "".join(
        (
            rendered("alert.html", kind="bad", title=hostile, text=hostile),
            rendered("facts.html", facts=[Values(label=hostile, value=hostile)]),
            rendered("right_path.html", steps=[Values(what=hostile, note=hostile, state="no")]),
            rendered("pill.html", kind="", label=hostile),
        )
    )

    assert "<script>" not in shown
    assert shown.count("&lt;script&gt;") == 7


def test_logo_is_the_generated_mark() -> None:
    site = Values(home_url="/", operator_name="Lark")

    assert mark_svg() in rendered("logo.html", site=site)


def test_every_colour_token_has_a_light_and_a_dark_value() -> None:
    sheet = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")

    named = re.findall(
        r"--(ink|paper|card|line|brand|good|part|bad|none)(-[a-z0-9]+)?: ([^;]+);", sheet
    )
    assert len(named) > 20
    assert all(value.startswith(("light-dark(", "var(")) for _, _, value in named)


def vendored(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools" / "vendored.py"), *arguments]
    return subprocess.run(  # noqa: S603 -- our own tool
        command, check=False, capture_output=True, text=True, cwd=ROOT
    )


def test_vendored_files_are_as_the_manifest_says() -> None:
    checked = vendored()

    assert checked.returncode == 0, checked.stderr


def test_vendored_file_that_changed_is_named(tmp_path: Path) -> None:
    manifest = (ROOT / "static" / "vendored" / "MANIFEST.toml").read_text(encoding="utf-8")
    wrong = tmp_path / "MANIFEST.toml"
    real = hashlib.sha256((ROOT / "static/vendored/htmx/htmx.min.js").read_bytes()).hexdigest()
    wrong.write_text(manifest.replace(real, "0" * 64), encoding="utf-8")

    checked = vendored(str(wrong))

    assert checked.returncode == 1
    assert "htmx: static/vendored/htmx/htmx.min.js has sha256" in checked.stderr


def test_manifest_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    broken = tmp_path / "MANIFEST.toml"
    broken.write_text("[[vendored", encoding="utf-8")

    checked = vendored(str(broken))

    assert checked.returncode == 2
    assert "cannot read" in checked.stderr
