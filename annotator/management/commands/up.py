"""``marquee up``: start the product on this machine."""

import sys
from typing import Any

from django.core.management import call_command

from annotator.config import get_config
from annotator.embedded import start
from annotator.management.base import DONE, REFUSED, MarqueeCommand
from annotator.services.accounts import create_sign_in_link, ensure_first_admin


class Command(MarqueeCommand):
    """Start Redis, the web server and a worker, and stay until Ctrl-C."""

    help = "Start Redis, the web server and a worker; print the address and a one-time sign-in link; Ctrl-C stops all."

    def run(self, **options: Any) -> int:
        """Start and stay."""
        try:
            start.run(get_config(), prepare=_prepare, say=self._tell)
        except start.CannotStart as problem:
            self.console.print(f"[red]✗[/red] {problem}", soft_wrap=True)
            return REFUSED
        return DONE

    def _tell(self, text: str) -> None:
        print(text, flush=True, file=sys.stderr if self.as_json else sys.stdout)


def _prepare() -> str:
    """Bring the database up to date, make sure there is an administrator, return the path of a one-time link."""
    call_command("migrate", verbosity=0)
    admin = ensure_first_admin()
    return f"/link/{create_sign_in_link(user=admin)}"
