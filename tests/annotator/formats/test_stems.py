"""No two pictures of a folder share a stem."""

from annotator.core.records import Issue
from annotator.formats.shared.stems import StemNames


def test_stems_are_told_apart() -> None:
    issues: list[Issue] = []
    names = StemNames(issues.append)
    given = [("train", "a.png"), ("train", "A.jpg"), ("val", "a.png"), ("train", "sub/a.png"), ("train", "a.bmp")]
    assert [names.free(folder, name, name) for folder, name in given] == [
        "a.png", "A-2.jpg", "a.png", "sub/a.png", "a-3.bmp",
    ]  # fmt: skip
    assert [(issue.code, issue.file) for issue in issues] == [("renamed", "A.jpg"), ("renamed", "a.bmp")]
