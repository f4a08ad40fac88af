"""Issues are counted; only samples are kept."""

from annotator.core.issues import SAMPLES, IssueCollector
from annotator.core.records import Issue


def test_counts_samples_and_order() -> None:
    collect = IssueCollector()
    assert not collect
    for number in range(100):
        collect(Issue("zero_area", "warning", f"No {number}", "a.txt", f"line {number}"))
    collect(Issue("unparsable_file", "error", "Torn", "b.xml"))
    first, second = collect.as_json()
    assert first == {
        "code": "unparsable_file",
        "severity": "error",
        "n": 1,
        "samples": [{"file": "b.xml", "text": "Torn"}],
    }
    assert (second["code"], second["n"], len(second["samples"])) == ("zero_area", 100, SAMPLES)
    assert second["samples"][0] == {"file": "a.txt", "where": "line 0", "text": "No 0"}
    assert (collect.count(), collect.count("error", "fatal")) == (101, 1)


def test_names_of_files_that_are_no_text_become_readable() -> None:
    collect = IssueCollector()
    collect(Issue("unparsable_file", "error", "“caf\udce9” is torn", "caf\udce9.xml", "line 1"))
    assert collect.as_json()[0]["samples"] == [{"file": "café.xml", "where": "line 1", "text": "“café” is torn"}]
