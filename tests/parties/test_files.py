"""What an upload is, by its bytes: true files are taken, hostile ones are refused or flagged."""

import time
import zlib

import pytest
from hypothesis import given, strategies as st

from bandstand.parties.rules.files import (
    BYTES_MAX,
    FileRefusedError,
    MediaType,
    clean_name,
    contacts_in,
    examine,
)
from bandstand.parties.rules.pdf_reading import PdfFlag
from tests.factories import files


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (files.pdf(), MediaType.PDF),
        (files.png(), MediaType.PNG),
        (files.jpeg(), MediaType.JPEG),
    ],
)
def test_true_file_is_known_by_its_bytes_whatever_its_name_says(
    content: bytes, media_type: MediaType
) -> None:
    found = examine(content, name="letter.exe")

    assert found.media_type is media_type
    assert found.byte_count == len(content)
    assert found.flags == ()


def test_words_and_contacts_of_a_letter_are_read_packed_or_plain() -> None:
    for packed in (True, False):
        found = examine(files.pdf(packed=packed), name="letter.pdf")

        assert "Aster Devices GmbH authorises" in found.text
        assert found.contacts == ("deals@aster-partners.example", "+49 30 5550 1234")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (SVG, "neither a PDF nor a PNG nor a JPEG"),
        (b"<?xml version='1.0'?>" + SVG, "neither"),
        (b"GIF89a" + b"\x00" * 40, "neither"),
        (b"MZ\x90\x00" + b"\x00" * 40, "neither"),
        (b"PK\x03\x04" + b"\x00" * 40, "neither"),
        (b"\n" + files.pdf(), "neither"),
        (files.png(tail=b"<script>alert(1)</script>"), "hidden behind it"),
        (files.jpeg(tail=b"PK\x03\x04"), "hidden behind it"),
        (files.png()[:-8], "damaged"),
        (files.jpeg()[:-2], "damaged"),
        (files.pdf() + b"PK\x03\x04" + b"\x00" * 40, "hidden behind"),
        (files.pdf()[:-8], "no end"),
        (b"%PDF-1.7\n<html><script>alert(1)</script>\n%%EOF", "something else at once"),
        (b"%PDF-1.7\nMZ\x90\x00\n%%EOF", "something else at once"),
        (files.pdf(catalog=b"/Encrypt 9 0 R"), "locked"),
        (files.pdf(catalog=b"/#45ncrypt 9 0 R"), "locked"),
        (files.png(width=60_000, height=60_000), "pixels"),
        (files.png(width=0), "no width"),
        (files.jpeg(width=65_000, height=65_000), "pixels"),
        (files.png() + b"\x00" * BYTES_MAX, "at most 10 MB"),
    ],
)
def test_hostile_or_damaged_file_is_refused_with_what_is_wrong(content: bytes, told: str) -> None:
    with pytest.raises(FileRefusedError, match=told):
        examine(content, name="letter.pdf")


def test_changed_pixel_breaks_the_check_sum() -> None:
    content = bytearray(files.png())
    content[45] ^= 1

    with pytest.raises(FileRefusedError, match="damaged"):
        examine(bytes(content), name="scan.png")


SCRIPT = b"9 0 obj <</S /JavaScript /JS (app.alert(1))>> endobj\n"


@pytest.mark.parametrize(
    ("content", "flags"),
    [
        (files.pdf(extra=SCRIPT), {PdfFlag.JAVASCRIPT}),
        (files.pdf(extra=b"9 0 obj <</S /J#61vaScript>> endobj\n"), {PdfFlag.JAVASCRIPT}),
        (files.pdf(extra=b"9 0 obj <</S /Launch /F (cmd.exe)>> endobj\n"), {PdfFlag.LAUNCH}),
        (files.pdf(catalog=b"/OpenAction 9 0 R"), {PdfFlag.OPENS_BY_ITSELF}),
        (files.pdf(catalog=b"/AA <<>>"), {PdfFlag.OPENS_BY_ITSELF}),
        (files.pdf(extra=b"9 0 obj <</Type /EmbeddedFile>> endobj\n"), {PdfFlag.ATTACHMENT}),
        (files.pdf(catalog=b"/AcroForm <</XFA 9 0 R>>"), {PdfFlag.FORM}),
        (files.pdf(catalog=b"/AAlesund 1 /Launchpad 2"), set()),
    ],
)
def test_pdf_that_can_act_is_flagged(content: bytes, flags: set[PdfFlag]) -> None:
    assert set(examine(content, name="letter.pdf").flags) == flags


def test_action_hidden_in_a_packed_stream_is_found() -> None:
    hidden = zlib.compress(SCRIPT)
    extra = b"8 0 obj <</Type /ObjStm /Filter /FlateDecode>>\nstream\n" + hidden + b"\nendstream\n"

    assert examine(files.pdf(extra=extra), name="letter.pdf").flags == (PdfFlag.JAVASCRIPT,)


def test_packed_bomb_ends_soon_and_is_flagged_as_not_all_read() -> None:
    bomb = zlib.compress(b"\x00" * 200_000_000, level=9)
    extra = b"8 0 obj <</Filter /FlateDecode>>\nstream\n" + bomb + b"\nendstream\n"
    before = time.process_time()

    found = examine(files.pdf(extra=extra), name="letter.pdf")

    assert time.process_time() - before < 5
    assert PdfFlag.NOT_ALL_READ in found.flags


@pytest.mark.parametrize("filler", [b"/", b"(", b"[", b"/J#61", b"a@", b"(a) ", b"[(a)] ", b"1-1 "])
def test_ten_megabytes_of_the_same_take_seconds_not_minutes(filler: bytes) -> None:
    body = filler * (BYTES_MAX // len(filler) - 400)
    before = time.process_time()

    examine(b"%PDF-1.7\nstream\n" + body + b"\nendstream\n%%EOF", name="letter.pdf")

    assert time.process_time() - before < 8


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\cmd.exe", "cmd.exe"),
        ("/absolute/letter.pdf", "letter.pdf"),
        ("письмо 授权.pdf", "письмо 授权.pdf"),
        ("letter\u202efdp.exe", "letterfdp.exe"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("...", "unnamed"),
        ("", "unnamed"),
        ("x" * 500, "x" * 120),
    ],
)
def test_name_is_kept_to_be_read_and_is_never_a_path(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
)
def test_any_bytes_are_taken_or_refused_and_nothing_else(body: bytes, start: bytes) -> None:
    try:
        found = examine(start + body, name="any")
    except FileRefusedError:
        return
    assert found.byte_count == len(start + body)


def test_contacts_are_each_told_once() -> None:
    text = "A@b.example, a@B.example, +1 (212) 555-0100 and 2026-11-22 12:00"

    assert contacts_in(text)[:2] == ("a@b.example", "+1 (212) 555-0100")
