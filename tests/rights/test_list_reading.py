"""Published lists are read whole or not at all, and everything wrong is named with its place."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bandstand.rights.rules import Condition
from bandstand.rights.rules.lists import ReadList, parse_list
from bandstand.rights.rules.lists.reading import UnreadableError, read_json

SELLER: dict[str, Any] = {
    "domain": "northgate.example",
    "countries": ["US"],
    "categories": ["phone"],
}
WHOLE: dict[str, Any] = {
    "version": "1.0",
    "sequence": 7,
    "issued_at": "2026-11-20T00:00:00Z",
    "domain": "aster.example",
    "authorised_sellers": [SELLER],
}


def read(**changes: object) -> ReadList:
    return parse_list(json.dumps({**WHOLE, **changes}).encode())


def paths(found: ReadList) -> set[str]:
    return {one.path for one in found.errors}


def test_whole_list_is_read() -> None:
    found = read(
        brands=["Aster"],
        revoked_sellers=[
            {"domain": "old.example", "revoked_at": "2026-11-19T10:00:00+02:00"},
        ],
        channel_statements=[{"status": "closed_network", "countries": ["US"]}],
        contact={"email": "rights@aster.example"},
    )

    assert found.problems == ()
    assert found.document is not None
    assert found.document.sequence == 7
    assert found.document.sellers[0].key == "domain:northgate.example"
    assert found.document.sellers[0].conditions == (Condition.NEW,)
    assert found.document.revoked[0].revoked_at == datetime(2026, 11, 19, 8, tzinfo=UTC)
    assert found.document.contact["email"] == "rights@aster.example"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"[]", "not an object"),
        (b"{", "not JSON"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 7"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b'{"sequence": ' + b"9" * 5000 + b"}", "$.sequence"),
        (b'{"sequence": NaN}', "$.sequence"),
        (b'{"sequence": Infinity}', "$.sequence"),
        (b'{"sequence": 7.0}', "$.sequence"),
        (b'{"sequence": 9007199254740992}', "$.sequence"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 17 + b"1" + b"}" * 17, "nested deeper"),
        (b'{"x-note": "\\ud800"}', "lone surrogate"),
        (b'{"x-note": "a\\u0000b"}', "control character"),
        ('{"x-note": "aster\u202eexample"}'.encode(), "invisible"),
        (b'{"sequence": 7, "sequence": 8}', "given twice"),
        (b'{"x-note": {"a": 1, "\\u0061": 2}}', "given twice"),
        (b" " * (1024 * 1024) + b"{}", "at most 1048576"),
    ],
)
def test_hostile_bytes_are_refused_with_a_reason(body: bytes, said: str) -> None:
    found = parse_list(body)

    assert found.document is None
    assert any(said in f"{one.path} {one.text}" for one in found.errors), found.errors


def test_brackets_inside_text_are_not_depth() -> None:
    value, faults = read_json(json.dumps({"a": '["{' * 500 + '\\"'}).encode())

    assert value["a"].startswith('["{')
    assert faults == ()


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_stumble(body: bytes) -> None:
    found = parse_list(body)

    assert found.document is None
    assert found.errors


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=9))
def test_no_value_in_any_field_makes_the_reader_stumble(value: object) -> None:
    for name in (*WHOLE, "revoked_sellers", "channel_statements", "contact", "brands"):
        found = read(**{name: value})
        assert (found.document is None) == bool(found.errors)
    for name in ("domain", "id", "countries", "categories", "models", "valid_from", "conditions"):
        found = read(authorised_sellers=[{**SELLER, name: value}])
        assert (found.document is None) == bool(found.errors)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"version": "2.0"}, "$.version"),
        ({"version": None}, "$.version"),
        ({"sequence": 0}, "$.sequence"),
        ({"sequence": True}, "$.sequence"),
        ({"sequence": "7"}, "$.sequence"),
        ({"issued_at": "2026-11-20"}, "$.issued_at"),
        ({"issued_at": "2026-02-30T00:00:00Z"}, "$.issued_at"),
        ({"issued_at": "2026-11-20T00:00:00"}, "$.issued_at"),
        ({"domain": "https://aster.example"}, "$.domain"),
        ({"domain": "127.0.0.1"}, "$.domain"),
        ({"domain": "aster"}, "$.domain"),
        ({"authorised_sellers": {}}, "$.authorised_sellers"),
        ({"authorised_sellers": [7]}, "$.authorised_sellers[0]"),
        ({"revoked_sellers": [{"domain": "a.example"}]}, "$.revoked_sellers[0].revoked_at"),
        ({"channel_statements": [{"countries": ["US"]}]}, "$.channel_statements[0].status"),
    ],
)
def test_error_in_the_whole_names_its_place(changes: dict[str, object], path: str) -> None:
    found = read(**changes)

    assert found.document is None
    assert path in paths(found), found.errors


@pytest.mark.parametrize(
    ("changes", "path", "said"),
    [
        ({"domain": None}, "domain", "only one of the two"),
        ({"id": "shop.example:northgate"}, "domain", "only one of the two"),
        ({"domain": "", "id": "northgate"}, "id", "marketplace's host"),
        ({"countries": ["UK"]}, "countries", "write GB"),
        ({"countries": ["us"]}, "countries", "two capital letters"),
        ({"countries": []}, "countries", "1 to 500"),
        ({"categories": ["phone", 7]}, "categories[1]", "must be a text"),
        ({"conditions": ["newish"]}, "conditions", "Did you mean “new”?"),
        ({"delegate_depth": -1}, "delegate_depth", "from 0 to 8"),
        (
            {"valid_from": "2026-02-01T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"},
            "valid_until",
            "permits nothing",
        ),
        ({"sell_off_until": "2026-02-01T00:00:00Z"}, "sell_off_until", "before valid_until"),
    ],
)
def test_error_in_an_entry_spoils_the_list_and_names_its_place(
    changes: dict[str, object], path: str, said: str
) -> None:
    found = read(authorised_sellers=[SELLER, {**SELLER, **changes}])

    assert found.document is None
    told = {one.path: one.text for one in found.errors}
    assert said in told[f"$.authorised_sellers[1].{path}"], told


def test_unknown_field_is_a_warning_with_a_near_match() -> None:
    found = read(authorised_sellers=[{**SELLER, "countrys": ["US"], "x-mine": 1}])

    assert found.document is not None
    assert [one.path for one in found.warnings] == ["$.authorised_sellers[0].countrys"]
    assert "Did you mean countries?" in found.warnings[0].text


def test_errors_are_told_before_a_hundred_warnings() -> None:
    odd = [{**SELLER, f"odd{at}": 1} for at in range(150)]

    found = read(authorised_sellers=[*odd, {**SELLER, "delegate_depth": 99}])

    assert found.document is None
    assert len(found.problems) == 100
    assert not found.problems[0].is_warning


def test_list_of_too_many_sellers_is_refused() -> None:
    many = [{"domain": "a.example"}] * 50_001

    found = parse_list(
        json.dumps({**WHOLE, "authorised_sellers": many}).encode(), bytes_max=4_000_000
    )

    assert found.document is None
    assert "at most 50000" in found.errors[0].text


def test_seller_both_revoked_and_listed_is_warned_of() -> None:
    gone = {"domain": "northgate.example", "revoked_at": "2026-11-19T20:00:00Z"}

    kept = read(revoked_sellers=[gone])
    anew = read(
        revoked_sellers=[gone],
        authorised_sellers=[{**SELLER, "valid_from": "2026-11-19T21:00:00Z"}],
    )

    assert "a revocation wins" in kept.warnings[0].text
    assert anew.warnings == ()


def test_revocation_dated_after_the_list_is_an_error() -> None:
    late = {"domain": "northgate.example", "revoked_at": "2026-12-24T00:00:00Z"}

    assert paths(read(revoked_sellers=[late])) == {"$.revoked_sellers[0].revoked_at"}


def test_domains_that_look_alike_are_warned_of() -> None:
    other = {**SELLER, "domain": "nоrthgate.example"}  # with a Cyrillic о

    found = read(authorised_sellers=[SELLER, other])

    assert found.document is not None
    assert found.document.sellers[1].key.startswith("domain:xn--")
    told = " ".join(one.text for one in found.warnings)
    assert "look alike" in told
    assert "beyond a to z" in told


def test_reader_refuses_before_it_parses() -> None:
    with pytest.raises(UnreadableError, match="at most 10"):
        read_json(b"[1, 2, 3, 4, 5]", bytes_max=10)


def test_a_full_list_is_read_in_a_breath() -> None:
    sellers = [{**SELLER, "domain": f"s{at}.example"} for at in range(9_000)]
    body = json.dumps({**WHOLE, "authorised_sellers": sellers}).encode()

    found = parse_list(body, bytes_max=1024 * 1024)

    assert found.document is not None
    assert len(found.document.sellers) == 9_000
