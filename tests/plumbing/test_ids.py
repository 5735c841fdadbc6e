from bandstand.plumbing.ids import new_id


def test_keys_rise_and_are_of_version_7() -> None:
    keys = [new_id() for _ in range(20_000)]

    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert {key.version for key in keys} == {7}
    assert {key.variant for key in keys} == {"specified in RFC 4122"}
