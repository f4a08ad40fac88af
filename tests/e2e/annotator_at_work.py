"""A person who never stops annotating, as a thread: remembers what the server acknowledged, repeats what it did not."""

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests

from tests.e2e.product import Api

PAUSE_SECONDS = 0.02
RETRY_SECONDS = 0.1


@dataclass
class Shape:
    """One annotation as the server last acknowledged it."""

    image: str
    revision: int
    geometry: dict[str, Any]
    deleted: bool = False


@dataclass
class AnnotatorAtWork(threading.Thread):
    """Saves batches of creates, updates and deletes on a few images until it is told to stop."""

    api: Api
    images: list[str]
    labels: list[int]
    seed: int = 1
    acknowledged: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Operation id → image, annotation, acknowledged revision."""
    shapes: dict[str, Shape] = field(default_factory=dict)
    failures: int = 0
    """Requests that got no answer, or an answer ≥ 500, and were sent again."""
    repeated: int = 0
    """Operations that had gone in although their answer never came."""
    wrong: list[str] = field(default_factory=list)
    """Answers that must not happen."""

    def __post_init__(self) -> None:
        super().__init__(name="annotator at work", daemon=True)
        self._random = random.Random(self.seed)
        self._over = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Work until :meth:`finish`; a batch that was begun is brought to its end."""
        try:
            while not self._over.is_set() and not self.wrong:
                image = self._random.choice(self.images)
                self._save(image, self._batch(image))
                time.sleep(PAUSE_SECONDS)
        except Exception as error:  # noqa: BLE001 -- a thread's error must reach the test
            self.wrong.append(repr(error))

    def finish(self) -> None:
        """Stop after the batch at hand."""
        self._over.set()
        self.join(120)
        assert not self.is_alive(), "The annotator got no answer for two minutes."

    def _geometry(self) -> dict[str, Any]:
        x, y = self._random.randrange(500), self._random.randrange(400)
        return {"type": "box", "x": x, "y": y, "w": self._random.randrange(10, 90), "h": self._random.randrange(10, 70)}

    def _batch(self, image: str) -> list[dict[str, Any]]:
        used: set[str] = set()
        return [self._operation(image, used) for _ in range(3)]

    def _operation(self, image: str, used: set[str]) -> dict[str, Any]:
        """A create, or an update or delete of a living shape that the batch does not touch yet."""
        here = [
            key for key, shape in self.shapes.items() if shape.image == image and not shape.deleted and key not in used
        ]
        kind = self._random.choices(("create", "update", "delete"), (5, 4, 1))[0] if here else "create"
        annotation = str(uuid4()) if kind == "create" else self._random.choice(here)
        used.add(annotation)
        operation: dict[str, Any] = {"id": str(uuid4()), "type": kind, "annotation": annotation}
        if kind != "create":
            operation["base_revision"] = self.shapes[annotation].revision
        if kind != "delete":
            operation["geometry"] = self._geometry()
        if kind == "create":
            operation["label"] = self._random.choice(self.labels)
        return operation

    def _save(self, image: str, operations: list[dict[str, Any]]) -> None:
        """Send one batch again and again until it is answered."""
        while True:
            headers = {"X-CSRFToken": self.api.session.cookies.get("csrftoken", ""), "Referer": self.api.base}
            url = f"{self.api.base}/images/{image}/operations"
            try:
                answer = self.api.session.post(url, json={"operations": operations}, headers=headers, timeout=30)
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status_code < 500:
                break
            self.failures += 1
            time.sleep(RETRY_SECONDS)
        if answer.status_code != 200:
            self.wrong.append(f"{answer.status_code}: {answer.text[:300]}")
            return
        for operation, result in zip(operations, answer.json()["results"], strict=True):
            self._note(image, operation, result)

    def _note(self, image: str, operation: dict[str, Any], result: dict[str, Any]) -> None:
        if result["operation"] != operation["id"] or result["status"] not in {"applied", "repeated"}:
            self.wrong.append(f"{operation} → {result}")
            return
        self.repeated += result["status"] == "repeated"
        key, revision = operation["annotation"], int(result["revision"])
        self.acknowledged[operation["id"]] = (image, key, revision)
        shape = self.shapes.setdefault(key, Shape(image, 0, {}))
        shape.revision = revision
        shape.geometry = operation.get("geometry", shape.geometry)
        shape.deleted = operation["type"] == "delete"

    def compare(self) -> None:
        """Every acknowledged operation is there once with its revision, and the shapes are what the last ones said."""
        for image in self.images:
            rows = history(self.api, image)
            stored = [(row["operation"], row["annotation"], row["revision"]) for row in rows]
            said = [(op, key, revision) for op, (where, key, revision) in self.acknowledged.items() if where == image]
            assert sorted(stored) == sorted(said)
            living = {key: shape for key, shape in self.shapes.items() if shape.image == image and not shape.deleted}
            there = {row["id"]: row for row in self.api.get(f"/images/{image}/annotations")["annotations"]}
            assert set(there) == set(living)
            for key, shape in living.items():
                assert (there[key]["revision"], there[key]["geometry"]) == (shape.revision, shape.geometry)


def history(api: Api, image: str) -> list[dict[str, Any]]:
    """All revisions on an image."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = api.get(f"/images/{image}/history", params={"limit": 500, **({"cursor": cursor} if cursor else {})})
        rows += answer["results"]
        if not answer["next"]:
            return rows
        cursor = answer["next"]
