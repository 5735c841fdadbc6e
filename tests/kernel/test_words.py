from bandstand.kernel.errors import near_matches
from bandstand.kernel.words import Certainty


def test_weakest_certainty_wins() -> None:
    assert Certainty.weakest(Certainty.HIGH, Certainty.LOW, Certainty.MEDIUM) is Certainty.LOW
    assert Certainty.weakest() is Certainty.HIGH


def test_near_matches_keep_the_known_spelling() -> None:
    assert near_matches("t-mobil us", ["T-Mobile US", "AT&T Mobility"])[0] == "T-Mobile US"
    assert near_matches("zzz", ["T-Mobile US"]) == []
