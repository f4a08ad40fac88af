"""``marquee convert``: datasets from one format to another. No Django: it starts at once and needs no home folder."""

import gc
import json
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from annotator.core.errors import AnnotatorError, InvalidInput
from annotator.core.progress import Progress, SilentProgress
from annotator.plugins.families import FORMATS
from annotator.services.conversion import Conversion, StrictRefusal, convert, is_clean

DONE, ISSUES, REFUSED, STOPPED = 0, 1, 2, 130
_YOUNG_OBJECTS = 100_000
"""Records have no cycles: looking for some after every 700 objects costs a third of the time."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code: 0 clean, 1 done with issues or losses, 2 refused."""
    options = _parser().parse_args(arguments)
    gc.set_threshold(_YOUNG_OBJECTS, 20, 100)
    try:
        with _progress(hidden=options.as_json or options.inspect or not sys.stderr.isatty()) as progress:
            if options.inspect:
                return _inspect(options, progress)
            report = convert(_conversion(options), progress)
    except StrictRefusal as error:
        if options.as_json:
            _print({"code": error.code, "detail": error.detail, **error.fields})
        return _refuse(error.detail)
    except AnnotatorError as error:
        if options.as_json:
            _print(
                {
                    "code": error.code,
                    "detail": error.detail,
                    "format": options.from_format or None,
                    "counts": {},
                    "labels": [],
                    "issues": [{"code": error.code, "severity": "fatal", "n": 1, "samples": [{"text": error.detail}]}],
                    "lossy": [],
                }
            )
        return _refuse(error.detail)
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)  # noqa: T201 -- the command's output
        return STOPPED
    if options.as_json:
        _print(report)
    else:
        _tell(report, options)
    return DONE if is_clean(report) else ISSUES


class _Parser(ArgumentParser):
    """Lists the formats only when somebody asks for help: finding guests takes a while."""

    def format_help(self) -> str:
        """The usual help with the formats below."""
        self.epilog = (
            f"Formats: {', '.join(FORMATS.names())}.\nExit codes: 0 clean, 1 done with issues or losses, 2 refused."
        )
        return super().format_help()


def _parser() -> ArgumentParser:
    parser = _Parser(
        "marquee convert",
        description="Convert a dataset, or look into one. Needs no server and no database.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", type=Path, metavar="SRC", help="folder, zip or tar archive, or one annotation file")
    parser.add_argument("target", type=Path, metavar="DST", nargs="?", help="new folder, .zip, .tar or .tar.gz")
    parser.add_argument(
        "--from", dest="from_format", default="", metavar="F", help="format of SRC; found out if left out"
    )
    parser.add_argument("--to", dest="to_format", default="", metavar="G", help="format of DST")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="option of the formats; from.NAME and to.NAME speak to one of them",
    )
    parser.add_argument("--without-images", action="store_true", help="write annotations only")
    parser.add_argument("--overwrite", action="store_true", help="replace DST if it is there")
    parser.add_argument("--dry-run", action="store_true", help="read and count what would be lost, write nothing")
    parser.add_argument("--strict", action="store_true", help="refuse unless nothing is lost or doubtful")
    parser.add_argument("--json", dest="as_json", action="store_true", help="print one JSON document")
    parser.add_argument("--inspect", action="store_true", help="read only: one JSON line for the set, one per image")
    return parser


def _named(texts: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for name, found, _ in pairs:
        if not found:
            raise InvalidInput(f"--option {name} has no value; write --option NAME=VALUE.")
    return {name.strip(): value for name, _, value in pairs}


def _conversion(options: Namespace) -> Conversion:
    if options.target is None and not options.dry_run:
        raise InvalidInput("Name a target, or look only: --dry-run or --inspect.")
    return Conversion(
        source=options.source.expanduser(),
        target=options.target.expanduser().absolute() if options.target else None,
        from_format=options.from_format,
        to_format=options.to_format,
        options=_named(options.option),
        with_images=not options.without_images,
        overwrite=options.overwrite,
        dry_run=options.dry_run,
        strict=options.strict,
    )


def _inspect(options: Namespace, progress: Progress) -> int:
    from annotator.services.inspection import inspect_dataset  # noqa: PLC0415 -- conversions do not need its geometry

    clean = inspect_dataset(
        options.source.expanduser(),
        from_format=options.from_format,
        options=_named(options.option),
        output=sys.stdout.buffer,
        progress=progress,
    )
    sys.stdout.flush()
    return REFUSED if clean is None else DONE if clean else ISSUES


@contextmanager
def _progress(*, hidden: bool) -> Iterator[Progress]:
    if hidden:
        yield SilentProgress()
        return
    from annotator.management.bar import bar_progress  # noqa: PLC0415 -- drawing costs start-up time

    with bar_progress() as progress:
        yield progress


def _print(document: dict[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=False, default=str)
    print(text.encode(errors="replace").decode())  # noqa: T201 -- the command's output


def _refuse(sentence: str) -> int:
    print(f"✗ {sentence}", file=sys.stderr)  # noqa: T201 -- the command's output
    return REFUSED


def _tell(report: dict[str, Any], options: Namespace) -> None:
    counts = report["counts"]
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(counts["by_type"].items())) or "none"
    lines = [f"{report['format']}: {counts['images']} images, {counts['annotations']} annotations ({kinds})."]
    if report["reasons"] and not options.from_format:
        lines.append(f"Recognised: {' '.join(report['reasons'])}")
    lines += [f"  lost      {loss['text']}" for loss in report["lossy"]]
    for issue in report["issues"]:
        sample = issue["samples"][0]
        place = ":".join(str(sample[key]) for key in ("file", "where") if sample.get(key))
        lines.append(
            f"  {issue['severity']:<9} {issue['n']} × {issue['code']}: {sample['text']} {f'({place})' if place else ''}"
        )
    lines.append("Nothing was written." if options.dry_run else f"Written: {options.target}")
    print("\n".join(lines))  # noqa: T201 -- the command's output
