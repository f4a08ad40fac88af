"""docs/benchmarks/README.md from the JSON files beside it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HEAD = """# Benchmarks

Written by `make bench` (`python -m tests.benchmarks [name …]`); the raw figures lie beside this file as JSON. Every table is
one run: what is compared ran on the same machine, minutes apart at most, so compare within a table and not between
tables or machines. Ratios say more than absolute figures; a load above the number of cores means that something else ran.
"""


def write_readme(folder: Path, names: Sequence[str]) -> None:
    """Put all results into one page."""
    parts = [HEAD]
    for name in names:
        file = folder / f"{name}.json"
        if file.exists():
            parts.append(_section(json.loads(file.read_text())))
    (folder / "README.md").write_text("\n".join(parts))


def _section(result: dict[str, Any]) -> str:
    lines = [f"## {result['title']}", "", result["question"], ""]
    if result["state"] == "not run":
        lines += [f"**Not run:** {result['reason']}", ""]
    else:
        columns, rows = result["columns"], result["rows"]
        lines += _table(columns, [[row[c] for c in columns] if isinstance(row, dict) else row for row in rows])
        lines += [f"- {note}" for note in result["notes"]] + ([""] if result["notes"] else [])
    where = result["machine"]
    lines += [
        (
            f"<sub>{where['date']}, {where['processor']}, {where['cores']} cores, {where['memory_gb']} GB, {where['system']}, "
            f"Python {where['python']}, code {where['code']}, load before {where['load_before']}, "
            f"{result['seconds']:.0f} s. `python -m tests.benchmarks {result['name']}`</sub>"
        ),
        "",
    ]
    return "\n".join(lines)


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    align = ["---" if i == 0 else "---:" for i in range(len(columns))]
    return [_line(columns), _line(align), *(_line([_cell(value) for value in row]) for row in rows), ""]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        if abs(value) >= 100:
            return f"{value:,.0f}"
        return f"{value:.3f}" if 0 < abs(value) < 1 else f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)
