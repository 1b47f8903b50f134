"""Django settings, made from config.py. Nothing here is meant to be edited per installation."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from linli import __version__
from linli.doors.site import secrets
from linli.doors.site.config import config

LINLI = config()
if LINLI.production and (LINLI.demo or LINLI.clock == "test"):
    raise ImproperlyConfigured("LINLI_PRODUCTION refuses LINLI_DEMO and LINLI_CLOCK=test: take one of them away")

PACKAGE = Path(__file__).resolve().parents[2]
DEBUG = False
SECRET_KEY = secrets.secret("django")
LINLI_MASTER_KEY_FILE = LINLI.data / "keys" / "master"
secrets.secret("master")
secrets.secret("metrics")
LINLI_DATA = LINLI.data
# What the matching engine compiles is kept here for the next process; where packages lie, nobody may have the right to write.
os.environ.setdefault("NUMBA_CACHE_DIR", str(LINLI.data.absolute() / "compiled" / __version__))
LINLI_DEMO = LINLI.demo
LINLI_PRODUCTION = LINLI.production
LINLI_CODE_SENDER = LINLI.code_sender
LINLI_PUBLIC_URL = LINLI.public_url or f"http://localhost:{LINLI.port}"
LINLI_RP_ID = urlsplit(LINLI_PUBLIC_URL).hostname or "localhost"
LINLI_ORIGINS = [LINLI_PUBLIC_URL]
if LINLI.production and LINLI.code_sender == "console":
    raise ImproperlyConfigured("LINLI_PRODUCTION refuses LINLI_CODE_SENDER=console: codes would stand in the log")
LINLI_CLOCK_FILE = LINLI.data / "clock.json" if LINLI.clock == "test" else None
ALLOWED_HOSTS = ["*"] if not LINLI.production else [h for h in [urlsplit(LINLI.public_url).hostname, "127.0.0.1"] if h]
CSRF_TRUSTED_ORIGINS = [LINLI.public_url] if LINLI.public_url else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "linli.ground.places",
    "linli.ground.policy",
    "linli.ground.people",
    "linli.ground.steps",
    "linli.help.needs",
    "linli.help.supply",
    "linli.help.visits",
    "linli.help.matching",
    "linli.value.ledger",
    "linli.value.timebank",
    "linli.trust.evidence",
    "linli.trust.voice",
    "linli.trust.certificates",
    "linli.sight.facts",
    "linli.sight.wellbeing",
    "linli.sight.warnings",
    "linli.sight.programme",
    "linli.sight.forecast",
    "linli.sight.trials",
    "linli.sight.papers",
    "linli.doors.site",
    "linli.doors.resident",
    "linli.doors.worker",
    "linli.doors.city",
    "linli.doors.public",
    "linli.doors.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads each answer at random, so that its length tells nothing of a token in it
    "linli.doors.site.middleware.headers",  # outside of whatever answers early: what is refused carries them too
    "linli.doors.site.middleware.limits",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "linli.doors.site.counters.watched",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "linli.doors.site.middleware.Refusals",
    "linli.doors.site.middleware.Rights",
]

ROOT_URLCONF = "linli.doors.site.urls"
WSGI_APPLICATION = "linli.doors.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "linli.doors.site.context.page",
            ],
            "builtins": ["linli.doors.site.templatetags.linli"],
        },
    }
]


def _database() -> dict[str, object]:
    common = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "TIME_ZONE": None}
    if LINLI.database_url:
        url = urlsplit(LINLI.database_url)
        return common | {
            "NAME": url.path.lstrip("/"),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": unquote(url.hostname or ""),
            "PORT": str(url.port or ""),
        }
    password = secrets.database_password(LINLI.data)
    return common | {"NAME": "linli", "USER": "linli", "PASSWORD": password, "HOST": str(secrets.socket_folder(LINLI.data.absolute()))}


DATABASES = {"default": _database()}
# Who makes and enters the databases of policy trials; on a server of somebody else's, the role of the live one.
LINLI_TRIAL_ROLE = secrets.TRIAL_ROLE if not LINLI.database_url else ""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["linli.doors.site.signin.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"

USE_TZ = True
TIME_ZONE = "UTC"  # sums and clocks are UTC; pages show Asia/Shanghai through the `clocktime` filter
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
USE_I18N = True
CSRF_FAILURE_VIEW = "linli.doors.site.middleware.form_expired"
LANGUAGE_COOKIE_NAME = "linli_language"

STATIC_URL = "/static/"
STATIC_ROOT = LINLI.data / "static"
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes; a need is a few hundred
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

SESSION_COOKIE_NAME = "linli_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LINLI.production
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # no script of ours reads a cookie
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SITE_WORDS = _("邻里")
LOGGING_CONFIG = None
