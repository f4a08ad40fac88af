"""The report as a file: every issue, safe in a spreadsheet."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from annotator.core.issues import IssueCollector
from annotator.core.records import Issue
from annotator.models import Job, User
from annotator.services.import_report import Spool, iter_csv, iter_issues, iter_json
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(user: User) -> Job:
    return Job.objects.create(project=make_project(owner=user), kind="import", result={"format": "yolo", "issues": []})


def collect(job: Job, tmp_path: Path, issues: list[Issue]) -> None:
    with Spool(tmp_path / "spool" / "x.jsonl") as spool:
        collector = IssueCollector(spool)
        for issue in issues:
            collector(issue)
        job.result = {**job.result, "issues": collector.as_json()}
        job.result |= spool.store(job, job.result["issues"])
    assert not (tmp_path / "spool" / "x.jsonl").exists()


def test_few_issues_need_no_file(job: Job, tmp_path: Path) -> None:
    collect(job, tmp_path, [Issue("zero_area", "error", "Too thin.", file="a.txt", where="line 3")])
    assert "issues_file" not in job.result
    row = {"severity": "error", "code": "zero_area", "file": "a.txt", "where": "line 3", "text": "Too thin."}
    assert list(iter_issues(job)) == [row]


def test_many_issues_are_all_in_the_file(job: Job, tmp_path: Path) -> None:
    collect(job, tmp_path, [Issue("zero_area", "error", f"Number {n}.", where=f"line {n}") for n in range(50)])
    assert default_storage.exists(job.result["issues_file"])
    assert [row["where"] for row in iter_issues(job)] == [f"line {n}" for n in range(50)]
    whole = json.loads("".join(iter_json(job)))
    assert (whole["format"], len(whole["all_issues"])) == ("yolo", 50)
    assert "issues_file" not in whole


def test_cells_are_never_formulas(job: Job, tmp_path: Path) -> None:
    collect(job, tmp_path, [Issue("x", "warning", "=cmd|' /C calc'!A0", file="+a,b.txt", where='line "2"\n')])
    (row,) = csv.DictReader(io.StringIO("".join(iter_csv(job))))
    assert row["text"] == "'=cmd|' /C calc'!A0"
    assert (row["file"], row["where"]) == ("'+a,b.txt", 'line "2"\n')
