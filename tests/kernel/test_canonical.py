import json

import pytest
from hypothesis import given, strategies as st

from bandstand.kernel.canonical import NotCanonicalError, canonical_bytes, sha256_hex

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(plain)
def test_bytes_read_back_as_the_value(value: object) -> None:
    assert json.loads(canonical_bytes(value)) == value


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 9), min_size=1, max_size=5))
def test_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    turned = dict(reversed(value.items()))

    assert canonical_bytes(turned) == canonical_bytes(value)
    assert sha256_hex(turned) == sha256_hex(value)


def test_keys_sort_by_utf16_as_the_standard_says() -> None:
    # RFC 8785 section 3.2.3: "\U0001f600" is a surrogate pair and sorts before "דּ".
    value = {"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "1": 4, "\r": 5}

    assert list(json.loads(canonical_bytes(value))) == ["\r", "1", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize("value", [1.0, {"a": [2.5]}, {1: "x"}, 2**53, {"s": {1, 2}}])
def test_what_has_no_single_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonicalError, match=r"\$"):
        canonical_bytes(value)
