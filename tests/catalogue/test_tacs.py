from datetime import UTC, datetime
from pathlib import Path

import pytest
from stdnum import luhn

from bandstand.catalogue import queries, services
from bandstand.catalogue.models import LoadRun, Tac, Variant
from bandstand.catalogue.queries import UnknownTacError
from bandstand.catalogue.rules import BadTablesError, MalformedImeiError, tac_of
from tests.factories import catalogue as make

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADER = "tac,brand,code,source,certainty"
TAC = "35123456"


def imei(tac: str = TAC, serial: str = "000001") -> str:
    return tac + serial + str(luhn.calc_check_digit(tac + serial))


@pytest.fixture
def phone() -> Variant:
    model = make.device_model(brand=make.brand(name="Aster"), name="One")
    return make.variant(model=model, code="AST-100")


def load(folder: Path, *lines: str, apply: bool = True) -> services.TacPreview:
    path = folder / "tacs.csv"
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return services.import_tacs(path=path, apply=apply, now=NOW)


@pytest.mark.parametrize("written", ["490154203237518", "49-015420-323751-8", "49 015420 323751 8"])
def test_tac_is_the_first_eight_digits_however_the_imei_is_written(written: str) -> None:
    assert tac_of(written) == "49015420"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "Type the IMEI"),
        ("49015420323751", "has 15 digits; this has 14"),
        ("4901542032375181", "with its software version"),
        ("49015420323751x", "digits only"),
        ("٤٩٠١٥٤٢٠٣٢٣٧٥١٨", "digits only"),
        ("490154203237513", "the last one would be 8, not 3"),
    ],
)
def test_wrong_imei_is_told_what_is_wrong_and_never_repeated(written: str, said: str) -> None:
    with pytest.raises(MalformedImeiError, match=said) as refused:
        tac_of(written)

    assert "*#06#" in refused.value.message
    assert not written or written not in refused.value.message


@pytest.mark.django_db
def test_imei_finds_its_phone_with_the_source(phone: Variant, tmp_path: Path) -> None:
    load(tmp_path, f"{TAC},aster,ast-100,maker's list,medium")

    found = queries.variant_of_imei(imei())

    assert found.variant.id == phone.id
    assert (found.source, found.certainty) == ("maker's list", "medium")


@pytest.mark.django_db
def test_sound_imei_of_an_unknown_phone_says_where_to_go_on() -> None:
    with pytest.raises(UnknownTacError, match=f"beginning with {TAC}.*brand and model"):
        queries.variant_of_imei(imei())


@pytest.mark.django_db
@pytest.mark.usefixtures("phone")
def test_preview_says_what_an_import_does_and_writes_nothing(tmp_path: Path) -> None:
    line = f"{TAC},Aster,AST-100,maker's list,high"

    preview = load(tmp_path, line, apply=False)

    assert preview.as_json()["added"] == 1
    assert not Tac.objects.exists()
    assert not LoadRun.objects.exists()
    applied = load(tmp_path, line)
    assert applied.lines == preview.lines
    assert load(tmp_path, line).as_json()["unchanged"] == 1
    assert Tac.objects.get().tac == TAC


@pytest.mark.django_db
@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("3512345,Aster,AST-100,list,high", "leading zeros"),
        ("35123456,Astre,AST-100,list,high", "Did you mean Aster"),
        ("35123456,Aster,AST-110,list,high", "Did you mean AST-100"),
        ("35123456,Aster,,list,high", "no code"),
        ("35123456,Aster,AST-100,,high", "source is empty"),
        ("35123456,Aster,AST-100,list,sure", "Write one of"),
    ],
)
def test_wrong_row_is_refused_by_its_line_and_the_others_count(
    line: str, said: str, tmp_path: Path
) -> None:
    preview = load(tmp_path, "35999999,Aster,AST-100,list,high", line)

    (refusal,) = preview.refused
    assert (refusal.line, said in refusal.reason) == (3, True)
    assert [one.tac for one in Tac.objects.all()] == ["35999999"]


@pytest.mark.django_db
def test_another_source_never_overrules_silently(phone: Variant, tmp_path: Path) -> None:
    other = make.variant(model=phone.model, code="AST-200")
    load(tmp_path, f"{TAC},Aster,AST-100,maker's list,medium")

    preview = load(tmp_path, f"{TAC},Aster,AST-200,somebody's list,high")

    assert "maker's list says that TAC" in preview.refused[0].reason
    assert Tac.objects.get().variant_id == phone.id
    load(tmp_path, f"{TAC},Aster,AST-200,maker's list,medium")
    assert Tac.objects.get().variant_id == other.id


@pytest.mark.django_db
@pytest.mark.usefixtures("phone")
def test_surer_source_that_agrees_takes_over(tmp_path: Path) -> None:
    load(tmp_path, f"{TAC},Aster,AST-100,forum,low")

    load(tmp_path, f"{TAC},Aster,AST-100,certificate,high")
    load(tmp_path, f"{TAC},Aster,AST-100,another forum,low")

    assert Tac.objects.get().source == "certificate"


@pytest.mark.django_db
def test_code_of_two_phones_is_not_guessed(phone: Variant, tmp_path: Path) -> None:
    twin = make.device_model(brand=phone.model.brand, name="Two")
    make.variant(model=twin, code="AST-100")

    preview = load(tmp_path, f"{TAC},Aster,AST-100,list,high")

    assert "One (AST-100) and Two (AST-100)" in preview.refused[0].reason
    assert not Tac.objects.exists()


@pytest.mark.django_db
def test_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTablesError, match="not a CSV file"):
        services.import_tacs(path=tmp_path / "tacs.txt", apply=True, now=NOW)
