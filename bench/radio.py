"""
How fast fits are: one explained fit, and the tiers of 40,000 variants on 1,600 networks.

    python bench/radio.py --json

Each figure stands beside a ceiling measured in the same run: a bare loop over the same work with
the rules left out. Variants and networks are synthetic, drawn from a fixed seed.
"""

import argparse
import json
import random  # noqa: TID251 -- a seeded generator of synthetic variants
import resource
import sys
import time
from collections.abc import Callable
from datetime import date

from bandstand.kernel.words import Answer
from bandstand.radio import (
    Capability,
    Matrix,
    NetworkProfile,
    ProfileBand,
    Role,
    Tier,
    TierRow,
    fit,
)
from bandstand.radio.bands import bands_by_name
from bandstand.radio.capability import BandClaim
from bandstand.radio.rats import Rat

VARIANTS = 40_000
NETWORKS = 1_600
ON = date(2026, 11, 22)
FIT_MICROSECONDS_MAX = 100
MATRIX_SECONDS_MAX = 10
MEMORY_MIB_MAX = 1024
SAMPLE = 2_000


def synthetic_phones(generator: random.Random, count: int) -> list[Capability]:
    pools = {rat: list(bands_by_name(rat).values()) for rat in (Rat.GSM, Rat.UMTS, Rat.LTE, Rat.NR)}
    sizes = {Rat.GSM: (2, 4), Rat.UMTS: (2, 6), Rat.LTE: (6, 30), Rat.NR: (0, 22)}
    return [
        Capability(
            brand="Aster",
            code=f"AST-{at}",
            claims=tuple(
                BandClaim(band=one)
                for rat, pool in pools.items()
                for one in generator.sample(pool, generator.randint(*sizes[rat]))
            ),
            volte=generator.choice([Answer.YES, Answer.YES, Answer.UNKNOWN, Answer.NO]),
            psim=Answer.YES,
        )
        for at in range(count)
    ]


def synthetic_networks(generator: random.Random, count: int) -> list[NetworkProfile]:
    pool = [
        one
        for rat in (Rat.GSM, Rat.UMTS, Rat.LTE, Rat.LTE, Rat.LTE, Rat.NR)
        for one in bands_by_name(rat).values()
        if one.is_serving
    ]
    roles = [Role.PRIMARY, Role.PRIMARY, Role.SECONDARY, Role.LIMITED]
    return [
        NetworkProfile(
            key=f"999-{at:04}",
            rows=tuple(
                ProfileBand(
                    band=one,
                    role=generator.choice(roles),
                    until_date=generator.choice([None, None, date(2024, 1, 1)]),
                )
                for one in generator.sample(pool, generator.randint(5, 16))
            ),
        )
        for at in range(count)
    ]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def one_fit(phones: list[Capability], networks: list[NetworkProfile]) -> dict[str, float]:
    pairs = [(phones[at % 50], networks[at % 40]) for at in range(SAMPLE)]
    for phone, network in pairs:
        fit(phone, network, on=ON)  # the second reading of a phone or network is the usual one
    explained = min(
        seconds(lambda: [fit(phone, network, on=ON) for phone, network in pairs]) for _ in range(3)
    )
    living = {id(network): network.living(ON) for _, network in pairs}
    bare = min(
        seconds(
            lambda: [
                phone.bands & living[id(network)].bands >= living[id(network)].primaries
                for phone, network in pairs
            ]
        )
        for _ in range(3)
    )
    return {
        "figure_microseconds": explained / SAMPLE * 1e6,
        "ceiling_microseconds": bare / SAMPLE * 1e6,
        "ratio": explained / bare,
        "target_microseconds": FIT_MICROSECONDS_MAX,
    }


def whole_matrix(phones: list[Capability], networks: list[NetworkProfile]) -> dict[str, float]:
    start = time.perf_counter()
    matrix = Matrix(phones, on=ON)
    rows = [matrix.tiers(network) for network in networks]
    took = time.perf_counter() - start
    assert_same_as_fit(rows, phones=phones, networks=networks)
    bare = seconds(lambda: [bare_row(matrix, network) for network in networks])
    return {
        "figure_seconds": took,
        "pairs": len(phones) * len(networks),
        "ceiling_seconds": bare,
        "ratio": took / bare,
        "target_seconds": MATRIX_SECONDS_MAX,
        "full": sum(row.members[Tier.FULL].bit_count() for row in rows),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "target_mib": MEMORY_MIB_MAX,
    }


def bare_row(matrix: Matrix, network: NetworkProfile) -> tuple[int, int]:
    """Compare masks and nothing more: the variants with any, and with every band of a network."""
    any_of, all_of = 0, -1
    for one in network.living(ON).rows:
        mask = matrix.with_band(one)
        any_of |= mask
        all_of &= mask
    return any_of, all_of


def assert_same_as_fit(
    rows: list[TierRow], *, phones: list[Capability], networks: list[NetworkProfile]
) -> None:
    for at in range(SAMPLE):
        network, phone = at * 7 % len(networks), at * 131 % len(phones)
        expected = fit(phones[phone], networks[network], on=ON).tier
        assert rows[network].tier_of(phone) is expected


def is_on_target(report: dict[str, dict[str, float]]) -> bool:
    one, many = report["explained_fit"], report["matrix"]
    return (
        one["figure_microseconds"] < FIT_MICROSECONDS_MAX
        and many["figure_seconds"] < MATRIX_SECONDS_MAX
        and many["peak_mib"] < MEMORY_MIB_MAX
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    generator = random.Random(20261122)  # noqa: S311 -- synthetic data, no secret
    phones = synthetic_phones(generator, VARIANTS)
    networks = synthetic_networks(generator, NETWORKS)
    report = {
        "explained_fit": one_fit(phones, networks),
        "matrix": whole_matrix(phones, networks),
    }
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        for name, figures in report.items():
            print(name, *(f"{key}={value:,.2f}" for key, value in figures.items()))
    return 0 if is_on_target(report) else 1


if __name__ == "__main__":
    sys.exit(main())
