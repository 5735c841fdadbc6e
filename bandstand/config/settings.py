"""Django's settings, all from the table in ``environment.py``."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from bandstand.config.environment import ROOT, read_environment
from bandstand.config.logs import logging_for

ENVIRONMENT = read_environment(os.environ)
BASE_DIR = ROOT
VAR_DIR = Path(ENVIRONMENT.text("VAR_DIR"))

SECRET_KEY = ENVIRONMENT.text("SECRET_KEY")
DEBUG = ENVIRONMENT.flag("DEBUG")
ALLOWED_HOSTS = ENVIRONMENT.words("ALLOWED_HOSTS")
BASE_URL = ENVIRONMENT.base_url
DEMO = ENVIRONMENT.flag("DEMO")
CLOCK_FILE = ENVIRONMENT.clock_file
TAX_MUST_BE_KNOWN = ENVIRONMENT.is_production  # elsewhere estimates do
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "bandstand.plumbing",
    "bandstand.parties",
    "bandstand.ledger",
    "bandstand.catalogue",
    "bandstand.provenance",
    "bandstand.rights",
    "bandstand.credit",
    "bandstand.tax",
    "bandstand.gate",
    "bandstand.offers",
    "bandstand.payments",
    "bandstand.promotions",
    "bandstand.orders",
    "bandstand.payouts",
    "bandstand.trade_in",
    "bandstand.takedowns",
    "bandstand.storefront",
    "bandstand.console",
    "bandstand.portals",
    "bandstand.api",
    "bandstand.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "bandstand.config.urls"
WSGI_APPLICATION = "bandstand.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bandstand.storefront.site.site",
            ],
        },
    },
]

DATABASES: dict[str, Any] = {
    "default": {
        **dj_database_url.parse(
            ENVIRONMENT.text("DATABASE_URL") or "postgresql://postgres@/postgres", conn_max_age=600
        ),
        "CONN_HEALTH_CHECKS": True,
    }
}
# A transaction that stops to think holds its anchors, and a hold waits for them: end it.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options",
    "-c idle_in_transaction_session_timeout=15s"
    + (f" -c role={ROLE}" if (ROLE := ENVIRONMENT.text("DATABASE_ROLE")) else ""),
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/account/"
LOGIN_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS: bool | dict[str, str] = False if ENVIRONMENT.text("ENV") == "test" else {}
ACCOUNT_ADAPTER = "allauth.account.adapter.DefaultAccountAdapter"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ENVIRONMENT.text("ENV") == "test" or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = ENVIRONMENT.text("ENV") == "test" or DEBUG

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = False  # the proxy before the shop redirects; health checks speak plain HTTP
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Paying leads from a form of ours to the payment page, and browsers check that way too.
        "form-action": [SELF, "https://checkout.stripe.com"]
        if ENVIRONMENT.text("GATEWAY") == "stripe"
        else [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

EMAIL_BACKEND = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "memory": "django.core.mail.backends.locmem.EmailBackend",
}.get(ENVIRONMENT.text("EMAIL_URL").split(":")[0], "django.core.mail.backends.smtp.EmailBackend")
DEFAULT_FROM_EMAIL = ENVIRONMENT.text("MAIL_FROM")

DNS_SERVERS = ENVIRONMENT.words("DNS_SERVERS")
FETCH_TEST_HOSTS = ENVIRONMENT.hosts("FETCH_TEST_HOSTS")
GATEWAY = ENVIRONMENT.text("GATEWAY")
STRIPE_SECRET_KEY = ENVIRONMENT.text("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = ENVIRONMENT.text("STRIPE_WEBHOOK_SECRET")
SANDBOX_WEBHOOK_SECRET = ENVIRONMENT.text("SANDBOX_WEBHOOK_SECRET")
ELIGIBILITY_URL = ENVIRONMENT.text("ELIGIBILITY_URL")
ELIGIBILITY_SECRET = ENVIRONMENT.text("ELIGIBILITY_SECRET")
ELIGIBILITY_SECONDS = ENVIRONMENT.number("ELIGIBILITY_SECONDS")
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
EPCIS_SIZE_MAX_MB = ENVIRONMENT.number("EPCIS_SIZE_MAX_MB")
EPCIS_EVENTS_MAX = ENVIRONMENT.number("EPCIS_EVENTS_MAX")
LOGGING = logging_for(ENVIRONMENT.text("LOG_LEVEL"))
