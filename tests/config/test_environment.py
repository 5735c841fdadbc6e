from pathlib import Path

import pytest

from bandstand.config.environment import (
    NAMES,
    SETTINGS,
    MisconfiguredError,
    production_refusals,
    read_environment,
)

SOUND = {
    "ENV": "production",
    "SECRET_KEY": "long-random-and-our-own",
    "GATEWAY": "stripe",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    "DATABASE_URL": "postgresql://db/shop",
    "BASE_URL": "https://shop.example",
}


def test_production_starts_with_sound_settings() -> None:
    assert read_environment(SOUND).is_production


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, None),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"GATEWAY": "sandbox"}, "sandbox gateway"),
        ({"DATABASE_URL": ""}, "embedded database"),
        ({"BASE_URL": "http://shop.example"}, "BASE_URL"),
    ],
)
def test_production_refuses_and_names_the_mend(change: dict[str, str], named: str | None) -> None:
    variables = {**SOUND, **change}
    if named is None:
        del variables["SECRET_KEY"]
        named = "SECRET_KEY"

    with pytest.raises(MisconfiguredError, match=named):
        read_environment(variables)


def test_production_may_be_told_to_rehearse() -> None:
    variables = {
        **SOUND,
        "GATEWAY": "sandbox",
        "ALLOW_SANDBOX_GATEWAY": "1",
        "DATABASE_URL": "",
        "ALLOW_EMBEDDED_DATABASE": "yes",
    }

    assert production_refusals(read_environment(variables)) == []


def test_development_needs_no_variable() -> None:
    environment = read_environment({})

    assert environment.base_url == "http://localhost:8000"
    assert read_environment({"PORT": "8123"}).base_url == "http://localhost:8123"


def test_a_word_that_is_neither_yes_nor_no_is_an_error() -> None:
    with pytest.raises(MisconfiguredError, match="say 1 or 0"):
        read_environment({"DEBUG": "maybe"}).flag("DEBUG")


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()

    assert [name for name in sorted(NAMES) if f"`{name}`" not in page] == []
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)
