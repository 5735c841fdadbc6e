from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from bandstand.kernel.public_ids import IdKind, MalformedIdError, parse_id, print_id


@given(st.uuids(), st.sampled_from(list(IdKind)))
def test_printed_id_reads_back(value: UUID, kind: IdKind) -> None:
    assert parse_id(kind, print_id(kind, value)) == value


@given(st.uuids())
def test_reading_forgives_case_and_look_alikes(value: UUID) -> None:
    printed = print_id(IdKind.OFFER, value)
    body = printed.removeprefix("ofr_").lower().replace("0", "o").replace("1", "l")

    assert parse_id(IdKind.OFFER, f"ofr_{body}") == value


@pytest.mark.parametrize(
    "text",
    ["", "ofr_", "ofr_0", "ord_00000000000000000000000000", "ofr_Z" + "Z" * 25, "ofr_" + "!" * 26],
)
def test_wrong_id_is_refused_with_what_was_given(text: str) -> None:
    with pytest.raises(MalformedIdError) as refused:
        parse_id(IdKind.OFFER, text)

    assert refused.value.fields["given"] == text


def test_order_of_ids_is_the_order_of_keys() -> None:
    keys = [UUID(int=n) for n in (1, 31, 32, 2**64, 2**127)]

    printed = [print_id(IdKind.ORDER, key) for key in keys]

    assert printed == sorted(printed)
