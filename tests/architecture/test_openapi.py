"""The OpenAPI document in docs/ is what the code says; the front end's types are generated from it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from tests.architecture.test_permissions import ROUTES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
NEVER_SET = {"is_superuser", "is_staff", "created_by", "created_at", "uploader", "owner", "digest"}


@pytest.fixture(scope="module")
def generated() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, operation) for path, item in schema["paths"].items() for method, operation in item.items()]


def test_the_document_is_up_to_date(generated: dict[str, Any]) -> None:
    text = OpenApiYamlRenderer().render(generated, renderer_context={}).decode()
    assert text == DOCUMENT.read_text(), "run “make openapi” and commit docs/openapi.yaml and the generated types"


def test_generation_gives_no_warning(generated: dict[str, Any]) -> None:
    assert {**GENERATOR_STATS._warn_cache, **GENERATOR_STATS._error_cache} == {}


def test_the_document_is_valid(generated: dict[str, Any]) -> None:
    validate_schema(generated)
    assert yaml.safe_load(DOCUMENT.read_text())["openapi"] == "3.1.1"


def test_every_route_is_documented(generated: dict[str, Any]) -> None:
    assert len(operations(generated)) == len(ROUTES)


def test_operation_names_are_unique_and_say_which_concept(generated: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(generated)]
    assert [name for name in names if names.count(name) > 1] == []


def test_every_operation_documents_its_failures(generated: dict[str, Any]) -> None:
    for path, method, operation in operations(generated):
        for status in ("400", "401", "403", "404", "409", "413", "422", "429"):
            assert status in operation["responses"], f"{method} {path} does not document {status}"


def test_every_answer_has_a_shape(generated: dict[str, Any]) -> None:
    for path, method, operation in operations(generated):
        good = {status: answer for status, answer in operation["responses"].items() if status[0] in "23"}
        assert good, f"{method} {path} documents no success"
        for status, answer in good.items():
            assert status in {"204", "302"} or answer.get("content"), f"{method} {path} {status} has no shape"


def test_request_bodies_offer_nothing_that_is_ours_to_set(generated: dict[str, Any]) -> None:
    for name, schema in generated["components"]["schemas"].items():
        if name.endswith("Request") and "Query" not in name:
            assert NEVER_SET & set(schema.get("properties", {})) == set(), name
