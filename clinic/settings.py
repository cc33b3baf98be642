"""One settings file for every machine; the environment makes the differences. Nothing is guessed.

`.env.example` lists every variable with its meaning.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from clinic import database, desk_look, logs

env = environ.Env()


def flag(name: str, *, default: bool) -> bool:
    """A switch that is True or False; any other word stops the start, because a typo must not open a door."""
    words = {"True": True, "False": False}
    value = os.environ.get(name, str(default))
    if value not in words:
        raise ImproperlyConfigured(f"{name} must be True or False, not {value!r}")
    return words[value]


def number(name: str, *, default: int, most: int) -> int:
    """A whole number from 1 to `most`."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from 1 to {most}, not {value!r}")
    return int(value)


def required(name: str, why: str) -> str:
    """A variable that has no safe default."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"set {name}: {why}")
    return value


def mail_server() -> dict[str, Any]:
    """EMAIL_URL in its parts. A wrong one is not repeated, because it holds a password."""
    advice = "EMAIL_URL cannot be read; write smtp+tls://user:password@host:587, a / or # in the password as %2F or %23"
    try:
        parts: dict[str, Any] = env.email("EMAIL_URL")
    except (environ.ImproperlyConfigured, ValueError) as error:
        raise ImproperlyConfigured(advice) from error
    if "smtp" in parts["EMAIL_BACKEND"] and not parts["EMAIL_HOST"]:
        raise ImproperlyConfigured(advice)
    return parts


BASE_DIR = Path(__file__).resolve().parent.parent
# Everything this machine must keep: the embedded database, its password, our key, written mail.
DATA_DIR = Path(os.environ.get("CLINIC_DATA_DIR") or BASE_DIR / ".data").expanduser().resolve()
EMBEDDED_DATABASE = "DATABASE_URL" not in os.environ
DEBUG = flag("DEBUG", default=False)
PORT = number("PORT", default=8000, most=65535)

# A file that the backup touches when it is done: the dashboard shows its age. Absent: "not known".
BACKUP_STAMP = Path(path) if (path := os.environ.get("BACKUP_STAMP")) else None

DATABASES = {"default": database.from_environment(env, DATA_DIR)}

if EMBEDDED_DATABASE:
    SECRET_KEY = os.environ.get("SECRET_KEY") or database.secret_file(DATA_DIR / "secret_key")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
else:
    SECRET_KEY = required("SECRET_KEY", "50 or more random characters; with it anyone can forge a staff login")
    ALLOWED_HOSTS = required("ALLOWED_HOSTS", "the site's host names, separated by commas").replace(" ", "").split(",")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# Where people reach the site: the base of every link in an email. https:// also switches on what only https allows.
_loopback = {"127.0.0.1", "localhost", "[::1]"}
_public_hosts = [host.lstrip(".") for host in ALLOWED_HOSTS if host not in _loopback and host != "*"]
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/") or (
    f"https://{_public_hosts[0]}" if _public_hosts else f"http://127.0.0.1:{PORT}"
)
if urlsplit(SITE_URL).scheme not in ("http", "https") or not urlsplit(SITE_URL).hostname:
    raise ImproperlyConfigured(f"SITE_URL must be an address such as https://clinic.example, not {SITE_URL!r}")
HTTPS = SITE_URL.startswith("https://")

# --- What the site is made of ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "clinic.apps.ClinicAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "crispy_forms",
    "crispy_bootstrap5",
    "phonenumber_field",
    "pgtrigger",
    "pghistory",
    "post_office",
    "csp",
    # Ours come last: their admin pages replace some that the libraries above register.
    "clinic.staff",
    "clinic.practice",
    "clinic.pages",
    "inquiries",
    "clinic",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "clinic.pages.middleware.PublishedPagesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
AUTH_USER_MODEL = "staff.StaffUser"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.practice.context.practice",
                "clinic.pages.navigation.navigation",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"  # what is stored; people see the practice's own time zone
USE_TZ = True
USE_I18N = True

# --- Static files: fingerprinted, compressed, served by the same process -------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_ROOT = BASE_DIR / "clinic" / "at_root"  # icons that programs look for at a fixed address
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Mail: the request only writes to the outbox; the worker sends -------------------------------------------------

if "EMAIL_URL" in os.environ:
    _mail = mail_server()
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
    # smtplib's time limit is for each answer of the mail server; ours is for the whole conversation, too.
    _delivery = _mail["EMAIL_BACKEND"].replace("django.core.mail.backends.smtp.", "inquiries.smtp.")
else:
    _delivery = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 20  # seconds; a mail server that hangs must not hold up the next notice
EMAIL_BACKEND = "post_office.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default=f"no-reply@{urlsplit(SITE_URL).hostname}")
POST_OFFICE = {"BACKENDS": {"default": _delivery}}

# --- History: who did what, written by triggers ---------------------------------------------------------------------

PGHISTORY_APPEND_ONLY = True

# --- What browsers are told -----------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# Why each exception is there: docs/decisions/0004-two-content-security-policies.md
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_NAME = "__Host-staff" if HTTPS else "staff"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: a long shift
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_NAME = "__Host-form" if HTTPS else "form"
CSRF_COOKIE_AGE = 24 * 60 * 60  # seconds: long enough to think over a message, short enough to be forgotten
CSRF_FAILURE_VIEW = "inquiries.views.expired"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

if HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    # Probes from the same machine speak plain http; they show no page and set no cookie.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    # The server listens on loopback only, so the proxy in front is the one who can set this header.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# --- Limits and logs ------------------------------------------------------------------------------------------------

# For the admin's forms. The contact form reads its own body, so that nothing typed is lost: inquiries/reading.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100

# More messages than this from one network or with the same words, or five times as many in all, within five minutes
# are a flood: they go to quarantine. Quarantined messages of one day may take this much storage; after that senders
# are told that nothing was kept. Crisis and emergency messages are always kept. docs/decisions/0009.
FLOOD = number("FLOOD_MESSAGES", default=300, most=1_000_000_000)
QUARANTINE_BYTES_A_DAY = number("QUARANTINE_MB_A_DAY", default=500, most=1_000_000) * 1_000_000

LOGGING = logs.LOGGING  # no request bodies, no query strings, no names

# --- The admin's look and its menu ----------------------------------------------------------------------------------

UNFOLD = desk_look.UNFOLD
