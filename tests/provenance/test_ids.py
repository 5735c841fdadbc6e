import pytest

from bandstand.provenance.rules import (
    Level,
    MalformedIdentifierError,
    UnitIds,
    imei_uri,
    names_of,
    read_identifier,
    unit_ids_of,
)

IMEI = "490154203237518"


@pytest.mark.parametrize(
    ("urn", "link"),
    [
        ("urn:epc:id:sgtin:0614141.107346.2017", "https://id.gs1.org/01/10614141073464/21/2017"),
        ("urn:epc:id:sscc:0614141.1234567890", "https://id.gs1.org/00/106141412345678908"),
        ("urn:epc:id:sgln:0614141.00888.0", "https://id.gs1.org/414/0614141008889"),
        ("urn:epc:id:sgln:0614141.07346.1234", "https://id.gs1.org/414/0614141073467/254/1234"),
        ("urn:epc:id:pgln:0614141.00777", "https://id.gs1.org/417/0614141007776"),
        ("urn:epc:id:giai:4000001.12345", "https://id.gs1.org/8004/400000112345"),
        ("urn:epc:id:grai:4012345.55555.987", "https://id.gs1.org/8003/04012345555554987"),
        (
            "urn:epc:class:lgtin:4012345.012345.998877",
            "https://id.gs1.org/01/04012345123456/10/998877",
        ),
        ("urn:epc:idpat:sgtin:4012345.098765.*", "https://id.gs1.org/01/04012345987652"),
        ("urn:epc:id:gdti:0614141.00001.1618034", "https://id.gs1.org/253/06141410000121618034"),
        ("urn:epc:id:sgtin:0614141.107346.a%2Fb", "https://id.gs1.org/01/10614141073464/21/a%2Fb"),
    ],
)
def test_urn_and_digital_link_are_one_identifier(urn: str, link: str) -> None:
    assert read_identifier(urn).uri == read_identifier(link).uri == link


@pytest.mark.parametrize(
    "same",
    [
        "https://shop.example/products/01/10614141073464/21/2017?size=1#top",
        "https://id.gs1.org/gtin/10614141073464/lot/L1/ser/2017",
        "http://id.gs1.org/01/10614141073464/22/2A/21/2017",
        "https://id.gs1.org/01/10614141073464/21/2017/",
    ],
)
def test_finest_level_on_any_domain_is_the_same_thing(same: str) -> None:
    assert read_identifier(same).uri == "https://id.gs1.org/01/10614141073464/21/2017"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://id.gs1.org/01/10614141073465/21/2017", "should end in 4"),
        ("urn:epc:id:sgtin:0614141.10734.2017", "13 digits together, not 12"),
        ("urn:epc:id:sgtin:0614141.107346", "2 parts where sgtin has 3"),
        ("urn:epc:id:sgtn:0614141.107346.1", "not a scheme"),
        ("urn:epc:id:sgtin:0614141.107346." + "9" * 21, "at most 20"),
        ("urn:epc:id:sgtin:0614141.107346.\u0661", "U+0661"),
        ("urn:epc:id:sgtin:06141\uff1441.107346.1", "U+FF14"),
        ("https://id.gs1.org/01/1061414107346\u0430/21/1", "U+0430"),
        ("urn:epc:id:sgtin:0614141.107346.%zz", "not a serial"),
        ("2017", "not a URI"),
        ("", "not a URI"),
        ("urn:x:" + "y" * 2100, "longer than"),
        ("urn:gsma:imei:49015420-323751-7", "wrong last digit"),
    ],
)
def test_what_cannot_be_an_identifier_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(MalformedIdentifierError, match=why.replace("+", r"\+")):
        read_identifier(text)


@pytest.mark.parametrize(
    "text",
    ["http://transaction.acme.com/po/12345678", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"],
)
def test_own_uri_stays_as_it_is(text: str) -> None:
    found = read_identifier(text)

    assert (found.uri, found.level) == (text, Level.OTHER)


def test_imei_on_a_box_and_on_the_air_are_one() -> None:
    assert read_identifier("urn:gsma:imei:49015420-323751-8").uri == imei_uri(IMEI)
    assert read_identifier("urn:gsma:imei:49015420-323751-0").uri == imei_uri(IMEI)
    assert unit_ids_of(imei_uri(IMEI)) == UnitIds(imeis=(IMEI,))


def test_unit_is_named_by_imei_and_by_serial_with_gtin() -> None:
    names = names_of(UnitIds(imeis=(IMEI,), serial="S%2F1", gtin="10614141073464"))

    assert names == {
        imei_uri(IMEI),
        f"https://id.gs1.org/01/10614141073464/21/{IMEI}",
        "https://id.gs1.org/01/10614141073464/21/S%2F1",
    }
    assert unit_ids_of("https://id.gs1.org/00/106141412345678908") is None


@pytest.mark.parametrize("imei", ["490154203237517", "49015420323751", "４90154203237518", ""])
def test_wrong_imei_is_refused(imei: str) -> None:
    with pytest.raises(MalformedIdentifierError):
        imei_uri(imei)
