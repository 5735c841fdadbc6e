"""Streamlined Sales Tax files as a state publishes them, line by line."""

from bandstand.plumbing import clock
from bandstand.tax import services
from bandstand.tax.services import SstPreview

ACTOR = "ada@lark.example.org"
OPEN = "99991231"


def rate_line(
    kind: str, code: str, rate: str, *, begins: str = "20240101", ends: str = OPEN
) -> str:
    """Return a line of Kansas' rate file."""
    return f"20,{kind},{code},{rate},{rate},0,0,{begins},{ends}\n"


def boundary_line(  # noqa: PLR0913 -- a line has these fields
    kind: str = "Z",
    *,
    low: str = "66002",
    high: str = "",
    ext: tuple[str, str] = ("", ""),
    county: str = "005",
    place: str = "",
    districts: str = "",
    indicator: str = "20",
    begins: str = "20240101",
    ends: str = OPEN,
) -> str:
    """Return a line of Kansas' boundary file: a ZIP range, or an address with kind A."""
    fields = [kind, begins, ends, *[""] * 26]
    if kind == "A":
        fields[15], fields[16] = low, ext[0]
    else:
        fields[17:21] = [low, ext[0], high or low, ext[1]]
    fields[22:26] = ["20", indicator, county, place]
    return ",".join(fields) + districts + "\n"


RATES = (
    rate_line("45", "20", "0.065")
    + rate_line("00", "005", "0.0125")
    + rate_line("01", "02900", "0.01")
)
"""Kansas 6.5 %, a county 1.25 %, a city 1 %."""


def load(text: str, *, name: str = "KS.csv", leaves_out_refused: bool = False) -> SstPreview:
    """Load a file as an operator would."""
    return services.load_sst(
        lines=text.splitlines(keepends=True),
        name=name,
        actor=ACTOR,
        now=clock.now(),
        leaves_out_refused=leaves_out_refused,
    )
