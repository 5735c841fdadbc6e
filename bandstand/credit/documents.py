"""
An agreement as bytes: accessible HTML that stands alone, and the same as a PDF.

The PDF needs Pango and its friends on the machine (weasyprint draws through them). Where they are
missing the HTML stands alone, and the shop says so instead of failing.
"""

import re
from functools import cache
from typing import Final

import structlog
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from bandstand.credit.rules.agreement import AgreementText
from bandstand.credit.rules.amendment import Amendment

logger = structlog.get_logger(__name__)

STYLESHEET: Final = "css/agreement.css"
LINK: Final = re.compile(r'<link rel="stylesheet" href="[^"]*">')


def agreement_html(agreement: AgreementText, *, stylesheet: str) -> str:
    """Return an agreement as a page; its style is a file, which a strict policy allows."""
    return render_to_string(
        "credit/agreement.html",
        {
            "agreement": agreement,
            "language": agreement.facts.locale.replace("_", "-"),
            "stylesheet": stylesheet,
        },
    )


def amendment_html(amendment: Amendment, *, stylesheet: str, locale: str) -> str:
    """Return a change of a plan as a page, in the agreement's own style."""
    return render_to_string(
        "credit/amendment.html",
        {
            "amendment": amendment,
            "language": locale.replace("_", "-"),
            "stylesheet": stylesheet,
        },
    )


@cache
def can_draw() -> bool:
    """Say whether this machine has what PDFs are drawn with."""
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: F401, PLC0415 -- loads system libraries that a machine may lack
    except OSError as missing:
        logger.warning("credit.pdf_unavailable", error=str(missing).splitlines()[0])
        return False
    return True


def agreement_pdf(html: str) -> bytes | None:
    """Return the page as a tagged PDF, or nothing where this machine cannot draw one."""
    if not can_draw():
        return None
    import weasyprint  # noqa: PLC0415 -- see can_draw

    # No address is fetched: the style is given, and the page has no pictures.
    document = weasyprint.HTML(string=LINK.sub("", html), url_fetcher=_refuse)
    style = weasyprint.CSS(string=_style())
    drawn = document.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    assert isinstance(drawn, bytes)  # noqa: S101 -- bytes unless a file is named
    return drawn


def _refuse(url: str, *arguments: object, **named: object) -> dict[str, object]:
    raise ValueError(f"an agreement fetches nothing, not even {url[:60]} {arguments} {named}")


@cache
def _style() -> str:
    found = finders.find(STYLESHEET)
    assert isinstance(found, str)  # noqa: S101 -- it is a file of this project
    with open(found, encoding="utf-8") as handle:  # noqa: PTH123 -- finders give text paths
        return handle.read()
