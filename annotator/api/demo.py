"""POST /projects/demo: the demo project."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.models import User
from annotator.services.demo import create_demo_project


class DemoView(APIView):
    """Makes a demo project for the person who asks."""

    @extend_schema(request=None, responses={202: dict[str, str]}, operation_id="demo_create")
    def post(self, request: Request) -> Response:
        """Create the project; its pictures are drawn in the background."""
        project, job = create_demo_project(actor=cast("User", request.user))
        return Response({"project": str(project.id), "job": str(job.id)}, status=202)
