"""
Reading a PDF without trusting it: which actions it holds, and what words it shows.

Nothing is run or drawn. Streams are opened within a budget, names are read with their hex escapes,
and words are taken where they stand plainly; a scan gives none, and its readers look themselves.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

OPENED_MAX: Final = 32 * 1024 * 1024
"""How many bytes all streams together may open to: 10 MB of letter need no more."""
STREAMS_MAX: Final = 4_000
TAIL: Final = 1024
WORDS_MAX: Final = 1024 * 1024
STREAM: Final = re.compile(rb"stream\r?\n")
SHOWN: Final = re.compile(rb"\(((?:[^()\\]|\\.)*)\)\s*(?:Tj|'|\")|\[((?:[^\[\]\\]|\\.)*)\]\s*TJ")
PART: Final = re.compile(rb"\(((?:[^()\\]|\\.)*)\)")
ESCAPES: Final = {b"n": b"\n", b"r": b"\n", b"t": b" ", b"b": b"", b"f": b""}
ESCAPE: Final = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r?\n)")
FOREIGN: Final = (b"<html", b"<script", b"<?php", b"MZ\x90\x00", b"PK\x03\x04", b"\x7fELF")


class PdfFlag(StrEnum):
    """Something in a PDF that its readers must know before they open it."""

    JAVASCRIPT = "javascript"
    LAUNCH = "launch"
    """It can start a program."""
    OPENS_BY_ITSELF = "opens_by_itself"
    ATTACHMENT = "attachment"
    FORM = "form"
    SENDS = "sends"
    """It can send what is typed, or call an address."""
    RICH_MEDIA = "rich_media"
    NOT_ALL_READ = "not_all_read"
    """It opens to more than was read; judge it by eye."""


ENCRYPT: Final = b"Encrypt"
FLAGS_BY_NAME: Final = {
    b"JavaScript": PdfFlag.JAVASCRIPT,
    b"JS": PdfFlag.JAVASCRIPT,
    b"Launch": PdfFlag.LAUNCH,
    b"OpenAction": PdfFlag.OPENS_BY_ITSELF,
    b"AA": PdfFlag.OPENS_BY_ITSELF,
    b"EmbeddedFile": PdfFlag.ATTACHMENT,
    b"EmbeddedFiles": PdfFlag.ATTACHMENT,
    b"AcroForm": PdfFlag.FORM,
    b"XFA": PdfFlag.FORM,
    b"SubmitForm": PdfFlag.SENDS,
    b"ImportData": PdfFlag.SENDS,
    b"GoToR": PdfFlag.SENDS,
    b"GoToE": PdfFlag.ATTACHMENT,
    b"RichMedia": PdfFlag.RICH_MEDIA,
    b"Movie": PdfFlag.RICH_MEDIA,
    b"Sound": PdfFlag.RICH_MEDIA,
}


class PdfUnreadableError(ValueError):
    """A PDF that is damaged, locked, or another kind of file as well."""


def _telling_names() -> re.Pattern[bytes]:
    """Return a pattern for the names above, each letter plain or as its hex escape."""
    spelled = (
        b"".join(b"(?:%c|#%02x|#%02X)" % (letter, letter, letter) for letter in name)
        for name in sorted({*FLAGS_BY_NAME, ENCRYPT}, key=len, reverse=True)
    )
    firsts = bytes(sorted({name[0] for name in (*FLAGS_BY_NAME, ENCRYPT)}))
    # The first letter is looked at alone: ten million slashes must cost a glance each.
    return re.compile(rb"/(?=[#" + firsts + rb"])(" + b"|".join(spelled) + rb")(?![A-Za-z0-9#])")


NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
TELLING_NAME: Final = _telling_names()


@dataclass(frozen=True, slots=True)
class PdfReading:
    """What was found in a PDF."""

    flags: frozenset[PdfFlag]
    text: str


def read_pdf(content: bytes) -> PdfReading:
    """
    Return the actions and the words of a PDF.

    Raises: PdfUnreadableError for one that has no end, is locked, or is another file as well.
    """
    _require_whole(content)
    streams, is_whole = _opened(content)
    plain = STREAM.split(content)
    names = {name for part in (*plain, *streams) for name in _names(part)}
    if ENCRYPT in names:
        raise PdfUnreadableError("The PDF is locked. Save it without a password and upload that.")
    flags = {FLAGS_BY_NAME[name] for name in names if name in FLAGS_BY_NAME}
    if not is_whole:
        flags.add(PdfFlag.NOT_ALL_READ)
    return PdfReading(frozenset(flags), _words(streams))


def _require_whole(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise PdfUnreadableError("The PDF has no end: it was cut off. Save it again.")
    behind = content[end + len(b"%%EOF") :].strip(b"\r\n\t \x00")
    if behind or end < len(content) - TAIL:
        raise PdfUnreadableError("Something is hidden behind the PDF. Save it again.")
    head = content[:TAIL].lower()
    if any(mark.lower() in head for mark in FOREIGN):
        raise PdfUnreadableError("The file is a PDF and something else at once. Save it again.")


def _names(part: bytes) -> Iterator[bytes]:
    for found in TELLING_NAME.finditer(part):
        yield NAME_ESCAPE.sub(lambda hexed: bytes([int(hexed[1], 16)]), found[1])


def _opened(content: bytes) -> tuple[list[bytes], bool]:
    """Open the streams one after the other while the budget lasts; say whether it did."""
    left, opened = OPENED_MAX, list[bytes]()
    for count, found in enumerate(STREAM.finditer(content)):
        if count >= STREAMS_MAX or left <= 0:
            return opened, False
        end = content.find(b"endstream", found.end())
        body = content[found.end() : end if end >= 0 else len(content)]
        one = _inflated(body, most=left)
        left -= len(one)
        opened.append(one)
    return opened, left > 0


def _inflated(body: bytes, *, most: int) -> bytes:
    """Return a stream opened, or as it is if it was not packed; never more than asked."""
    if not body.startswith((b"\x78", b"\x58", b"\x48", b"\x68")):
        return body[:most]
    opener = zlib.decompressobj()
    try:
        return opener.decompress(body, most)
    except zlib.error:
        return body[:most]


def _words(streams: list[bytes]) -> str:
    text = b"\n".join(_shown(streams)).decode("cp1252", errors="replace")
    return "\n".join(line for line in (" ".join(one.split()) for one in text.split("\n")) if line)


def _shown(streams: list[bytes]) -> Iterator[bytes]:
    """Yield what the streams show, word for word, until enough was read."""
    left = WORDS_MAX
    for found in (one for stream in streams for one in SHOWN.finditer(stream)):
        parts = [found[1]] if found[1] is not None else PART.findall(found[2])
        said = b"".join(_unescaped(part) for part in parts)
        left -= len(said) + 1
        if left < 0:
            return
        yield said


def _unescaped(part: bytes) -> bytes:
    return ESCAPE.sub(lambda found: _meant(found[1]), part)


def _meant(escaped: bytes) -> bytes:
    if escaped.isdigit():
        return bytes([int(escaped, 8) & 0xFF])
    return ESCAPES.get(escaped, b"" if escaped.endswith(b"\n") else escaped)
