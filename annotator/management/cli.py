"""The ``marquee`` command: the product's commands by short names, on top of Django's."""

import os
import sys
from typing import NoReturn

COMMANDS = {
    "up": "start Redis, web server and worker; print the address and a sign-in link",
    "import": "bring a dataset in",
    "export": "write a dataset in a chosen format",
    "convert": "change the format of a dataset, or look into one; needs no server",
    "train": "train a model",
    "loop": "train, predict and pick the next batch",
    "plugins": "list plugins, where they come from and what is broken",
    "user": "add people, make sign-in links, list accounts",
    "backup": "write everything into one archive",
    "restore": "bring a backup back",
}
PIPE_CLOSED = 141
"""Exit code of a command whose reader went away, as shells give it (128 + SIGPIPE)."""
MODULES = {"import": "import_dataset", "export": "export_dataset"}
"""Django names commands after their modules; these names are Python keywords or too general for a module."""


def overview() -> str:
    """Help text of the bare command."""
    lines = [f"  {name:<9} {text}" for name, text in COMMANDS.items()]
    return "\n".join(["Usage: marquee COMMAND [options]", "", *lines, "", "marquee COMMAND --help explains one."])


def console() -> NoReturn:
    """Entry point of the console script: leaves without taking apart a million objects one by one."""
    try:
        code = main()
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # who reads has seen enough, as “head” has: nothing more can be said, and nobody asks why
        os._exit(PIPE_CLOSED)
    if sys.argv[1:2] == ["convert"]:
        os._exit(code)
    sys.exit(code)


def main(argv: list[str] | None = None) -> int:
    """Entry point of the console script and of manage.py."""
    arguments = list(sys.argv if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    if len(arguments) < 2 or arguments[1] in {"-h", "--help", "help"}:
        print(overview())  # noqa: T201 -- the command's output
        return 0
    if arguments[1] == "convert":
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads for matrices that there are not cost time to start
        from annotator.management.convert import main as convert  # noqa: PLC0415 -- the other commands do not need it

        return convert(arguments[2:])
    arguments[1] = MODULES.get(arguments[1], arguments[1])
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- reads settings, which may refuse

    from annotator.config import ConfigError  # noqa: PLC0415 -- conversions know no configuration

    try:
        execute_from_command_line(arguments)
    except ConfigError as error:
        print(f"✗ {error}", file=sys.stderr)  # noqa: T201 -- the command's output
        return 2
    return 0
