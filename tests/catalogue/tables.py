"""Small tables, written to a directory as the loader finds them."""

from pathlib import Path

MARKETS = "code,name,currency,members,regimes,time_zone,locale\n"
CATEGORIES = "slug,name,parent,is_radio\nphone,Phones,,yes\n"
BRANDS = "slug,name,parent,other_names\naster,Aster,,Aster Mobile\nbud,Bud,aster,\n"
NETWORKS = "mcc,mnc,operator,host,rat,band,role,from_date,to_date,source,certainty\n"
DEVICES = (
    "brand,model,model_code,region,rat,bands,volte,esim,fcc_id,release_date,"
    "source,certainty,notes\n"
)


def write_tables(folder: Path, **tables: str) -> Path:
    """Write tables by name; categories and brands are there unless told."""
    for name, text in {"categories": CATEGORIES, "brands": BRANDS, **tables}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def device(
    *,
    brand: str = "Aster",
    code: str = "AS1",
    rat: str = "LTE",
    bands: str = "2 4",
    volte: str = "yes",
    source: str = "maker",
) -> str:
    """Return a line of the device table."""
    return f"{brand},One,{code},US,{rat},{bands},{volte},no,,2020-01-01,{source},high,\n"


def network(
    *,
    code: str = "999-01",
    name: str = "Lark Host",
    rat: str = "LTE",
    band: str = "2",
    role: str = "primary",
    host: str = "",
    to: str = "",
) -> str:
    """Return a line of a network table."""
    mcc, _, mnc = code.partition("-")
    return f"{mcc},{mnc},{name},{host},{rat},{band},{role},2016-01-01,{to},carrier,high\n"
