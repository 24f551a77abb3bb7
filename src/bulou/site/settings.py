"""Settings. What differs between installations comes from the environment or from BULOU_HOME; nothing here calls out.

BULOU_DSN            libpq conninfo or URL of the database (bulou up and the commands set it from the embedded server)
BULOU_HOME           folder of data, keys and certificates
BULOU_SECRET_KEY     Django's secret; normally read from BULOU_HOME/keys
"""

from __future__ import annotations

import importlib.util
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from bulou.floors import MODULES

PACKAGE = Path(__file__).resolve().parents[1]
HOME = Path(os.environ.get("BULOU_HOME", ".bulou")).absolute()

DEBUG = os.environ.get("BULOU_DEBUG") == "1"
SECRET_KEY = os.environ.get("BULOU_SECRET_KEY", "")
ALLOWED_HOSTS = os.environ.get("BULOU_HOSTS", "*").split(",")

INSTALLED_APPS = [  # ours first: where two apps translate one sentence, the first one's word holds
    "bulou.platform",
    "bulou.platform.house",
    "bulou.platform.once",
    "bulou.platform.journal",
    "bulou.platform.expiry",
    "bulou.platform.accounts",
    "bulou.platform.jobs",
    "bulou.platform.pages",
    "bulou.platform.tables",
    "bulou.platform.sheets",
    *[f"bulou.modules.{name}" for name in MODULES],
    "bulou.interfaces.situation",
    "bulou.interfaces.mine",
    "bulou.interfaces.openrosa",
    "bulou.interfaces.field",
    "bulou.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "axes",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bulou.platform.pages.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
    "bulou.platform.access.middleware.ViewerMiddleware",
    "bulou.platform.accounts.middleware.EntryMiddleware",
    "bulou.platform.pages.middleware.RefusalMiddleware",
    "bulou.site.middleware.BodyMiddleware",
]

ROOT_URLCONF = "bulou.site.urls"
WSGI_APPLICATION = "bulou.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "bulou.platform.pages.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "bulou.platform.pages.templatetags.kit",
            ],
        },
    }
]


def databases(dsn: str) -> dict[str, Any]:
    """Django's DATABASES for one libpq conninfo or URL."""
    parts = conninfo_to_dict(dsn) if dsn else {}
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    database: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": False}
    database |= {known[key]: value for key, value in parts.items() if key in known}
    database["OPTIONS"] = {key: value for key, value in parts.items() if key not in known}
    database.setdefault("NAME", "bulou")
    pool = int(os.environ.get("BULOU_POOL", "0"))
    if pool:
        database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    return {"default": database}


DATABASES = databases(os.environ.get("BULOU_DSN", ""))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:log_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:log_in"

SESSION_ENGINE = "bulou.platform.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = os.environ.get("BULOU_HTTPS") == "1"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_FAILURE_VIEW = "bulou.platform.pages.errors.csrf_failed"
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("BULOU_ORIGINS", "").split(",") if origin]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_IDLE_SECONDS = 12 * 3600

# The roles that must use a second factor, e.g. BULOU_SECOND_FACTOR=administrator,auditor (empty = nobody). Not set: these three, where
# the installation is real.
SECOND_FACTOR_ROLES_WHEN_REAL = ("administrator", "chief", "auditor")
SECOND_FACTOR_ROLES = None
if "BULOU_SECOND_FACTOR" in os.environ:
    SECOND_FACTOR_ROLES = tuple(filter(None, os.environ["BULOU_SECOND_FACTOR"].split(",")))

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the time a person is told stays true
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "bulou.platform.accounts.lockout.keep_answer"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [PACKAGE / "site" / "locale", PACKAGE / "interfaces" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("BULOU_STATIC", HOME / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if os.environ.get("BULOU_STATIC_HASHED") == "1":
    STORAGES["staticfiles"]["BACKEND"] = "whitenoise.storage.CompressedManifestStaticFilesStorage"
WHITENOISE_USE_FINDERS = os.environ.get("BULOU_STATIC_HASHED") != "1"
WHITENOISE_AUTOREFRESH = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

FIELD_LIST_HOURS = int(os.environ.get("BULOU_FIELD_LIST_HOURS", "72"))

DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"tokens": {"()": "bulou.site.logs.HideTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["tokens"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "axes": {"level": "ERROR"},  # failures and locks are in its table and in the journal
        "psycopg.pool": {"level": "ERROR"},  # the worker says itself, once, that there is no database
    },
}

if importlib.util.find_spec("bulou.site.local") is not None:  # an installation's own settings, never committed
    from bulou.site.local import *  # noqa: F403
