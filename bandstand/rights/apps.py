"""The rights app."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """Grants, brand statements and approvals: who may sell what, where."""

    name = "bandstand.rights"
    label = "rights"
