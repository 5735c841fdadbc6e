import json
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings as hypothesis_settings, strategies as st
from pytest_django import Settings

from bandstand.orders import passport, queries
from bandstand.orders.passport import SealedPassport
from tests.factories import credit, offers, orders

BODY = {"format": passport.FORMAT, "line": "lin_1", "order": "LK-7F3K-92QD", "price_minor": 48_000}


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, settings: Settings) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "keys" / "passport.pem"


def test_a_sealed_passport_verifies_as_signature_and_as_file() -> None:
    sealed = passport.seal(BODY)

    for given_text in (sealed.jws, passport.passport_file(sealed)):
        check = passport.verify_passport(given_text, passport.public_jwks())
        assert check.ok, check.problems
        assert check.body == BODY


def test_the_key_is_made_once_and_only_its_owner_reads_it(keys: Path) -> None:
    first = passport.public_jwks()
    second = passport.public_jwks()

    assert first == second
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert "d" not in first["keys"][0]
    assert [path.name for path in keys.parent.iterdir()] == ["passport.pem"]


def test_another_operators_key_does_not_verify(tmp_path: Path, settings: Settings) -> None:
    sealed = passport.seal(BODY)
    settings.VAR_DIR = tmp_path / "wren"

    check = passport.verify_passport(sealed.jws, passport.public_jwks())

    assert not check.ok


def test_a_key_that_is_none_says_which_file(keys: Path) -> None:
    keys.parent.mkdir(parents=True)
    keys.write_text("not a key")

    with pytest.raises(passport.KeyUnreadableError, match=r"passport\.pem"):
        passport.seal(BODY)


@pytest.fixture
def sealed() -> SealedPassport:
    return passport.seal(BODY)


@hypothesis_settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.integers(0, 10_000), letter=st.sampled_from('Aa0Zz_-.x{}":, 9'))
def test_any_changed_byte_fails(sealed: SealedPassport, place: int, letter: str) -> None:
    jwks = passport.public_jwks()
    for text in (sealed.jws, passport.passport_file(sealed)):
        at = place % len(text)
        changed = f"{text[:at]}{letter}{text[at + 1 :]}"
        if changed.strip() != text:
            assert not passport.verify_passport(changed, jwks).ok, at


def test_every_single_byte_of_the_signature_counts(sealed: SealedPassport) -> None:
    jwks = passport.public_jwks()

    for at, letter in enumerate(sealed.jws):
        changed = f"{sealed.jws[:at]}{'A' if letter != 'A' else 'B'}{sealed.jws[at + 1 :]}"
        assert not passport.verify_passport(changed, jwks).ok, at


@pytest.mark.parametrize(
    "text", ["", "{}", "{", "a.b.c", "nonsense", b"\xff\xfe", "[1]", '{"body":1}']
)
def test_what_is_no_passport_is_told_apart(text: str | bytes) -> None:
    check = passport.verify_passport(text, passport.public_jwks())

    assert not check.ok
    assert check.problems


def test_a_body_swapped_for_another_signed_one_is_noticed(sealed: SealedPassport) -> None:
    other = passport.seal({**BODY, "price_minor": 1})
    document = json.loads(passport.passport_file(sealed))
    document["body"] = json.loads(other.body)

    check = passport.verify_passport(
        json.dumps(document, sort_keys=True, separators=(",", ":")), passport.public_jwks()
    )

    assert "The body is not what was signed." in check.problems


@pytest.mark.django_db
def test_a_lines_passport_tells_the_sale_and_nothing_of_its_buyer() -> None:
    network = orders.shop()
    offer = offers.offer()
    offers.stored_fit(offer.variant, network)
    order = orders.placed(offer, terms_id=credit.terms(months=24).id)
    (line,) = queries.order_page(order.id).lines

    body_text, sha256, jws = queries.passport_of(line.id)
    check = passport.verify_passport(jws, passport.public_jwks())

    assert check.ok
    assert check.body is not None
    body = dict(check.body)
    assert (body["order"], body["line"]) == (order.number, line.public_id)
    assert body["decision"]["result"] == "allow"
    assert body["fit"]["inputs_hash"]
    assert line.disclosure is not None
    assert body["disclosure_sha256"] == line.disclosure.sha256
    assert body["phone"] == [
        passport.phone_hash(line.public_id, line.imei),
        passport.phone_hash(line.public_id, line.serial),
    ]
    for private in ("mira", "Main Street", line.imei, line.serial):
        assert private not in body_text
    assert sha256 == line.passport_sha256
