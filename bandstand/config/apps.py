from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Wires the rooms together once all of them are loaded."""

    name = "bandstand.config"
    label = "config"

    def ready(self) -> None:
        from bandstand.config.wiring import wire  # noqa: PLC0415 -- models exist only from here on

        wire()
