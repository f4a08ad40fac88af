"""Typed, frozen configuration: the only reader of ``os.environ``.

Defaults fit one machine. ``load`` refuses unknown ``MARQUEE_*`` variables and malformed values with a sentence, so that a
typing error never silently means the default.
"""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path


class ConfigError(Exception):
    """A setting cannot be used; the text names the variable and what it should look like."""


def _setting(env: str, default: object, help_text: str) -> object:
    return field(default=default, metadata={"env": env, "help": help_text})


@dataclass(frozen=True, slots=True)
class Config:
    """One flat table: attribute, environment variable, default, meaning. Rendered into docs/configuration.md."""

    home: Path = _setting("MARQUEE_HOME", Path("var"), "Folder for all state: database, images, runs, Redis, logs.")  # type: ignore[assignment]
    host: str = _setting("MARQUEE_HOST", "127.0.0.1", "Address to listen on.")  # type: ignore[assignment]
    port: int = _setting("MARQUEE_PORT", 8000, "Port to listen on.")  # type: ignore[assignment]
    demo: bool = _setting("MARQUEE_DEMO", True, "Offer the demo project on the first start.")  # type: ignore[assignment]
    debug: bool = _setting("MARQUEE_DEBUG", False, "Django's debug mode; never on a shared machine.")  # type: ignore[assignment]
    secret_key: str = _setting(
        "MARQUEE_SECRET_KEY", "", "Signing key; made on first start and kept in MARQUEE_HOME when empty."
    )  # type: ignore[assignment]
    allowed_hosts: tuple[str, ...] = _setting(
        "MARQUEE_ALLOWED_HOSTS", (), "Host names served besides the listen address, comma separated."
    )  # type: ignore[assignment]
    public_url: str = _setting(
        "MARQUEE_PUBLIC_URL",
        "",
        "Address people use, e.g. https://marquee.example.org; switches secure cookies on for https.",
    )  # type: ignore[assignment]
    database_url: str = _setting(
        "DATABASE_URL", "", "postgres://user:password@host:port/name; SQLite in MARQUEE_HOME when empty."
    )  # type: ignore[assignment]
    redis_url: str = _setting("REDIS_URL", "", "redis://…, rediss://… or unix://…; an own embedded server when empty.")  # type: ignore[assignment]
    s3_bucket: str = _setting("MARQUEE_S3_BUCKET", "", "Bucket for images and models; local files when empty.")  # type: ignore[assignment]
    s3_endpoint: str = _setting("MARQUEE_S3_ENDPOINT", "", "Endpoint of an S3-compatible store; empty for AWS.")  # type: ignore[assignment]
    s3_region: str = _setting("MARQUEE_S3_REGION", "", "Region of the bucket.")  # type: ignore[assignment]
    s3_access_key: str = _setting("MARQUEE_S3_ACCESS_KEY", "", "Access key; empty for the machine's own role.")  # type: ignore[assignment]
    s3_secret_key: str = _setting("MARQUEE_S3_SECRET_KEY", "", "Secret key that belongs to the access key.")  # type: ignore[assignment]
    worker_concurrency: int = _setting("MARQUEE_WORKERS", 4, "Threads of the embedded Celery worker.")  # type: ignore[assignment]
    worker_queues: tuple[str, ...] = _setting(
        "MARQUEE_QUEUES", ("io", "cpu", "gpu"), "Queues the worker serves, comma separated."
    )  # type: ignore[assignment]
    devices: tuple[str, ...] = _setting(
        "MARQUEE_DEVICES", (), "Devices for training, e.g. cuda:0,cuda:1; found by themselves when empty."
    )  # type: ignore[assignment]
    visible_gpus: tuple[str, ...] = _setting(
        "CUDA_VISIBLE_DEVICES", (), "GPUs that training may use, by number or UUID; every GPU when empty, none when -1."
    )  # type: ignore[assignment]
    training_threads: int = _setting(
        "MARQUEE_TRAINING_THREADS", 0, "Processor threads of one training; every core when 0."
    )  # type: ignore[assignment]
    weights_dir: tuple[str, ...] = _setting(
        "MARQUEE_WEIGHTS", (), "Folders with pretrained weights, comma separated, besides MARQUEE_HOME/weights."
    )  # type: ignore[assignment]
    allow_downloads: bool = _setting(
        "MARQUEE_ALLOW_DOWNLOADS", False, "Let training download official pretrained weights when somebody picks them."
    )  # type: ignore[assignment]
    max_upload_mb: int = _setting("MARQUEE_MAX_UPLOAD_MB", 65536, "Largest upload in MiB.")  # type: ignore[assignment]
    max_pixels: int = _setting("MARQUEE_MAX_PIXELS", 178_956_970, "Largest image in pixels.")  # type: ignore[assignment]
    max_objects: int = _setting("MARQUEE_MAX_OBJECTS", 20_000, "Most annotations on one image.")  # type: ignore[assignment]
    max_vertices: int = _setting("MARQUEE_MAX_VERTICES", 20_000, "Most vertices of one shape.")  # type: ignore[assignment]
    import_roots: tuple[str, ...] = _setting(
        "MARQUEE_IMPORT_ROOTS", (), "Server folders that managers may import from, comma separated."
    )  # type: ignore[assignment]
    lease_seconds: int = _setting("MARQUEE_LEASE_SECONDS", 90, "A job whose worker is silent this long is taken over.")  # type: ignore[assignment]
    heartbeat_seconds: int = _setting("MARQUEE_HEARTBEAT_SECONDS", 5, "How often a worker renews its leases.")  # type: ignore[assignment]
    source_url: str = _setting(
        "MARQUEE_SOURCE_URL", "", "Where users find the source of this (modified) version; AGPL section 13."
    )  # type: ignore[assignment]

    @property
    def redis_socket(self) -> Path:
        """Socket of the embedded Redis."""
        return self.home / "redis" / "redis.sock"

    @property
    def redis_address(self) -> str:
        """URL for redis-py: the configured one or the embedded socket."""
        return self.redis_url or f"unix://{self.redis_socket}?db=0"

    @property
    def broker_address(self) -> str:
        """The same place in Celery's spelling."""
        if self.redis_address.startswith("unix://"):
            path = self.redis_address.removeprefix("unix://").partition("?")[0]
            return f"redis+socket://{path}?virtual_host=0"
        return self.redis_address


def _parse(env: str, kind: object, text: str) -> object:
    if kind is bool or isinstance(kind, bool):
        lowered = text.strip().lower()
        if lowered not in {"0", "1", "true", "false", "yes", "no", "on", "off"}:
            raise ConfigError(f"{env} must be 0 or 1, not “{text}”.")
        return lowered in {"1", "true", "yes", "on"}
    if isinstance(kind, int):
        try:
            return int(text)
        except ValueError:
            raise ConfigError(f"{env} must be a whole number, not “{text}”.") from None
    if isinstance(kind, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return Path(text) if isinstance(kind, Path) else text


def load(environ: Mapping[str, str]) -> Config:
    """Read a configuration from ``environ``; raises :class:`ConfigError` with a sentence."""
    known = {f.metadata["env"]: f for f in fields(Config)}
    for name in environ:
        if name.startswith("MARQUEE_") and name not in known:
            raise ConfigError(f"{name} is not a setting of Marquee. Known: {', '.join(sorted(known))}.")
    values = {f.name: _parse(env, f.default, environ[env]) for env, f in known.items() if environ.get(env)}
    values["home"] = Path(str(values.get("home", "var"))).expanduser().resolve()
    return Config(**values)  # type: ignore[arg-type]  # built from the same table


@cache
def get_config() -> Config:
    """The process's configuration."""
    return load(os.environ)


def secret_key(config: Config) -> str:
    """The configured signing key, or the one kept in ``home`` (made on first use, readable by the owner only)."""
    if config.secret_key:
        if len(config.secret_key) < 32 or config.secret_key.startswith("django-insecure"):
            raise ConfigError("MARQUEE_SECRET_KEY is too short or a known key; give at least 32 random characters.")
        return config.secret_key
    path = config.home / "secret_key"
    if not path.exists():
        config.home.mkdir(parents=True, exist_ok=True)
        fresh = config.home / f".secret_key.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(fresh, path)  # atomic: the first process wins, later ones read its key
        fresh.unlink()
    return path.read_text().strip()


def child_environment() -> dict[str, str]:
    """What a training subprocess inherits: enough to find libraries and devices, none of our settings and secrets."""
    private = ("MARQUEE_", "DJANGO_", "DATABASE_", "REDIS_", "CELERY_", "AWS_", "PG", "ULTRALYTICS_API")
    hints = ("SECRET", "PASSWORD", "TOKEN", "CREDENTIAL")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(private) and not any(hint in name.upper() for hint in hints)
    }
