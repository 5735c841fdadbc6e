"""
The one table of settings that the shop reads from its environment, and what production refuses.

Every row says what it is for; ``bandstand settings`` prints the table and ``docs/settings.md`` is
made from it, so nothing is configured that is not written down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bandstand.kernel.errors import BadInputError

ROOT: Final = Path(__file__).resolve().parents[2]
INSECURE_SECRET_KEY: Final = "insecure-development-key-do-not-use-in-production"  # noqa: S105 -- named so that production can refuse it
TRUE_WORDS: Final = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS: Final = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: a variable, what it holds when absent, and what it is for."""

    name: str
    default: str
    meaning: str


SETTINGS: Final = (
    Setting("ENV", "development", "development, test or production."),
    Setting(
        "SECRET_KEY", INSECURE_SECRET_KEY, "Signs sessions and links. Production needs its own."
    ),
    Setting("DEBUG", "", "Shows tracebacks in the browser. Refused in production."),
    Setting(
        "DATABASE_URL", "", "PostgreSQL 15 or newer. Empty: the embedded server under VAR_DIR."
    ),
    Setting(
        "DATABASE_ROLE",
        "",
        "The role taken on after connecting; `bandstand up` sets it.",
    ),
    Setting("ALLOW_EMBEDDED_DATABASE", "", "Lets production run on the embedded PostgreSQL."),
    Setting("VAR_DIR", str(ROOT / "var"), "Where the embedded database and private files live."),
    Setting("PORT", "8000", "The port that `bandstand up` listens on."),
    Setting("HOST", "127.0.0.1", "The address that `bandstand up` listens on."),
    Setting("BASE_URL", "", "The shop's public address. Empty: http://localhost:PORT."),
    Setting(
        "ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver", "Host names served, by commas."
    ),
    Setting("WEB_WORKERS", "2", "Web server processes."),
    Setting(
        "GATEWAY", "sandbox", "sandbox or stripe. The sandbox moves no money; not in production."
    ),
    Setting("STRIPE_SECRET_KEY", "", "Secret key of the Stripe account, for GATEWAY=stripe."),
    Setting(
        "STRIPE_WEBHOOK_SECRET", "", "Signs Stripe's events to /webhooks/payments/stripe (whsec_…)."
    ),
    Setting(
        "ALLOW_SANDBOX_GATEWAY", "", "Lets production run on the sandbox gateway (a rehearsal)."
    ),
    Setting(
        "SANDBOX_WEBHOOK_SECRET", "whsec_c2FuZGJveC1nYXRld2F5LXNlY3JldA==", "Signs sandbox events."
    ),
    Setting("ELIGIBILITY_URL", "", "A service that assesses credit. Empty: the shop's own rules."),
    Setting("ELIGIBILITY_SECRET", "", "Signs what that service is asked and answers (whsec_…)."),
    Setting("ELIGIBILITY_SECONDS", "5", "How long that service is waited for."),
    Setting("IDENTITY_KEY_FILE", "", "Key that seals identities (Fernet). Empty: made in VAR_DIR."),
    Setting("PASSPORT_KEY_FILE", "", "Ed25519 private key (PEM). Empty: made under VAR_DIR."),
    Setting("EMAIL_URL", "console:", "console:, memory: or smtp://user:password@host:port."),
    Setting("MAIL_FROM", "Lark Mobile <shop@lark.example>", "The sender of the shop's letters."),
    Setting(
        "DNS_SERVERS", "", "Resolvers for brands' domains, as address:port. Empty: the system's."
    ),
    Setting(
        "FETCH_TEST_HOSTS",
        "",
        "Rehearsals: host=address:port by commas, asked over plain HTTP. Not in production.",
    ),
    Setting("EPCIS_SIZE_MAX_MB", "20", "The largest document of supply-chain events taken in."),
    Setting("EPCIS_EVENTS_MAX", "10000", "The most events in one document."),
    Setting("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting(
        "CLOCK_FILE",
        "",
        "A demo's seconds ahead of the world. Empty: under VAR_DIR. Not in production.",
    ),
    Setting("DEMO", "", "Marks every page as demo data and shows the demo accounts."),
)
NAMES: Final = frozenset(setting.name for setting in SETTINGS)


class MisconfiguredError(BadInputError):
    """Settings that this environment must not run with."""

    code = "misconfigured"


@dataclass(frozen=True, slots=True)
class Environment:
    """The values of the table, read once."""

    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return a value as written."""
        return self.values[name]

    def flag(self, name: str) -> bool:
        """
        Return a value as yes or no.

        Raises: MisconfiguredError for a word that is neither.
        """
        word = self.values[name].strip().lower()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
        raise MisconfiguredError(f"{name} is “{self.values[name]}”; say 1 or 0.", name=name)

    def number(self, name: str) -> int:
        """
        Return a value as a whole number.

        Raises: MisconfiguredError if it is not one.
        """
        if not self.values[name].isdecimal():
            raise MisconfiguredError(
                f"{name} is “{self.values[name]}”; it must be a number.", name=name
            )
        return int(self.values[name])

    def words(self, name: str) -> list[str]:
        """Return a comma-separated value as a list without blanks."""
        return [word.strip() for word in self.values[name].split(",") if word.strip()]

    def hosts(self, name: str) -> dict[str, tuple[str, int]]:
        """
        Return a value such as ``brand.example=127.0.0.1:8080`` as hosts and where they answer.

        Raises: MisconfiguredError for a part that is not of that form.
        """
        found = {}
        for word in self.words(name):
            host, _, place = word.partition("=")
            address, _, port = place.rpartition(":")
            if not host or not address or not port.isdecimal():
                raise MisconfiguredError(
                    f"{name} has “{word}”; write host=address:port.", name=name
                )
            found[host.lower()] = (address, int(port))
        return found

    @property
    def is_production(self) -> bool:
        return self.values["ENV"] == "production"

    @property
    def clock_file(self) -> str:
        """The file that sets a demo's clock ahead: of a shop in development, its own."""
        if self.values["ENV"] != "development":
            return self.values["CLOCK_FILE"]
        return self.values["CLOCK_FILE"] or str(Path(self.values["VAR_DIR"]) / "clock-ahead")

    @property
    def base_url(self) -> str:
        return self.values["BASE_URL"].rstrip("/") or f"http://localhost:{self.values['PORT']}"


def read_environment(variables: Mapping[str, str]) -> Environment:
    """
    Return the settings, defaults filled in.

    Raises: MisconfiguredError listing everything that production refuses.
    """
    environment = Environment(
        {setting.name: variables.get(setting.name, setting.default) for setting in SETTINGS}
    )
    refusals = production_refusals(environment) if environment.is_production else []
    if refusals:
        raise MisconfiguredError("ENV=production refuses: " + " ".join(refusals))
    return environment


def production_refusals(environment: Environment) -> list[str]:
    """Return what stands between these settings and a production start, each with its mend."""
    rules = (
        (
            environment.text("SECRET_KEY") == INSECURE_SECRET_KEY,
            "the default SECRET_KEY (set your own, 50 random characters).",
        ),
        (environment.flag("DEBUG"), "DEBUG (unset it)."),
        (
            environment.text("GATEWAY") == "sandbox"
            and not environment.flag("ALLOW_SANDBOX_GATEWAY"),
            "the sandbox gateway (set GATEWAY, or ALLOW_SANDBOX_GATEWAY=1 for a rehearsal).",
        ),
        (
            environment.text("GATEWAY") == "stripe"
            and not environment.text("STRIPE_SECRET_KEY").startswith(("sk_live_", "rk_live_")),
            "Stripe without a live key (set STRIPE_SECRET_KEY=sk_live_… or rk_live_…).",
        ),
        (
            environment.text("GATEWAY") == "stripe"
            and not environment.text("STRIPE_WEBHOOK_SECRET").startswith("whsec_"),
            "Stripe without its webhook secret (set STRIPE_WEBHOOK_SECRET=whsec_…).",
        ),
        (
            not environment.text("DATABASE_URL")
            and not environment.flag("ALLOW_EMBEDDED_DATABASE"),
            "the embedded database (set DATABASE_URL, or ALLOW_EMBEDDED_DATABASE=1).",
        ),
        (
            bool(environment.text("FETCH_TEST_HOSTS")),
            "FETCH_TEST_HOSTS (unset it; lists are read over HTTPS).",
        ),
        (
            bool(environment.text("CLOCK_FILE")),
            "CLOCK_FILE (unset it; a shop goes by the world's clock).",
        ),
        (
            not environment.text("BASE_URL").startswith("https://"),
            "a BASE_URL that is not https (letters and links carry it).",
        ),
    )
    return [refusal for applies, refusal in rules if applies]
