from datetime import UTC, datetime

import pytest
from django.core import mail

from bandstand.plumbing import letters
from bandstand.plumbing.models import Letter

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def write(key: str) -> bool:
    return letters.write_letter(
        key=key,
        kind="order_placed",
        to_address="mira@example.org",
        subject="Your order",
        body="Thank you.",
        about="ord_1",
        now=NOW,
    )


@pytest.mark.django_db
def test_same_key_is_the_same_letter() -> None:
    assert write("order-placed:ord_1")
    assert not write("order-placed:ord_1")

    assert letters.send_waiting(now=NOW) == 1
    assert letters.send_waiting(now=NOW) == 0
    assert [message.to for message in mail.outbox] == [["mira@example.org"]]
    assert Letter.objects.get().sent_at == NOW
    assert [letter.key for letter in letters.letters_about("ord_1")] == ["order-placed:ord_1"]
