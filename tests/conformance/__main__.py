"""``python -m tests.conformance FOLDER``: every case below a folder with an ``expected.json``.

Each case is read twice: as its format, and without being told which it is.
"""

import io
import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from annotator.core.progress import SilentProgress
from annotator.services.inspection import inspect_dataset
from tests.conformance.compare import Json, differences

EXPECTATIONS = "expected.json"


def inspected(folder: Path, from_format: str, options: dict[str, str]) -> tuple[Json, list[Json]]:
    """Header and image lines of a dataset."""
    output = io.BytesIO()
    inspect_dataset(folder, from_format=from_format, options=options, output=output, progress=SilentProgress())
    header, *lines = [json.loads(line) for line in output.getvalue().splitlines()]
    return header, lines


def check(root: Path, name: str, expected: dict[str, Any]) -> list[str]:
    """What is wrong with one case; empty when nothing is."""
    options = {key: str(value) for key, value in expected.get("options", {}).items()}
    if "task" in expected:
        options["task"] = expected["task"]
    found = list(differences(expected, *inspected(root / name, expected["format"], options)))
    header, lines = inspected(root / name, "", {})
    if header["format"] != expected["format"]:
        found.append(f"taken for {header['format']} when nobody says what it is")
    elif not found:
        found += [f"{text} (without options)" for text in differences(expected, header, lines)]
    return found


def main() -> int:
    """Print the failures and a summary by format."""
    parser = ArgumentParser("python -m tests.conformance", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help=f"folder with {EXPECTATIONS} and the datasets it names")
    parser.add_argument("--only", default="", help="cases whose name begins so")
    options = parser.parse_args()
    if options.folder is None or not (options.folder / EXPECTATIONS).is_file():
        print(f"No conformance set here: name a folder that holds {EXPECTATIONS}.")
        return 2
    cases = json.loads((options.folder / EXPECTATIONS).read_text(encoding="utf-8"))
    good: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for name, expected in cases.items():
        if not name.startswith(options.only):
            continue
        found = check(options.folder, name, expected)
        total[expected["format"]] += 1
        good[expected["format"]] += not found
        for text in found:
            print(f"✗ {name}: {text}")
    for family in sorted(total):
        print(f"{family:<14}{good[family]:>4} of {total[family]}")
    print(f"{'all':<14}{sum(good.values()):>4} of {sum(total.values())}")
    return 0 if good == total else 1


if __name__ == "__main__":
    sys.exit(main())
