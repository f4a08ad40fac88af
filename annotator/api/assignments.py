"""The labelling queue: next image, heartbeat, submit, skip, release."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotator.api.base import Body, ProjectScopedViewSet
from annotator.api.images import ImageSerializer, image_items
from annotator.core.permissions import Action
from annotator.models import Assignment, Image
from annotator.queries.assignments import queue_counts, waiting_images
from annotator.queries.images import with_people
from annotator.services import assignments as queue


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """An image in somebody's hands."""

    class Meta:
        model = Assignment
        fields = ("id", "image", "state", "lease_until", "ended_at")
        read_only_fields = fields


class ClaimSerializer(serializers.Serializer[Any]):
    """The image that one was given."""

    assignment = AssignmentSerializer()
    image = ImageSerializer()


class NextBody(Body):
    """Which image: the most important, the one behind ``after``, or a certain one."""

    after = serializers.UUIDField(required=False, allow_null=True, default=None)
    image = serializers.UUIDField(required=False, allow_null=True, default=None)
    take_over = serializers.BooleanField(
        required=False, default=False, help_text="With “image”: end the lease of whoever is at it now."
    )


class SkipBody(Body):
    """Why the image is left out."""

    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class QueueQuery(serializers.Serializer[Any]):
    """How many upcoming images to show."""

    limit = serializers.IntegerField(min_value=1, max_value=100, default=10)


class QueueSerializer(serializers.Serializer[Any]):
    """How much is left, and what comes next."""

    remaining = serializers.IntegerField()
    position = serializers.IntegerField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    upcoming = ImageSerializer(many=True)


class QueueViewSet(ProjectScopedViewSet):
    """``/projects/{id}/queue``."""

    queryset = Image.objects.all()
    actions_required = {"retrieve": Action.PROJECT_VIEW, "next": Action.ANNOTATIONS_EDIT}

    @extend_schema(parameters=[QueueQuery], responses=QueueSerializer, operation_id="queue_retrieve")
    def retrieve(self, request: Request, project_id: UUID) -> Response:
        """How much is left, and what comes next."""
        upcoming = with_people(waiting_images(self.project, self.actor))[: self.query(QueueQuery)["limit"]]
        counts = queue_counts(self.project, self.actor)
        return Response({**counts, "upcoming": image_items(upcoming)})

    @extend_schema(request=NextBody, responses={200: ClaimSerializer, 204: None}, operation_id="queue_next")
    def next(self, request: Request, project_id: UUID) -> Response:
        """Be given an image; 204 when nothing is left to label."""
        body = self.body(NextBody)
        if body["image"] is not None:
            claimed = queue.claim_image(
                actor=self.actor, project=self.project, image_id=body["image"], take_over=body["take_over"]
            )
        else:
            found = queue.claim_next(actor=self.actor, project=self.project, after=body["after"])
            if found is None:
                return Response(status=204)
            claimed = found
        image = with_people(Image.objects.all()).get(pk=claimed.image_id)
        return Response(ClaimSerializer({"assignment": claimed, "image": image}).data)


class AssignmentViewSet(ProjectScopedViewSet):
    """``/assignments/{id}/…``: only one's own."""

    queryset = Assignment.objects.select_related("image__project")
    project_path = "image__project"
    actions_required = {
        "heartbeat": Action.ANNOTATIONS_EDIT,
        "submit": Action.ANNOTATIONS_EDIT,
        "skip": Action.ANNOTATIONS_EDIT,
        "release": Action.ANNOTATIONS_EDIT,
    }

    def get_queryset(self) -> Any:
        """Assignments of others do not exist for this person."""
        return super().get_queryset().filter(user=self.actor)

    @extend_schema(request=None, responses=AssignmentSerializer, operation_id="assignments_heartbeat")
    def heartbeat(self, request: Request, pk: UUID) -> Response:
        """Go on for another while; 409 when somebody else took the image over."""
        return self._answer(queue.heartbeat(actor=self.actor, assignment=self.get_object()))

    @extend_schema(request=None, responses=AssignmentSerializer, operation_id="assignments_submit")
    def submit(self, request: Request, pk: UUID) -> Response:
        """The image is labelled."""
        return self._answer(queue.submit(actor=self.actor, assignment=self.get_object()))

    @extend_schema(request=SkipBody, responses=AssignmentSerializer, operation_id="assignments_skip")
    def skip(self, request: Request, pk: UUID) -> Response:
        """Leave the image out of the queue."""
        reason = self.body(SkipBody)["reason"]
        return self._answer(queue.skip(actor=self.actor, assignment=self.get_object(), reason=reason))

    @extend_schema(request=None, responses=AssignmentSerializer, operation_id="assignments_release")
    def release(self, request: Request, pk: UUID) -> Response:
        """Give the image back to the queue."""
        return self._answer(queue.release(actor=self.actor, assignment=self.get_object()))

    def _answer(self, assignment: Assignment) -> Response:
        return Response(AssignmentSerializer(assignment).data)
