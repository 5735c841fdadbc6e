"""
Valid IMEIs that no phone has.

A TAC that begins with 00 is a test IMEI's, so these can be printed, scanned and checked without
ever naming somebody's phone.

Source: GSMA TS.06, IMEI Allocation and Approval Process, on reporting body identifier 00 for test
IMEIs (from general knowledge of the document; not re-read).
"""

from typing import Final

from stdnum import luhn

TEST_TAC: Final = "00440224"


def test_imei(number: int) -> str:
    """Return the IMEI with a test TAC and a serial number from 0 to 999,999."""
    body = f"{TEST_TAC}{number:06d}"
    return body + str(luhn.calc_check_digit(body))
