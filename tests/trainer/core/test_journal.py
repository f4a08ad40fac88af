"""The journal survives kills: complete lines only, torn ones closed, offsets exact."""

from pathlib import Path

from trainer.core.journal import Journal, read_journal


def test_events_are_read_once_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    journal = Journal(path, attempt=2)
    journal.write("log", line="one")
    first, offset = read_journal(path, 0)
    journal.write("metrics", epoch=0, values={"map50": 0.5})
    second, end = read_journal(path, offset)
    assert first == [{"kind": "log", "attempt": 2, "data": {"line": "one"}}]
    assert [event["kind"] for event in second] == ["metrics"]
    assert read_journal(path, end) == ([], end)


def test_torn_lines_are_waited_for_and_then_skipped(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"kind":"log","attempt":1,"data":{"line":"a"}}\n{"kind":"lo')
    events, offset = read_journal(path, 0)
    assert len(events) == 1
    assert read_journal(path, offset) == ([], offset), "an unfinished line was read"
    Journal(path, attempt=2).write("log", line="b")
    events, end = read_journal(path, offset)
    assert [event["data"]["line"] for event in events] == ["b"]
    assert end == path.stat().st_size


def test_a_journal_begun_anew_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    Journal(path, attempt=1).write("log", line="a")
    events, _ = read_journal(path, 10_000)
    assert [event["data"]["line"] for event in events] == ["a"]
    assert read_journal(tmp_path / "missing", 5) == ([], 5)


def test_long_journals_come_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    journal = Journal(path, attempt=1)
    for number in range(50):
        journal.write("log", line=f"{number:04d}")
    offset, seen = 0, []
    while True:
        events, end = read_journal(path, offset, limit=300)
        if end == offset:
            break
        seen += [event["data"]["line"] for event in events]
        offset = end
    assert seen == [f"{number:04d}" for number in range(50)]
