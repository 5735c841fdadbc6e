"""Links between the pages of a list."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageLink:
    """One page of a list; without an address it is the gap between two."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class PageLinks:
    """What ``components/pagination.html`` takes."""

    links: tuple[PageLink, ...]
    previous_url: str
    next_url: str


def page_links(*, page: int, pages: int, address: Callable[[int], str]) -> PageLinks:
    """Return links to the first, the last, and the pages around this one."""
    shown = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    links: list[PageLink] = []
    for before, at in zip([0, *shown], shown, strict=False):
        if at - before > 1:
            links.append(PageLink("…", ""))
        links.append(PageLink(str(at), address(at), is_current=at == page))
    return PageLinks(
        links=tuple(links),
        previous_url=address(page - 1) if page > 1 else "",
        next_url=address(page + 1) if page < pages else "",
    )
