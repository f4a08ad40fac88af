"""How people appear in answers."""

from typing import Any

from rest_framework import serializers

from annotator.models import Membership, User


def role_field(**options: Any) -> serializers.ChoiceField:
    """A role in a project."""
    return serializers.ChoiceField(choices=Membership.Role.choices, **options)


class UserSummarySerializer(serializers.ModelSerializer[User]):
    """Enough to show who did something."""

    class Meta:
        model = User
        fields = ("id", "username", "display_name")
        read_only_fields = fields


class UserSerializer(serializers.ModelSerializer[User]):
    """Oneself."""

    is_admin = serializers.BooleanField(source="is_superuser", read_only=True)
    needs_old_password = serializers.SerializerMethodField()
    preferences = serializers.DictField(read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "display_name", "email", "is_admin", "preferences", "needs_old_password")
        read_only_fields = fields

    def get_needs_old_password(self, user: User) -> bool:
        """False after a one-time link, and for accounts without a password."""
        return needs_old_password(user, self.context.get("request"))


LINK_SESSION = "signed_in_by_link"
"""Session key: this session began with a one-time link, so the old password may be unknown."""


def needs_old_password(user: User, request: Any) -> bool:
    """Whether changing the password must prove that the old one is known."""
    session = getattr(request, "session", None)
    return user.has_usable_password() and not (session is not None and session.get(LINK_SESSION))
