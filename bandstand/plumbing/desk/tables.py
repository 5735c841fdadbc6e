"""Tables and lists as ``console/parts/`` takes them: plain frozen values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bandstand.plumbing.desk.asking import Asking


@dataclass(frozen=True, slots=True)
class Column:
    """A column; with ``sort`` its heading is a link that orders the list by that word."""

    label: str
    is_number: bool = False
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head as shown."""

    label: str
    is_number: bool = False
    url: str = ""
    order: str = ""
    """ascending or descending, where the list is ordered by this column."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a table; ``kind`` makes a pill of it, ``iso`` a time."""

    text: str
    kind: str = ""
    url: str = ""
    note: str = ""
    iso: str = ""
    is_pill: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row; the first cell leads to ``url``."""

    cells: tuple[Cell, ...]
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption."""

    caption: str
    columns: tuple[Heading, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure at a glance."""

    label: str
    value: str
    note: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A key and its value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A select of a list's filter form."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DayField:
    """A day of a list's filter form, as YYYY-MM-DD or empty."""

    name: str
    label: str
    value: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page that is a list: figures, a picture, filters, a table, its pages and its export."""

    title: str
    table: Table
    pages: PageLinks
    lead: str = ""
    text: str = ""
    text_label: str = ""
    """The label of the search field; empty for none."""
    filters: tuple[Filter, ...] = ()
    days: tuple[DayField, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    """Names and values that the form sends along unseen."""
    stats: tuple[Stat, ...] = ()
    picture: str = ""
    problems: tuple[str, ...] = ()
    export_url: str = ""
    clear_url: str = ""
    """Where the same list is without filters; empty while none is set."""
    sort: str = ""
    action_url: str = ""
    action_label: str = ""
    empty_title: str = "Nothing here"
    empty_text: str = ""
    sections: tuple[Table, ...] = field(default=())
    """Further tables below the list."""


def headings(columns: Sequence[Column], *, asking: Asking, sort: str) -> tuple[Heading, ...]:
    """
    Return the heads of a table; one that orders the list leads to the list ordered by it.

    A sort word with a minus before it is the other way round.
    """
    return tuple(_heading(column, asking=asking, sort=sort) for column in columns)


def plain_headings(*columns: Column) -> tuple[Heading, ...]:
    """Return the heads of a table that nobody orders."""
    return tuple(Heading(label=one.label, is_number=one.is_number) for one in columns)


def sort_words(columns: Sequence[Column]) -> dict[str, str]:
    """Return every word that a list can be ordered by, both ways, with its label."""
    words: dict[str, str] = {}
    for column in columns:
        if column.sort:
            words[column.sort] = f"{column.label}, ascending"
            words[f"-{column.sort}"] = f"{column.label}, descending"
    return words


def select(
    name: str, label: str, *, values: dict[str, str], chosen: str, any_label: str = ""
) -> Filter:
    """Return a select over known values; ``any_label`` stands for no choice."""
    unset = (Choice("", any_label, is_chosen=not chosen),) if any_label else ()
    return Filter(
        name=name,
        label=label,
        choices=unset
        + tuple(Choice(value, said, is_chosen=value == chosen) for value, said in values.items()),
    )


def page_links(*, page: int, pages: int, address: Callable[[int], str]) -> PageLinks:
    """Return links to the first, the last, and the pages around this one."""
    near = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    links: list[PageLink] = []
    for before, at in zip([0, *near], near, strict=False):
        if at - before > 1:
            links.append(PageLink("…", ""))
        links.append(PageLink(str(at), address(at), is_current=at == page))
    return PageLinks(
        links=tuple(links),
        previous_url=address(page - 1) if page > 1 else "",
        next_url=address(page + 1) if page < pages else "",
    )


ONE_PAGE = PageLinks(links=(), previous_url="", next_url="")


def pill(text: str, kind: str = "", *, note: str = "") -> Cell:
    """Return a state in one word."""
    return Cell(text, kind=kind, is_pill=True, note=note)


def number(text: object) -> Cell:
    """Return a figure, set to the right."""
    return Cell(str(text), is_number=True)


def _heading(column: Column, *, asking: Asking, sort: str) -> Heading:
    if not column.sort:
        return Heading(label=column.label, is_number=column.is_number)
    order = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(sort, "")
    wanted = f"-{column.sort}" if order == "ascending" else column.sort
    return Heading(
        label=column.label,
        is_number=column.is_number,
        url=asking.address(sort=wanted, page=""),
        order=order,
    )
