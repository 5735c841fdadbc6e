"""The list of values: imported line by line, its history kept, near matches named."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.models import Brand
from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry
from bandstand.trade_in import queries, services
from bandstand.trade_in.models import ListedValue
from bandstand.trade_in.queries import NotTakenError
from bandstand.trade_in.rules import Grade, TermsError, ValueChange
from bandstand.trade_in.services import ValuePreview
from tests.factories import catalogue as made, trade_in

pytestmark = pytest.mark.django_db


def day(days: int = 0) -> str:
    return clock.day_in("UTC", at=clock.now() + timedelta(days=days)).isoformat()


def load(*lines: str, apply: bool = True, header: str = "phone,grade,value,from") -> ValuePreview:
    return services.import_values(
        market="US",
        raw="\n".join([header, *lines]).encode(),
        apply=apply,
        actor=trade_in.ACTOR,
        now=clock.now(),
    )


def test_a_preview_says_what_the_import_would_do_and_does_nothing() -> None:
    variant = trade_in.taken()
    before = ListedValue.objects.count()
    audits = AuditEntry.objects.count()

    preview = load(f"Aster/{variant.code},good,210.00,{day(3)}", apply=False)

    assert preview.number(ValueChange.REPLACED) == 1
    assert (ListedValue.objects.count(), AuditEntry.objects.count()) == (before, audits)
    assert not ListedValue.objects.exclude(until_at=None).exists()


def test_a_new_value_ends_the_standing_one_and_both_are_kept() -> None:
    variant = trade_in.taken()

    load(f"Aster/{variant.code},good,180.00,{day(3)}")

    history = ListedValue.objects.filter(variant=variant, grade="good").order_by("from_at")
    assert [row.value_minor for row in history] == [20_000, 18_000]
    assert history[0].until_at == history[1].from_at
    now = queries.value_of(variant.id, grade=Grade.GOOD, market="US", at=clock.now())
    later = clock.now() + timedelta(days=5)
    then = queries.value_of(variant.id, grade=Grade.GOOD, market="US", at=later)
    assert now is not None
    assert then is not None
    assert (now.minor, then.minor) == (20_000, 18_000)
    assert load(f"Aster/{variant.code},good,180.00,{day(3)}").number(ValueChange.UNCHANGED) == 1


def test_bad_lines_are_refused_one_by_one_and_the_others_count() -> None:
    variant = trade_in.taken()
    before = ListedValue.objects.count()

    done = load(
        f"Aster/{variant.code},good,190.00,{day(2)}",
        f"Aster/{variant.code},godo,190.00,{day(2)}",
        f"Aster/{variant.code}X,good,190.00,{day(2)}",
        f"Aster/{variant.code},worn,a lot,{day(2)}",
        f"Aster/{variant.code},worn,0.00,{day(2)}",
        f"Aster/{variant.code},worn,100.00,tomorrow",
        f"Aster/{variant.code},worn,100.00,2020-01-01",
        f"Aster/{variant.code},worn,100.00,{day(2)},more",
    )

    said = {one.line: one.reason for one in done.refused}
    assert sorted(said) == [3, 4, 5, 6, 7, 8, 9]
    assert "Did you mean “good”" in said[3]
    assert variant.code in said[4]
    assert "more than nothing" in said[6]
    assert "2026-12-01" in said[7]
    assert "past" in said[8]
    assert "more fields" in said[9]
    assert ListedValue.objects.count() == before + 1


@pytest.mark.parametrize(
    ("header", "said"), [("phone,grade,valeu,from", "is it “valeu”"), ("", "It needs phone, grade")]
)
def test_a_header_that_lacks_something_says_what(header: str, said: str) -> None:
    trade_in.taken()

    done = load("a,b,c,d", header=header)

    assert not done.lines
    assert said in done.refused[0].reason


def test_a_file_that_is_no_text_is_refused() -> None:
    trade_in.taken()

    done = services.import_values(
        market="US", raw=b"\xff\xfe\x00", apply=True, actor="ada", now=clock.now()
    )

    assert "UTF-8" in done.refused[0].reason


def test_a_listed_value_only_ends_whoever_asks() -> None:
    variant = trade_in.taken()
    row = ListedValue.objects.filter(variant=variant).first()
    assert row is not None

    for change in (
        lambda: ListedValue.objects.filter(pk=row.pk).update(value_minor=1),
        lambda: ListedValue.objects.filter(pk=row.pk).delete(),
        lambda: ListedValue.objects.filter(pk=row.pk).update(
            until_at=clock.now() + timedelta(days=9), value_minor=1
        ),
    ):
        with pytest.raises(DatabaseError, match="only ends"), transaction.atomic():
            change()
    row.refresh_from_db()
    assert row.value_minor == 20_000


def test_a_phone_without_a_value_is_not_taken_and_others_are_named() -> None:
    trade_in.taken(name="Two")
    other = made.variant(model=made.device_model(brand=Brand.objects.get(slug="aster")))

    with pytest.raises(NotTakenError, match="Aster Two"):
        queries.require_taken(catalogue.variant(other.id), market="US", at=clock.now())


def test_a_market_without_terms_takes_nothing() -> None:
    variant = trade_in.taken(market="US")
    made.market(code="GB")

    with pytest.raises(TermsError, match="No phones"):
        services.quote(
            variant_id=variant.id, market="GB", answers=trade_in.answers(), now=clock.now()
        )
