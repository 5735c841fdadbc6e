"""Each field is read, refused with how to mend it, and masked where it is a secret."""

import pytest
from hypothesis import given, strategies as st

from bandstand.parties.rules.identity import IdentityWordsError
from bandstand.parties.rules.identity_specs import SPECS, IdentityName
from bandstand.parties.rules.identity_values import masked, read_value

READ = [
    (IdentityName.LEGAL_NAME, "  Northgate \u202eDevices\x00 Inc ", "Northgate Devices Inc"),
    (
        IdentityName.ADDRESS,
        "12 Harbor Way,\nOakland CA 94607, US",
        "12 Harbor Way, Oakland CA 94607, US",
    ),
    (IdentityName.EMAIL, "Nora@Northgate.Example.org", "Nora@northgate.example.org"),
    (IdentityName.PHONE, "+1 (212) 736-5000", "+1 212-736-5000"),
    (IdentityName.TAX_ID, "us 04-2103594", "US 04-2103594"),
    (IdentityName.TAX_ID, "DE 136695976", "DE 136695976"),
    (
        IdentityName.BANK_ACCOUNT,
        "DE89 3704 0044 0532 0130 00, Northgate",
        "DE89370400440532013000, Northgate",
    ),
    (IdentityName.BANK_ACCOUNT, "021000021 123456789, Northgate", "021000021 123456789, Northgate"),
    (IdentityName.SELF_CERTIFICATION, "committed", "committed"),
]


@pytest.mark.parametrize(("name", "written", "kept"), READ)
def test_value_is_kept_in_one_form(name: IdentityName, written: str, kept: str) -> None:
    assert read_value(name, written).value == kept


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        (IdentityName.LEGAL_NAME, " \u200b ", "empty"),
        (IdentityName.LEGAL_NAME, "1", "not a name"),
        (IdentityName.LEGAL_NAME, "x" * 501, "longer than 500"),
        (IdentityName.ADDRESS, "P.O. Box 12, Springfield, US", "post-office box"),
        (IdentityName.ADDRESS, "Oakland", "too short"),
        (IdentityName.EMAIL, "nora@localhost", "not an e-mail address"),
        (IdentityName.EMAIL, "nora@a.example\nBcc: x@y.example", "not an e-mail address"),
        (IdentityName.PHONE, "212 736 5000", "country code"),
        (IdentityName.PHONE, "+1 000 000 0000", "not a number that can ring"),
        (IdentityName.TAX_ID, "12-3456789", "two letters"),
        (IdentityName.TAX_ID, "US 00-0000000", "not a tax number of US"),
        (IdentityName.BANK_ACCOUNT, "DE89370400440532013000", "holder"),
        (IdentityName.BANK_ACCOUNT, "DE88370400440532013000, Northgate", "neither an IBAN"),
        (IdentityName.BANK_ACCOUNT, "021000022 123456789, Northgate", "check digit"),
        (IdentityName.SELF_CERTIFICATION, "comitted", "Say committed"),
    ],
)
def test_wrong_value_is_refused_with_how_to_mend_it(
    name: IdentityName, written: str, told: str
) -> None:
    with pytest.raises(IdentityWordsError, match=told) as refused:
        read_value(name, written)

    assert refused.value.fields["field"] == name.value


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("US 04-2103594", "•••• 3594"),
        ("DE89370400440532013000, Northgate", "•••• 3000, Northgate"),
        ("12345678", "••••"),
    ],
)
def test_secret_shows_its_last_four_at_most(secret: str, shown: str) -> None:
    assert masked(secret) == shown


@given(st.text(alphabet="0123456789", min_size=1, max_size=30))
def test_mask_never_shows_more_than_four_digits_or_half(secret: str) -> None:
    shown = [letter for letter in masked(secret) if letter.isdecimal()]

    assert len(shown) <= min(4, len(secret) / 2)


def test_every_field_has_a_label_a_hint_and_a_method() -> None:
    assert set(SPECS) == set(IdentityName)
    assert all(one.label and one.hint and one.methods for one in SPECS.values())
