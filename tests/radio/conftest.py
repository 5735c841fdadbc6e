import csv
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bandstand.radio import (
    NetworkDirectory,
    VariantDirectory,
    capabilities_of_rows,
    networks_of_rows,
)

DATA = Path(__file__).parent / "data"


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cases_of(name: str) -> list[Mapping[str, object]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


@pytest.fixture(scope="session")
def variants() -> VariantDirectory:
    return VariantDirectory(capabilities_of_rows(rows_of("devices.csv")))


@pytest.fixture(scope="session")
def networks() -> NetworkDirectory:
    return NetworkDirectory(
        networks_of_rows([*rows_of("networks_us.csv"), *rows_of("networks_other.csv")])
    )
