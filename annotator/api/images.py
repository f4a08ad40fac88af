"""Images of a project: list, upload, change, remove."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.image_queries import BulkBody, ImageListQuery, ImagePageQuery, read_filter
from annotator.api.pagination import KeysetPagination
from annotator.api.parsers import LimitedJSONParser
from annotator.core.errors import InvalidInput
from annotator.core.permissions import Action
from annotator.models import Image, Project
from annotator.queries import files
from annotator.queries.access import require
from annotator.queries.annotations import list_boxes
from annotator.queries.images import (
    ImageFilter,
    capped_count,
    filter_images,
    find_neighbours,
    order_images,
    with_people,
)
from annotator.queries.projects import count_images
from annotator.services.images import change_images, delete_images, reopen_image, update_image
from annotator.services.intake import IntakeResult, add_images


class PersonSerializer(serializers.Serializer[Any]):
    """A person by name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class TilesSerializer(serializers.Serializer[Any]):
    """The full resolution of a picture in squares, level 0 first; every next level halves width and height."""

    url = serializers.CharField(help_text="With {level}, {column} and {row} to fill in. 202: they are still being cut.")
    size = serializers.IntegerField(help_text="Side of a tile in pixels; those of the last column and row are smaller.")
    levels = serializers.IntegerField(help_text="Smaller ones than these do not exist: the preview stands for them.")


class ImageSerializer(serializers.Serializer[Any]):
    """An image as lists and pages show it."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    name = serializers.CharField()
    width = serializers.IntegerField(help_text="Displayed pixels: EXIF orientation applied.")
    height = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Image.State.choices)
    split = serializers.ChoiceField(choices=Image.Split.choices)
    priority = serializers.FloatField()
    priority_reason = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    annotation_count = serializers.IntegerField()
    revision = serializers.IntegerField()
    uploader = PersonSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    duplicate_of = serializers.UUIDField(allow_null=True)
    assigned_to = PersonSerializer(allow_null=True)
    thumb_url = serializers.CharField(allow_null=True, help_text="Null, as the next two: the file is not here yet.")
    preview_url = serializers.CharField(allow_null=True)
    original_url = serializers.CharField(allow_null=True)
    sharp_url = serializers.CharField(
        allow_null=True, help_text="The original, where a browser shows it as it is and it has more than the preview."
    )
    tiles = TilesSerializer(allow_null=True, help_text="Where a browser cannot: the full resolution in pieces.")
    bytes = serializers.IntegerField()
    format = serializers.CharField()
    metadata = serializers.DictField()
    boxes = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        required=False,
        help_text="With ?with=boxes: [label id, x, y, width, height] of up to 60 shapes.",
    )

    def to_representation(self, instance: Image) -> dict[str, Any]:
        """Built by hand: a page of 500 in a tenth of the time."""
        return image_item(instance, now=timezone.now())


def image_items(images: Iterable[Image]) -> list[dict[str, Any]]:
    """Many on the wire, without a serializer.

    One of lists is tied to its rows in a circle, and the rows of many requests, freed by the garbage collector at once,
    would stop a later one for 50 ms.
    """
    now = timezone.now()
    return [image_item(image, now=now) for image in images]


def image_item(image: Image, *, now: datetime) -> dict[str, Any]:
    """One image on the wire; assignments must have been loaded by :func:`with_people`."""
    live = getattr(image, "live_assignments", ())
    return {
        "id": image.id,
        "project": image.project_id,
        "name": image.name,
        "width": image.width,
        "height": image.height,
        "state": image.state,
        "split": image.split,
        "priority": image.priority,
        "priority_reason": image.priority_reason,
        "score": image.score,
        "annotation_count": image.annotation_count,
        "revision": image.revision,
        "uploader": _person(image.uploader),
        "created_at": image.created_at,
        "submitted_at": image.submitted_at,
        "duplicate_of": image.duplicate_of_id,
        "assigned_to": _person(live[0].user) if live else None,
        "thumb_url": files.thumb_url(image, now=now),
        "preview_url": files.preview_url(image, now=now),
        "original_url": files.original_url(image, now=now),
        "sharp_url": files.sharp_url(image, now=now),
        "tiles": files.tiles_of(image, now=now),
        "bytes": image.bytes,
        "format": image.format,
        "metadata": image.metadata,
    }


def _person(user: Any) -> dict[str, Any] | None:
    return {"id": user.pk, "name": str(user)} if user else None


class ImageListSerializer(serializers.Serializer[Any]):
    """One page of images; ``count`` and ``count_capped`` come with the first page."""

    next = serializers.CharField(allow_null=True)
    count = serializers.IntegerField(required=False)
    count_capped = serializers.BooleanField(required=False)
    results = ImageSerializer(many=True)


class ChangedSerializer(serializers.Serializer[Any]):
    """How many were changed."""

    changed = serializers.IntegerField()


class ImageBody(Body):
    """What may be changed on one image; reviewers may change the state only."""

    name = serializers.CharField(max_length=500, required=False)
    state = serializers.ChoiceField(choices=Image.State.choices, required=False)
    split = serializers.ChoiceField(choices=Image.Split.choices, required=False)
    priority = serializers.FloatField(required=False, min_value=-1e9, max_value=1e9)


class NeighboursSerializer(serializers.Serializer[Any]):
    """Ids of the images before and after."""

    previous = serializers.UUIDField(allow_null=True)
    next = serializers.UUIDField(allow_null=True)


class IntakeResultSerializer(serializers.Serializer[Any]):
    """What became of one file."""

    name = serializers.CharField()
    status = serializers.ChoiceField(choices=["added", "duplicate", "renamed", "refused"])
    image = ImageSerializer(required=False)
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)

    def to_representation(self, instance: IntakeResult) -> dict[str, Any]:
        """Absent fields stay away."""
        result: dict[str, Any] = {"name": instance.name, "status": instance.status}
        if instance.image is not None:
            result["image"] = image_item(instance.image, now=timezone.now())
        if instance.code:
            result |= {"code": instance.code, "detail": instance.detail}
        return result


class IntakeResultsSerializer(serializers.Serializer[Any]):
    """One answer per file, in order."""

    results = IntakeResultSerializer(many=True)


class IntakeBody(serializers.Serializer[Any]):
    """A batch of picture files."""

    files = serializers.ListField(child=serializers.FileField())
    names = serializers.CharField(required=False, help_text="JSON list of relative paths, one per file.")


def _count(project: Project, images: QuerySet[Image], wanted: ImageFilter) -> tuple[int, bool]:
    """How many images there are, and whether counting stopped early; of all of a project it is known anyway."""
    number, capped = capped_count(images, wanted)
    if capped and wanted == ImageFilter():
        return count_images([project.id])[project.id]["images"], False
    return number, capped


class ImageListViewSet(ProjectScopedViewSet):
    """``/projects/{id}/images``."""

    queryset = Image.objects.all()
    parser_classes = (LimitedJSONParser, MultiPartParser)
    actions_required = {
        "list": Action.PROJECT_VIEW,
        "create": Action.IMAGES_ADD,
        "bulk": Action.IMAGES_EDIT,
    }

    @extend_schema(parameters=[ImagePageQuery], responses=ImageListSerializer, operation_id="images_list")
    def list(self, request: Request, project_id: UUID) -> Response:
        """One page of images."""
        query = self.query(ImagePageQuery)
        wanted = read_filter(query)
        images = order_images(filter_images(self.get_queryset(), wanted), query["order"])
        paginator = KeysetPagination()
        rows = paginator.paginate_queryset(with_people(images), request)
        results = image_items(rows)
        if query.get("with") == "boxes":
            boxes = list_boxes([image.id for image in rows])
            for item in results:
                item["boxes"] = boxes[item["id"]]
        count: dict[str, Any] = {}
        if "cursor" not in request.query_params:  # a list that fits on its first page was counted by reading it
            number, capped = _count(self.project, images, wanted) if paginator.next_cursor else (len(rows), False)
            count = {"count": number, "count_capped": capped}
        return Response({"next": paginator.next_cursor, **count, "results": results})

    @extend_schema(
        request={"multipart/form-data": IntakeBody}, responses=IntakeResultsSerializer, operation_id="images_create"
    )
    def create(self, request: Request, project_id: UUID) -> Response:
        """Upload pictures; every file is answered for itself."""
        uploads = request.FILES.getlist("files")
        if not uploads:
            raise InvalidInput("Send the pictures as form fields called “files”.")
        names = _names(request.POST.get("names"), uploads)
        batch = [(name, _stream(upload)) for name, upload in zip(names, uploads, strict=True)]
        results = add_images(actor=self.actor, project=self.project, files=batch)
        return Response({"results": IntakeResultSerializer(many=True, instance=results).data})

    @extend_schema(request=BulkBody, responses=ChangedSerializer, operation_id="images_bulk")
    def bulk(self, request: Request, project_id: UUID) -> Response:
        """Do one thing to many images."""
        body = self.body(BulkBody)
        if body["action"] == "delete":
            require(self.actor, self.project.id, Action.IMAGES_DELETE)
        images = _chosen(self.get_queryset(), body)
        changed = change_images(
            actor=self.actor, project=self.project, images=images, action=body["action"], value=body["value"]
        )
        return Response({"changed": changed})


class ImageViewSet(ProjectScopedViewSet):
    """``/images/{id}``."""

    queryset = Image.objects.all()
    actions_required = {
        "retrieve": Action.PROJECT_VIEW,
        "partial_update": Action.ANNOTATIONS_REVIEW,
        "destroy": Action.IMAGES_DELETE,
        "neighbours": Action.PROJECT_VIEW,
        "reopen": Action.ANNOTATIONS_EDIT,
    }

    def get_queryset(self) -> QuerySet[Image]:
        """Fresh per request: the leases that count depend on the time."""
        return with_people(super().get_queryset())

    @extend_schema(responses=ImageSerializer, operation_id="images_retrieve")
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One image."""
        return Response(ImageSerializer(self.get_object()).data)

    @extend_schema(request=ImageBody, responses=ImageSerializer, operation_id="images_update")
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change name, split, priority or state."""
        changes = self.body(ImageBody, partial=True)
        if changes.keys() - {"state"}:
            require(self.actor, self.project.id, Action.IMAGES_EDIT)
        image = update_image(actor=self.actor, image=self.get_object(), changes=changes) if changes else None
        return Response(ImageSerializer(image or self.get_object()).data)

    @extend_schema(responses={204: None}, operation_id="images_destroy")
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Remove the image with everything on it."""
        delete_images(actor=self.actor, project=self.project, image_ids=[self.get_object().id])
        return Response(status=204)

    @extend_schema(parameters=[ImageListQuery], responses=NeighboursSerializer, operation_id="images_neighbours")
    def neighbours(self, request: Request, pk: UUID) -> Response:
        """The images before and after this one in a list with the same filters and order."""
        query, image = self.query(ImageListQuery), self.get_object()
        images = filter_images(Image.objects.filter(project=self.project), read_filter(query))
        return Response(find_neighbours(images, image, order=query["order"]))

    @extend_schema(request=None, responses=ImageSerializer, operation_id="images_reopen")
    def reopen(self, request: Request, pk: UUID) -> Response:
        """Take a finished image back into work; a reviewed one needs the right to review."""
        image = self.get_object()
        if image.state == Image.State.REVIEWED:
            require(self.actor, self.project.id, Action.ANNOTATIONS_REVIEW)
        return Response(ImageSerializer(reopen_image(actor=self.actor, image=image)).data)


def _chosen(images: QuerySet[Image], body: dict[str, Any]) -> QuerySet[Image]:
    if "ids" in body:
        return images.filter(id__in=body["ids"])
    return filter_images(images, read_filter(body["filter"])).exclude(id__in=body.get("except", []))


def _names(text: Any, uploads: "Sequence[UploadedFile[Any]]") -> list[str]:
    if not text:
        return [upload.name or "" for upload in uploads]
    try:
        names = orjson.loads(text)
    except (orjson.JSONDecodeError, TypeError):
        raise InvalidInput("“names” must be a JSON list of relative paths.") from None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidInput("“names” must be a JSON list of relative paths.")
    if len(names) != len(uploads):
        raise InvalidInput(f"There are {len(uploads)} files but {len(names)} names; send one name per file.")
    return names


def _stream(upload: "UploadedFile[Any]") -> BinaryIO:
    return cast("BinaryIO", upload.file) if upload.file is not None else io.BytesIO()
