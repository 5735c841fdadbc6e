"""Order numbers that people can read out, and how long things are kept. Pure."""

from datetime import timedelta
from typing import Final

from bandstand.kernel.public_ids import ALPHABET

PREPARED_FOR: Final = timedelta(minutes=15)
"""How long units are kept for a checkout whose buyer is still typing."""
PAYING_FOR: Final = timedelta(minutes=30)
"""How long they are kept once the payment has begun; a bank may ask the buyer to confirm."""
BASKET_LINES_MAX: Final = 10
NUMBER_LETTERS: Final = 8
NUMBER_BITS: Final = 5 * NUMBER_LETTERS


def order_number(*, shop_name: str, random: int) -> str:
    """
    Return a number that a person can read out and nobody can count: ``LK-7F3K-92QD``.

    Two letters of the shop's name, then forty random bits in Crockford's alphabet, which has no
    letter that is mistaken for a digit.
    """
    word = "".join(
        letter
        for letter in shop_name.split(" ", maxsplit=1)[0].upper()
        if letter.isascii() and letter.isalpha()
    )
    letters = []
    for _ in range(NUMBER_LETTERS):
        random, digit = divmod(random, len(ALPHABET))
        letters.append(ALPHABET[digit])
    half = NUMBER_LETTERS // 2
    prefix = word[:1] + word[-1:] if word else "BS"
    return f"{prefix}-{''.join(letters[:half])}-{''.join(letters[half:])}"
