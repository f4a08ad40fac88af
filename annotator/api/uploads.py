"""Resumable uploads of large files, and unpacking them."""

from collections.abc import Mapping
from typing import IO, Any, cast
from uuid import UUID

import msgspec
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.jobs import JobSerializer
from annotator.api.parsers import LimitedJSONParser
from annotator.core.errors import InvalidInput
from annotator.core.permissions import Action
from annotator.core.video import MAX_FRAMES, FrameChoice
from annotator.models import Upload
from annotator.queries.uploads import received_bytes
from annotator.services.uploads import append_part, cancel_upload, create_upload, start_unpack

OFFSET_TYPE = "application/offset+octet-stream"


class RawParser(BaseParser):
    """Hands the body on as a stream; it is never held in memory."""

    media_type = OFFSET_TYPE

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The stream itself."""
        return stream


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """An upload and how far it is."""

    offset = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = ("id", "name", "size", "offset", "state", "created_at")
        read_only_fields = fields

    def get_offset(self, upload: Upload) -> int:
        """Bytes that have arrived: the next part starts here."""
        return received_bytes(upload)


class UploadBody(Body):
    """The file that is going to come."""

    name = serializers.CharField(max_length=500)
    size = serializers.IntegerField(min_value=1)


class FramesBody(Body):
    """Which frames of a video become pictures."""

    by = serializers.ChoiceField(choices=["step", "rate", "scene"], default="rate")
    step = serializers.IntegerField(min_value=1, max_value=100_000, default=30)
    rate = serializers.FloatField(min_value=0.001, max_value=120, default=1.0)
    sensitivity = serializers.FloatField(min_value=0.01, max_value=1, default=0.3)
    most = serializers.IntegerField(min_value=1, max_value=MAX_FRAMES, default=2000)


class UnpackBody(Body):
    """How to take the upload apart."""

    frames = FramesBody(required=False, allow_null=True)


class UploadListViewSet(ProjectScopedViewSet):
    """``/projects/{id}/uploads``."""

    queryset = Upload.objects.all()
    actions_required = {"create": Action.IMAGES_ADD}

    @extend_schema(request=UploadBody, responses={201: UploadSerializer}, operation_id="uploads_create")
    def create(self, request: Request, project_id: UUID) -> Response:
        """Announce a large file."""
        upload = create_upload(actor=self.actor, project=self.project, **self.body(UploadBody))
        return Response(UploadSerializer(upload).data, status=201)


class UploadViewSet(ProjectScopedViewSet):
    """``/uploads/{id}``: only one's own."""

    queryset = Upload.objects.select_related("project")
    parser_classes = (LimitedJSONParser, RawParser)
    actions_required = {
        "retrieve": Action.IMAGES_ADD,
        "partial_update": Action.IMAGES_ADD,
        "destroy": Action.IMAGES_ADD,
        "unpack": Action.IMAGES_ADD,
    }

    def get_queryset(self) -> Any:
        """Uploads of others do not exist for this person."""
        return super().get_queryset().filter(user=self.actor)

    @extend_schema(responses=UploadSerializer, operation_id="uploads_retrieve")
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """How far the upload is."""
        return Response(UploadSerializer(self.get_object()).data)

    @extend_schema(
        request={OFFSET_TYPE: bytes},
        parameters=[OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True)],
        responses=UploadSerializer,
        operation_id="uploads_append",
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Append a part; 409 with the right ``offset`` when it does not continue where the file ends."""
        offset = request.headers.get("Upload-Offset", "")
        if request.content_type != OFFSET_TYPE or not (offset.isascii() and offset.isdigit() and len(offset) < 19):
            raise InvalidInput(f"Send the part as {OFFSET_TYPE} with a header Upload-Offset.")
        upload = append_part(upload=self.get_object(), offset=int(offset), source=cast("IO[bytes]", request.data))
        return Response(UploadSerializer(upload).data)

    @extend_schema(responses={204: None}, operation_id="uploads_destroy")
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Cancel the upload and forget its bytes."""
        cancel_upload(upload=self.get_object())
        return Response(status=204)

    @extend_schema(request=UnpackBody, responses={202: JobSerializer}, operation_id="uploads_unpack")
    def unpack(self, request: Request, pk: UUID) -> Response:
        """Take the pictures of an archive, or frames of a video, in, in the background."""
        chosen = self.body(UnpackBody).get("frames")
        frames = None
        if chosen is not None:
            try:
                frames = msgspec.convert(chosen, FrameChoice)
            except msgspec.ValidationError as error:
                raise InvalidInput(f"The choice of frames: {error}.") from None
        job = start_unpack(actor=self.actor, upload=self.get_object(), frames=frames)
        return Response(JobSerializer(job).data, status=202)
