"""The documentation names what the code has."""

from dataclasses import fields
from pathlib import Path

from annotator.config import Config
from annotator.management.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]


def settings_table() -> str:
    """The table of docs/configuration.md as the code says it."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for setting in fields(Config):
        default = setting.default
        shown = (
            ",".join(default)
            if isinstance(default, tuple)
            else str(int(default) if isinstance(default, bool) else default)
        )
        rows.append(f"| `{setting.metadata['env']}` | {f'`{shown}`' if shown else '–'} | {setting.metadata['help']} |")
    return "\n".join(rows)


def test_configuration_page_lists_every_setting() -> None:
    assert settings_table() in (ROOT / "docs" / "configuration.md").read_text()


def test_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [name for name in COMMANDS if f"`marquee {name}" not in readme] == []


def test_no_page_links_to_a_missing_file() -> None:
    import re

    broken: list[str] = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())
        broken += [f"{page.relative_to(ROOT)} → {one}" for one in targets if not (page.parent / one).exists()]
    assert broken == []
