"""
Check that what is vendored is what its manifest says: every file there, every hash equal.

Usage: python tools/vendored.py [MANIFEST]. Exit code 0 all equal, 1 a difference, 2 a manifest that
cannot be read.
"""

import hashlib
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
MANIFEST: Final = ROOT / "static" / "vendored" / "MANIFEST.toml"
_KEYS: Final = ("name", "version", "licence", "licence_file", "file", "sha256", "npm_package")


def differences(manifest: Path, *, root: Path) -> list[str]:
    """
    Return one sentence for each thing that is not as the manifest says, none if all is well.

    Also names files beside the manifest that no entry claims.

    Raises: OSError, tomllib.TOMLDecodeError.
    """
    entries = tomllib.loads(manifest.read_text(encoding="utf-8")).get("vendored", [])
    found = [sentence for entry in entries for sentence in _entry_differences(entry, root=root)]
    claimed = {
        root / str(entry[key])
        for entry in entries
        for key in ("file", "licence_file")
        if key in entry
    }
    strays = sorted(set(_files_beside(manifest)) - claimed)
    return found + [
        f"{path.relative_to(manifest.parent)}: not in the manifest; add an entry or remove it"
        for path in strays
    ]


def _files_beside(manifest: Path) -> list[Path]:
    return [path for path in manifest.parent.rglob("*") if path.is_file() and path != manifest]


def _entry_differences(entry: dict[str, str], *, root: Path) -> list[str]:
    name = entry.get("name", "an entry without a name")
    missing = [key for key in _KEYS if not entry.get(key)]
    if missing:
        return [f"{name}: the manifest lacks {', '.join(missing)}"]
    absent = [entry[key] for key in ("file", "licence_file") if not (root / entry[key]).is_file()]
    if absent:
        return [f"{name}: {path} is missing" for path in absent]
    actual = hashlib.sha256((root / entry["file"]).read_bytes()).hexdigest()
    if actual == entry["sha256"]:
        return []
    return [f"{name}: {entry['file']} has sha256 {actual}, the manifest says {entry['sha256']}"]


def main(arguments: list[str]) -> int:
    manifest = Path(arguments[0]) if arguments else MANIFEST
    try:
        found = differences(manifest, root=ROOT)
    except (OSError, tomllib.TOMLDecodeError) as error:
        print(f"cannot read {manifest}: {error}", file=sys.stderr)
        return 2
    for sentence in found:
        print(sentence, file=sys.stderr)
    if not found:
        print("vendored files are as the manifest says")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
