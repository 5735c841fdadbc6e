"""The settings under test: the same table, ENV=test, letters kept in memory."""

import os

os.environ["ENV"] = "test"
os.environ.setdefault("EMAIL_URL", "memory:")
os.environ.setdefault("LOG_LEVEL", "CRITICAL")

from bandstand.config.settings import *  # noqa: F403 -- the environment must be set before

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; no secret is stored
WHITENOISE_AUTOREFRESH = (
    True  # files as they are in static/: nothing was collected, nothing need be
)
