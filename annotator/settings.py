"""Maps :mod:`annotator.config` to Django settings; no logic of its own."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from annotator.config import get_config, secret_key

CONFIG = get_config()
BASE_DIR = Path(__file__).resolve().parent

SECRET_KEY = secret_key(CONFIG)
DEBUG = CONFIG.debug
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", CONFIG.host, *CONFIG.allowed_hosts]
if CONFIG.public_url:
    ALLOWED_HOSTS.append(str(urlsplit(CONFIG.public_url).hostname))
    CSRF_TRUSTED_ORIGINS = [CONFIG.public_url.rstrip("/")]
SECURE_COOKIES = CONFIG.public_url.startswith("https://")

INSTALLED_APPS = [
    "annotator.apps.AnnotatorConfig",
    "trainer.apps.TrainerConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rest_framework",
    "drf_spectacular",
]
MIDDLEWARE = [
    "annotator.api.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "annotator.urls"
ASGI_APPLICATION = "annotator.asgi.application"
TEMPLATES: list[dict[str, Any]] = []
AUTH_USER_MODEL = "annotator.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-64000;"
    "PRAGMA mmap_size=67108864;PRAGMA temp_store=MEMORY;PRAGMA foreign_keys=ON;"
)


def _database(url: str) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(CONFIG.home / "marquee.sqlite3"),
            # IMMEDIATE: a transaction that will write takes the lock at its start and waits, instead of failing half-way.
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": _SQLITE_PRAGMAS},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": {"min_size": 0, "max_size": 16}},
    }


DATABASES = {"default": _database(CONFIG.database_url)}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CONFIG.redis_address}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # sessions survive the loss of Redis
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "annotator.api.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = False  # done by the proxy in front
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 200
FILE_UPLOAD_TEMP_DIR = None

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"


def _media_storage() -> dict[str, Any]:
    if not CONFIG.s3_bucket:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(CONFIG.home / "store"), "file_permissions_mode": 0o600},
        }
    options = {
        "bucket_name": CONFIG.s3_bucket,
        "endpoint_url": CONFIG.s3_endpoint or None,
        "region_name": CONFIG.s3_region or None,
        "access_key": CONFIG.s3_access_key or None,
        "secret_key": CONFIG.s3_secret_key or None,
        "default_acl": None,
        "file_overwrite": True,
        "querystring_auth": True,
        "signature_version": "s3v4",
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES = {
    "default": _media_storage(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotator.api.authentication.AccessTokenAuthentication",
        "annotator.api.authentication.CsrfSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["annotator.api.parsers.LimitedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "annotator.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_THROTTLE_RATES": {"sign_in_ip": "30/min", "sign_in_account": "10/min"},
    "NUM_PROXIES": 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Marquee",
    "DESCRIPTION": "Label images and grow a model from them, in one place.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {  # several models have a “state”
        "ImageStateEnum": "annotator.models.image.Image.State",
        "AssignmentStateEnum": "annotator.models.assignment.Assignment.State",
        "UploadStateEnum": "annotator.models.image.Upload.State",
        "JobStateEnum": "annotator.models.job.Job.State",
        "PluginStateEnum": "annotator.api.plugins.STATES",
        "PredictionStateEnum": "trainer.models.prediction.Prediction.State",
        "RoundStateEnum": "trainer.models.round.Round.State",
        "JobKindEnum": "annotator.models.job.Job.Kind",
        "RunKindEnum": "trainer.models.run.Run.Kind",
        "RunEventKindEnum": "trainer.models.run.RunEvent.Kind",
        "ProjectTaskEnum": "annotator.models.project.Project.Task",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "annotator.api.openapi.document_errors",
    ],
}

CELERY_BROKER_URL = CONFIG.broker_address
CELERY_TASK_IGNORE_RESULT = True  # results live in the database
CELERY_TASK_ACKS_LATE = False  # a message is a wake-up; the job row with its lease is the truth
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "io"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 43200,
    "health_check_interval": 25,
    "socket_keepalive": not CONFIG.broker_address.startswith("redis+socket"),
    "socket_timeout": 30,
    # A message is only a wake-up: when the broker is away a request must not wait for it (six seconds by default).
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
