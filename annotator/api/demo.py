"""POST /projects/demo: the demo project."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import ApiViewSet
from annotator.services.demo import create_demo_project


class DemoSerializer(serializers.Serializer[Any]):
    """Where the demo is being made."""

    project = serializers.UUIDField()
    job = serializers.UUIDField()


class DemoViewSet(ApiViewSet):
    """Makes a demo project for the person who asks."""

    @extend_schema(request=None, responses={202: DemoSerializer})
    def create(self, request: Request) -> Response:
        """Create the project; its pictures are drawn in the background."""
        project, job = create_demo_project(actor=self.actor)
        return Response(DemoSerializer({"project": project.id, "job": job.id}).data, status=202)
