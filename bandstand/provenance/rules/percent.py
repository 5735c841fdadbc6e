"""
Percent-encoding of identifiers: the characters that GS1 keys may hold, raw and escaped.

Sources: GS1 EPC Tag Data Standard 2.0, table A-1 (characters a serial may hold and their escapes);
GS1 Digital Link 1.2, section 7.1 (characters that are escaped in a path). Both from general
knowledge of the documents, checked 2026-11-22 against the published event hash examples.
"""

import re
from typing import Final

RAW: Final = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+")
KEPT: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._'~;="
)  # every other character of a serial is escaped in a Digital Link
ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")


def unescaped(text: str) -> str | None:
    """Return the characters that an escaped serial stands for; None if it may not hold them."""
    raw = ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if text.count("%") != len(ESCAPE.findall(text)) or not RAW.fullmatch(raw):
        return None
    return raw


def escaped(raw: str) -> str:
    """Return a serial as the path of a Digital Link writes it."""
    return "".join(letter if letter in KEPT else f"%{ord(letter):02X}" for letter in raw)
