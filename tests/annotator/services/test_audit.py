"""The audit log."""

import pytest
from django.db import transaction

from annotator.models import AuditEvent
from annotator.services.audit import current_address, record
from tests.factories.projects import make_project
from tests.factories.users import make_user

pytestmark = pytest.mark.django_db


def test_who_what_where() -> None:
    reset = current_address.set("192.0.2.7")
    try:
        record(actor=make_user("mara"), action="export.started", target="x" * 300, detail={"format": "coco"})
    finally:
        current_address.reset(reset)
    event = AuditEvent.objects.get()
    assert (str(event.actor), event.action, event.address) == ("mara", "export.started", "192.0.2.7")
    assert (len(event.target), event.detail) == (200, {"format": "coco"})


def test_outside_a_request_there_is_no_address() -> None:
    assert record(actor=None, action="job.done").address is None


def test_what_is_rolled_back_was_not_done() -> None:
    with transaction.atomic():
        record(actor=None, action="job.done")
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_events_outlive_people_and_projects() -> None:
    person, project = make_user(), make_project()
    record(actor=person, action="project.changed", project=project, target="cells")
    project.delete()
    person.delete()
    event = AuditEvent.objects.get()
    assert (event.actor, event.project, event.target) == (None, None, "cells")
