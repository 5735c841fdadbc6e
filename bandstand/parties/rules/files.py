"""
What an uploaded file is, by its own bytes and by nothing the sender says of it.

Only PDF, PNG and JPEG are taken. An image is walked from its first byte to its last, so that
nothing can be hidden behind or before it; a PDF is read for actions that could run, and for the
addresses it gives.

Source: ISO 32000-1:2008 7.5 and 12.6 (PDF structure, actions); W3C PNG (Third Edition, 2025-06-24)
5; ITU-T T.81 B.1 (JPEG markers). From general knowledge; not re-read.
"""

import hashlib
import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bandstand.kernel.errors import BadInputError
from bandstand.parties.rules.pdf_reading import PdfFlag, PdfUnreadableError, read_pdf

MEBIBYTE: Final = 1024 * 1024
BYTES_MAX: Final = 10 * MEBIBYTE
PIXELS_MAX: Final = 50_000_000
"""An A4 page at 600 dots per inch has 35 million; more is a bomb or a mistake."""
SIDE_MAX: Final = 20_000
NAME_MAX: Final = 120
TEXT_KEPT: Final = 4_000
CONTACTS_KEPT: Final = 40
PNG_START: Final = b"\x89PNG\r\n\x1a\n"
JPEG_START: Final = b"\xff\xd8\xff"
PDF_START: Final = b"%PDF-"
PNG_CHUNK: Final = 12  # length, name and check sum around each chunk's body
JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a body
EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
PHONE: Final = re.compile(r"\+?\d[\d ()./-]{6,22}\d")
DIGITS_OF_A_PHONE: Final = range(7, 16)


class MediaType(StrEnum):
    """The kinds of file that are taken."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"

    @property
    def extension(self) -> str:
        """Return the ending of a file of this kind."""
        return {MediaType.PDF: "pdf", MediaType.PNG: "png", MediaType.JPEG: "jpg"}[self]


class FileRefusedError(BadInputError):
    """A file that is not taken; nothing of it was kept."""

    code = "file_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFact:
    """What a file is and says."""

    media_type: MediaType
    sha256: str
    byte_count: int
    name: str
    flags: tuple[str, ...] = ()
    text: str = ""
    contacts: tuple[str, ...] = ()


def examine(content: bytes, *, name: str) -> FileFact:
    """
    Return what a file is, by its bytes.

    Raises: FileRefusedError saying what is wrong and what would be taken.
    """
    if not content:
        raise FileRefusedError("The file is empty. Choose another.")
    if len(content) > BYTES_MAX:
        raise FileRefusedError(
            f"The file has {len(content) / MEBIBYTE:.1f} MB; at most {BYTES_MAX // MEBIBYTE} MB "
            "are taken. Scan it in grey, or split it."
        )
    media_type = sniff(content)
    flags, text = _read(media_type, content)
    return FileFact(
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        byte_count=len(content),
        name=clean_name(name),
        flags=flags,
        text=text[:TEXT_KEPT],
        contacts=contacts_in(text),
    )


def sniff(content: bytes) -> MediaType:
    """
    Return the kind of a file by its first bytes.

    Raises: FileRefusedError if it is none of the three.
    """
    if content.startswith(PNG_START):
        return MediaType.PNG
    if content.startswith(JPEG_START):
        return MediaType.JPEG
    if content.startswith(PDF_START):
        return MediaType.PDF
    raise FileRefusedError(
        "This is neither a PDF nor a PNG nor a JPEG, whatever its name says. Export it as PDF, or "
        "photograph it."
    )


def clean_name(name: str) -> str:
    """
    Return a file's name to be read, never to be used as a path.

    Folders, control marks and marks that turn the direction of reading are left out.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(one for one in last if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co"})
    return kept.strip(" .")[:NAME_MAX] or "unnamed"


def contacts_in(text: str) -> tuple[str, ...]:
    """Return the e-mail addresses and telephone numbers that a text gives, each once."""
    emails = [one.casefold() for one in EMAIL.findall(text)]
    phones = [
        " ".join(one.split())
        for one in PHONE.findall(text)
        if sum(letter.isdecimal() for letter in one) in DIGITS_OF_A_PHONE
    ]
    return tuple(dict.fromkeys((*emails, *phones)))[:CONTACTS_KEPT]


def _read(media_type: MediaType, content: bytes) -> tuple[tuple[str, ...], str]:
    if media_type is MediaType.PNG:
        _walk_png(content)
        return (), ""
    if media_type is MediaType.JPEG:
        _walk_jpeg(content)
        return (), ""
    try:
        reading = read_pdf(content)
    except PdfUnreadableError as wrong:
        raise FileRefusedError(str(wrong)) from wrong
    return tuple(sorted(PdfFlag(one).value for one in reading.flags)), reading.text


def _walk_png(content: bytes) -> None:
    """Walk a PNG chunk by chunk; its end must be the file's end."""
    at, is_first, has_pixels = len(PNG_START), True, False
    while at + PNG_CHUNK <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        name, body_end = content[at + 4 : at + 8], at + 8 + length
        if body_end + 4 > len(content) or is_first != (name == b"IHDR"):
            break
        (checked,) = struct.unpack_from(">I", content, body_end)
        if zlib.crc32(content[at + 4 : body_end]) != checked:
            break
        if is_first:
            _require_size(*struct.unpack_from(">II", content, at + 8))
        is_first, has_pixels, at = False, has_pixels or name == b"IDAT", body_end + 4
        if name == b"IEND":
            if at == len(content) and has_pixels:
                return
            break
    raise FileRefusedError(
        "The PNG is damaged, or something is hidden behind it. Save it again and upload that."
    )


def _walk_jpeg(content: bytes) -> None:
    """Walk a JPEG marker by marker; its end must be the file's end."""
    at, has_frame = 2, False
    while at + 4 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004 -- every marker's first byte
        marker = content[at + 1]
        if marker in JPEG_ALONE or marker == 0xFF:  # noqa: PLR2004 -- a fill byte before a marker
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004 -- a fill byte before a marker
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        if marker in JPEG_FRAMES and at + 9 <= len(content):
            height, width = struct.unpack_from(">HH", content, at + 5)
            _require_size(width, height)
            has_frame = True
        at += 2 + length
        if marker == 0xDA:  # noqa: PLR2004 -- start of scan
            at = _end_of_scan(content, at)
        if content[at : at + 2] == b"\xff\xd9":
            if at + 2 == len(content) and has_frame:
                return
            break
    raise FileRefusedError(
        "The JPEG is damaged, or something is hidden behind it. Save it again and upload that."
    )


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the next marker after a scan begins; stuffed and restart bytes belong to it."""
    found = content.find(b"\xff", at)
    while 0 <= found < len(content) - 1:
        follows = content[found + 1]
        if follows != 0 and follows not in JPEG_ALONE:
            return found
        found = content.find(b"\xff", found + 2)
    return len(content)


def _require_size(width: int, height: int) -> None:
    if not width or not height:
        raise FileRefusedError("The image has no width or no height. Save it again.")
    if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
        raise FileRefusedError(
            f"The image has {width} by {height} pixels; at most {PIXELS_MAX // 1_000_000} million "
            "are taken. Scan it at 300 dots per inch."
        )
