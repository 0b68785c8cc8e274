"""The one settings file. What differs between machines comes from the environment (newsroom/env.py)."""

from __future__ import annotations

from pathlib import Path

import environ

from newsroom import embedded
from newsroom import env as environment

ENV = environment.read()
# Own servers by name, else the embedded ones where they run; without either the first query says what is missing.
_RUNNING = None if ENV.database_url and ENV.redis_url else embedded.find(ENV.home / "servers")
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = ENV.debug
DEMO = ENV.demo
SECRET_KEY = ENV.secret_key
IDENTITY_KEYS = list(ENV.identity_keys)
ADDRESS_KEYS = list(ENV.address_keys)
ORIGIN = ENV.origin
ALLOWED_HOSTS = list(ENV.allowed_hosts)
HOME = ENV.home

INSTALLED_APPS = [
    "newsroom",
    "newsroom.publication",
    "newsroom.accounts",
    "newsroom.audit",
    "newsroom.limits",
    "newsroom.outbox",
    "newsroom.pagecache",
    "newsroom.live",
    "newsroom.mail",
    "newsroom.blocks",
    "newsroom.deskui",
    "newsroom.notices",
    "newsroom.undelivered",
    "media_assets",
    "articles",
    "newsletters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "newsroom.bundles.LeanStaticFiles",
    "django_htmx",
    "ckeditor",
]
if DEMO:
    INSTALLED_APPS.append("newsroom.demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "newsroom.headers.SecurityHeaders",
    "newsroom.malformed.Malformed",  # before the session is read: its cookie may be what is malformed
    "newsroom.bundles.WholeFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
ASGI_APPLICATION = "newsroom.asgi.application"
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
                "newsroom.publication.context.publication",
                "newsroom.deskui.context.desk",
            ],
        },
    },
    {  # what readers get
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "public",
        "DIRS": [BASE_DIR / "templates/public"],
        "OPTIONS": {
            "environment": "newsroom.public_pages.environment",
            "context_processors": ["newsroom.publication.context.publication", "newsletters.foot.footer"],
        },
    },
]

_DATABASE = environ.Env.db_url_config(
    ENV.database_url or (_RUNNING.database_url if _RUNNING else "postgres://127.0.0.1/newsroom")
)
DATABASES = {
    "default": {
        **_DATABASE,
        "ENGINE": "newsroom.database",
        "CONN_MAX_AGE": 0,  # of a thread; what is kept belongs to the process
        "IDLE": ENV.database_idle,
        "ATOMIC_REQUESTS": False,
        # A page's story comes with a dozen joined rows, each by its key. To weigh the order of eight joins at a time, as
        # PostgreSQL does by itself, took 30 ms a page; the query took one. DATABASE_URL's own ?options= goes first.
        "OPTIONS": {
            "options": "-c join_collapse_limit=4",
            "connect_timeout": 5,  # seconds; a server that is frozen takes a connection and says nothing
            # A machine that is gone says nothing either: what is sent and not acknowledged, or asked and not answered by
            # its network, is given up after half a minute and not after hours.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 4,
            "tcp_user_timeout": 30_000,
            **_DATABASE.get("OPTIONS", {}),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PAGE_PATIENCE = ENV.page_patience
REDIS_URL = ENV.redis_url or (_RUNNING.redis_url if _RUNNING else "redis://127.0.0.1:6379/0")

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["newsroom.accounts.backend.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "deskui:start"
SESSION_COOKIE_NAME = "desk"
SESSION_COOKIE_SECURE = ENV.origin_is_secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = ENV.origin_is_secure
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [ORIGIN]
CSRF_FAILURE_VIEW = "newsroom.errors.csrf_failure"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = ENV.origin_is_secure and ENV.proxy_count == 0
SECURE_HSTS_SECONDS = 365 * 86400 if ENV.origin_is_secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.origin_is_secure and ENV.proxy_count else None
X_FRAME_OPTIONS = "DENY"
PROXY_COUNT = ENV.proxy_count
SEEN_YEARS = ENV.seen_years
WEBSUB_HUB = ENV.websub_hub
CDN = ENV.cdn
GETTY = ENV.getty
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

LANGUAGE_CODE = "en-gb"
TIME_ZONE = ENV.desk_time_zone
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = ENV.static_root
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "newsroom.bundles.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "newsroom.bundles.HashedStatic"
    },
    # Of pictures: originals and what else is nobody's to fetch; what readers get, by addresses of ours.
    "private": ENV.bucket.store("private")
    if ENV.bucket
    else {"BACKEND": "media_assets.stores.Folder", "OPTIONS": {"root": "PRIVATE_ROOT"}},
    "public": ENV.bucket.store("public")
    if ENV.bucket
    else {"BACKEND": "media_assets.stores.Folder", "OPTIONS": {"root": "MEDIA_ROOT", "mode": 0o644}},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

MEDIA_URL = "/media/"
MEDIA_ROOT = ENV.media_root  # finished renditions: public, addresses never reused
PRIVATE_ROOT = ENV.private_root  # originals: never served as they are
PICTURE_FEEDS_ROOT = ENV.picture_feeds_root  # agencies lay files into folders in it; None: none do

PRIVATE_SHOPS = ENV.private_shops  # for tests and demonstrations: a shop on this machine
MAIL_URL = ENV.mail_url
MAIL_FROM = ENV.mail_from
MAIL_BOUNCE_DOMAIN = ENV.mail_bounce_domain
MAIL_BOUNCE_BOX = ENV.mail_bounce_box
EMAIL_BACKEND = "newsroom.mail.backend.LetterBackend"  # Django's own mails (error reports) take the same road
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM

SILENCED_SYSTEM_CHECKS = [
    # django-ckeditor warns that CKEditor 4's open line has ended. Known and contained: the server's allow list
    # decides what is stored, the editing page's CSP allows no foreign or inline script (README, decisions).
    "ckeditor.W001",
]
from newsroom.editor import CKEDITOR_CONFIGS  # noqa: E402, F401

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # A stranger's Host header is answered with 400; with a traceback for each, a flood would fill the disk.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "celery": {"level": "WARNING"},
    },
}
