"""People, how they sign in, and the tokens of their programs."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from annotator.core.ids import uuid7


class User(AbstractUser):
    """A person; ``is_superuser`` makes an instance administrator."""

    display_name = models.CharField(max_length=150, blank=True)
    preferences = models.JSONField(default=dict, blank=True)
    """Theme, key map and the like; opaque to the server."""

    token: "AccessToken | None" = None
    """No column: the access token that the current request came with; ``queries.access`` limits what it may do."""

    def __str__(self) -> str:
        """Name shown to people."""
        return self.display_name or self.username


class SignInLink(models.Model):
    """A link that signs one person in once (first start, lost password by an administrator)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """For logs; never the token."""
        return f"sign-in link of {self.user_id}"


class AccessToken(models.Model):
    """A personal access token; only its SHA-256 digest is kept."""

    class Scope(models.TextChoices):
        """What the token may do at most; the person's role limits it further."""

        READ = "read"
        WRITE = "write"
        ADMIN = "admin"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="access_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.READ)
    project = models.ForeignKey("annotator.Project", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Prefix and name; never the token."""
        return f"{self.prefix}… {self.name}"
