"""``marquee plugins``: what is installed, where it comes from, and what is broken and why."""

import io
from argparse import ArgumentParser
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from annotator.management.base import DONE, ISSUES, MarqueeCommand
from annotator.plugins.families import all_families
from annotator.queries.plugins import list_plugins

COLOURS = {"ok": "green", "broken": "red", "shadowed": "yellow"}


class Command(MarqueeCommand):
    """Exit code 1 when something is broken or shadowed."""

    help = "List plugins of all families: name, origin, version, state, and what is wrong with broken ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """An optional family."""
        super().add_arguments(parser)
        families = [registry.family for registry in all_families()]
        parser.add_argument("family", nargs="?", choices=families, help="only this family")

    def run(self, **options: Any) -> int:
        """Import every plugin and say how it went."""
        plugins = [p for p in list_plugins() if options["family"] in {None, p["family"]}]
        self.result({"plugins": plugins})
        if not self.as_json:
            self._draw(plugins)
        return DONE if all(plugin["state"] == "ok" for plugin in plugins) else ISSUES

    def _draw(self, plugins: list[dict[str, Any]]) -> None:
        table = Table(box=None, pad_edge=False)
        for column in ("family", "name", "title", "origin", "version", "state"):
            table.add_column(column, overflow="fold", no_wrap=column == "name")
        for plugin in plugins:
            state = f"[{COLOURS[plugin['state']]}]{plugin['state']}[/]"
            cells = [escape(str(plugin[name])) for name in ("family", "name", "title", "origin", "version")]
            table.add_row(*cells, state)
        text = io.StringIO()
        console = Console(file=text, highlight=False, force_terminal=self.stdout.isatty(), width=self.console.width)
        console.print(table)
        for plugin in plugins:
            if plugin["error"]:
                console.print(
                    f"{escape(plugin['family'])} {escape(plugin['name'])}: {escape(plugin['error'])}", soft_wrap=True
                )
        self.stdout.write(text.getvalue(), ending="")
