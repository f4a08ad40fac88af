"""What is installed, for the Plugins page and for every form that is drawn from a plugin's options."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import ApiViewSet, Body
from annotator.core.errors import PermissionRefused
from annotator.queries.access import is_instance_admin
from annotator.queries.plugins import get_plugin, list_plugins, refresh_plugins

STATES = [("ok", "ok"), ("broken", "broken"), ("shadowed", "shadowed")]


class PluginSerializer(serializers.Serializer[Any]):
    """A plugin and its state."""

    family = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    origin = serializers.CharField(help_text="Distribution it comes from; “marquee” for built-ins.")
    version = serializers.CharField()
    target = serializers.CharField(help_text="module:Class")
    state = serializers.ChoiceField(choices=STATES)
    error = serializers.CharField()
    options_schema = serializers.DictField(allow_null=True, help_text="JSON Schema of the options.")
    traits = serializers.DictField()


class PluginQuery(Body):
    """Filters of the list."""

    family = serializers.CharField(required=False)
    refresh = serializers.BooleanField(default=False, help_text="Look for newly installed plugins (administrators).")


class PluginViewSet(ApiViewSet):
    """``/plugins``."""

    @extend_schema(parameters=[PluginQuery], responses=PluginSerializer(many=True), operation_id="plugins_list")
    def list(self, request: Request) -> Response:
        """Every plugin of every family."""
        wanted = self.query(PluginQuery)
        if wanted["refresh"]:
            if not is_instance_admin(self.actor):
                raise PermissionRefused("Only an administrator may look for new plugins.")
            refresh_plugins()
        family = wanted.get("family")
        return self.whole([p for p in list_plugins() if family in {None, p["family"]}], PluginSerializer)

    @extend_schema(responses=PluginSerializer, operation_id="plugins_retrieve")
    def retrieve(self, request: Request, family: str, name: str) -> Response:
        """One plugin."""
        return Response(PluginSerializer(get_plugin(family, name)).data)
