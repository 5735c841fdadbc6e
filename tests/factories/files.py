"""Small true files of each kind, and hostile ones."""

import struct
import zlib

LETTER = (
    "Aster Devices GmbH authorises Northgate Devices Inc to sell its phones in the United States.",
    "Questions: deals@aster-partners.example or +49 30 5550 1234",
)


def pdf(*lines: str, extra: bytes = b"", packed: bool = True, catalog: bytes = b"") -> bytes:
    """Make a PDF of one page that shows the lines; ``extra`` objects are written as they are."""
    shown = b"BT /F1 12 Tf " + b" ".join(
        b"(" + line.replace("(", r"\(").replace(")", r"\)").encode("cp1252") + b") Tj T*"
        for line in lines or LETTER
    )
    shown += b" ET"
    body = zlib.compress(shown) if packed else shown
    packing = b"/Filter /FlateDecode " if packed else b""
    return b"".join(
        (
            b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R " + catalog + b">> endobj\n",
            b"2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n",
            b"3 0 obj <</Type /Page /Parent 2 0 R /Contents 4 0 R>> endobj\n",
            b"4 0 obj <<" + packing + b"/Length %d>>\nstream\n" % len(body) + body,
            b"\nendstream endobj\n" + extra,
            b"trailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF\n",
        )
    )


def png(*, width: int = 8, height: int = 8, tail: bytes = b"") -> bytes:
    """Make a black PNG that says it is so wide and high."""
    rows = b"".join(b"\x00" + b"\x00" * min(width, 64) for _ in range(min(height, 64)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks) + tail


def jpeg(*, width: int = 8, height: int = 8, tail: bytes = b"") -> bytes:
    """Make the frame of a JPEG that says it is so wide and high."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\x01\x01\x00\x00\x3f\x00"
    return b"".join(
        (
            b"\xff\xd8\xff\xe0"
            + struct.pack(">H", 16)
            + b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
            b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame,
            b"\xff\xda" + struct.pack(">H", len(scan) + 2) + scan,
            b"\x12\xff\x00\x34\xff\xd0\x56",
            b"\xff\xd9" + tail,
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    checked = struct.pack(">I", zlib.crc32(name + body))
    return struct.pack(">I", len(body)) + name + body + checked
