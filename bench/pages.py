"""
How many pages a second, against the same server's empty response.

Opens a demo shop of its own on a scratch database and drives it with wrk at 1 and 16 connections.
The ceiling is what the same server processes reach in the same run for an empty response that no
page code touches.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys

import httpx

from bandstand.config.cli.main import set_up_shop

CONNECTIONS = (1, 16)
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is missing (Debian: apt install wrk; macOS: brew install wrk)", file=sys.stderr)
        return 3
    figures = measure(options.seconds)
    print(json.dumps(figures) if options.json else table(figures))
    return 0


def measure(seconds: int) -> dict[str, object]:
    """Return requests a second, p50, p99 and the ratio to the ceiling, by page and connections."""
    set_up_shop()
    from bandstand.config.rehearsals.running import running_shop  # noqa: PLC0415 -- needs Django up

    with running_shop() as shop:
        shelf = httpx.get(f"{shop.base_url}/phones/?show=24").raise_for_status().text
        product = re.search(r'href="(/phones/[^"/]+/ofr_[^"]+)"', shelf)
        assert product is not None, "the shelf links to no product"
        paths = {
            "ceiling": "/healthz/empty",
            "home": "/",
            "shelf": "/phones/?show=24",
            "product": product[1],
        }
        figures: dict[str, object] = {}
        for connections in CONNECTIONS:
            rows = {
                name: wrk(shop.base_url + path, connections=connections, seconds=seconds)
                for name, path in paths.items()
            }
            for row in rows.values():
                row["ratio"] = round(row["requests_per_s"] / rows["ceiling"]["requests_per_s"], 3)
            figures[str(connections)] = rows
    return figures


def wrk(url: str, *, connections: int, seconds: int) -> dict[str, float]:
    """Return the figures of one wrk run; a response that is not 2xx or 3xx fails the bench."""
    assert httpx.get(url).is_success, url
    command = ["wrk", f"-c{connections}", "-t1", f"-d{seconds}s", "--latency", url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 -- a fixed tool
    assert "Non-2xx" not in text, text
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    assert rate is not None, text
    return {
        "requests_per_s": float(rate[1]),
        "p50_ms": latency(text, "50%"),
        "p99_ms": latency(text, "99%"),
    }


def latency(text: str, share: str) -> float:
    """Return a percentile of wrk's report in milliseconds."""
    found = re.search(rf"\s{share}\s+([\d.]+)(us|ms|s)", text)
    assert found is not None, text
    return round(float(found[1]) * UNITS[found[2]], 3)


def table(figures: dict[str, object]) -> str:
    """Return the figures as a table for people."""
    lines = [f"{'page':<10}{'conns':>6}{'req/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'of ceiling':>12}"]
    for connections, rows in figures.items():
        assert isinstance(rows, dict)
        lines += [
            f"{name:<10}{connections:>6}{row['requests_per_s']:>10.0f}{row['p50_ms']:>9.2f}"
            f"{row['p99_ms']:>9.2f}{row['ratio']:>12.3f}"
            for name, row in rows.items()
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
