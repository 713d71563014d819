"""One settings file, read from the environment. README lists every variable; checks.py refuses unsafe ones."""

from __future__ import annotations

import zoneinfo
from pathlib import Path

import environ

from helpdesk import theme

# The locked tzdata package, not whatever the machine has: the same rules everywhere (R20).
zoneinfo.reset_tzpath(to=())

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)  # demo tenants, /outbox/, a clock that can be moved
TESTING = env.bool("HELPDESK_TESTING", False)
TIME_TRAVEL = DEMO or TESTING
SECRET_KEY = env("SECRET_KEY", default="unsafe-only-for-commands-that-need-no-secret")
BASE_DOMAIN = env("BASE_DOMAIN", default="localhost")
PORT = env.int("PORT", 0)  # what links carry after the host; 0: nothing
SCHEME = env("SCHEME", default="http" if BASE_DOMAIN == "localhost" else "https")
ALLOWED_HOSTS = ["*"]  # the tenant middleware knows the exact hosts and refuses the rest

SHARED_APPS = [
    "django_tenants",
    "tenants",
    "django.contrib.contenttypes",
    "tenants.people",
    "unfold",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "django.contrib.staticfiles",
    "axes",
    "helpdesk",
]
TENANT_APPS = [
    "django.contrib.contenttypes",
    "tenants.people",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "axes",
    "tenants.audit",
    "tenants.customers",
    "sla",
    "policies",
    "policies.guidance",
    "notifications",
    "tickets",
    "tickets.intake",
    "tickets.chat",
    "tickets.webhooks",
    "tickets.satisfaction",
    "tickets.duty",
    "tickets.canned",
    "tickets.agreements",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "template_partials",
    "anymail",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]

TENANT_LIMIT_SET_CALLS = True  # SET search_path once a tenant, not once a statement
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
PUBLIC_SCHEMA_NAME = "public"
PUBLIC_SCHEMA_URLCONF = "helpdesk.public_urls"
ROOT_URLCONF = "helpdesk.urls"
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
WSGI_APPLICATION = "helpdesk.wsgi.application"

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///helpdesk")}
DATABASES["default"] |= {
    "ENGINE": "tenants.backend",
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 300),
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": True,
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 2)  # for tenants.compiled alone
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

MIDDLEWARE = [
    "helpdesk.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.TenantMiddleware",
    "tickets.attachments.answers.AnswersToScripts",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.people.middleware.LanguageAndZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

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
                "tenants.customers.context.desk",
                "notifications.context.unread_notices",
            ],
        },
    },
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:  # the tests sign in a lot
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "people/locked_out.html"
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SCHEME == "https"
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "tenants.people.sessions"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SCHEME == "https":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/admin/", "/api/v1/docs"),  # the admin theme needs inline styles and eval
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("pt-br", "Português (Brasil)"),
    ("en", "English"),
    ("es", "Español"),
    ("de", "Deutsch"),
    ("ru", "Русский"),
]
LOCALE_PATHS = [BASE_DIR / "helpdesk" / "locale"]
FORMAT_MODULE_PATH = "helpdesk.formats"
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "tenants.files.TenantFiles"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
MEDIA_ROOT = env("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
MEDIA_URL = "/files/"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

email = env.email("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = email["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = email.get("EMAIL_HOST", ""), email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = email.get("EMAIL_HOST_USER", ""), email.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = email.get("EMAIL_USE_TLS", False), email.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = email.get("EMAIL_FILE_PATH") or str(BASE_DIR / "var" / "mail")
EMAIL_TIMEOUT = 10
if env("ANYMAIL_PROVIDER", default=""):  # e.g. "mailgun"; its keys come from ANYMAIL_* variables (README)
    EMAIL_BACKEND = f"anymail.backends.{env('ANYMAIL_PROVIDER')}.EmailBackend"
ANYMAIL = {
    key[8:]: value
    for key, value in env.ENVIRON.items()
    if key.startswith("ANYMAIL_") and key != "ANYMAIL_PROVIDER"
}
MAIL_SENDERS = env.int("MAIL_SENDERS", 8)  # connections at a time while one tenant's mail is sent
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"support@{BASE_DOMAIN}")

# What tenants may have us call (tenants/outside.py): public addresses by https, unless it is loosened here.
OUTSIDE_NETWORKS = env.list("OUTSIDE_NETWORKS", default=[])
OUTSIDE_PORTS = env.list("OUTSIDE_PORTS", cast=int, default=[80, 443, 8443])
OUTSIDE_PLAIN_HTTP = env.bool("OUTSIDE_PLAIN_HTTP", False)

REDIS_URL = env("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "django_tenants.cache.make_key",
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
API_READS_PER_MINUTE = env.int("API_READS_PER_MINUTE", 600)  # for each key, or signed-in person
API_WRITES_PER_MINUTE = env.int("API_WRITES_PER_MINUTE", 120)
SPECTACULAR_SETTINGS = {
    "TITLE": "Helpdesk API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tickets.api.openapi.completed",
    ],
    "ENUM_NAME_OVERRIDES": {
        "TicketStatus": "tickets.models.Ticket.Status",
        "MessageKind": "tickets.models.Message.Kind",
        "WrittenKind": "tickets.api.requests.WRITTEN_KINDS",
        "SituationKey": "policies.document.STATED_SITUATIONS",
        "IncidentState": "policies.guidance.models.Incident.State",
        "QuoteState": "tickets.agreements.models.Quote.State",
        "QuoteKind": "tickets.agreements.models.Quote.Kind",
        "MeetingState": "tickets.agreements.models.Meeting.State",
        "MeetingKind": "tickets.agreements.models.Meeting.Kind",
    },
    "SERVERS": [{"url": "/", "description": "This desk’s own address"}],
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "defaultModelsExpandDepth": 0, "docExpansion": "list"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

SILENCED_SYSTEM_CHECKS = ["axes.W003"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

UNFOLD = theme.UNFOLD

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {"httpx": {"level": "WARNING"}},  # it would write whole addresses, with what is secret in them
}
