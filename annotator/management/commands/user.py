"""``marquee user``: accounts from the shell."""

from argparse import ArgumentParser
from typing import Any

from annotator.config import get_config
from annotator.core.errors import NotFound
from annotator.embedded.start import address
from annotator.management.base import DONE, MarqueeCommand
from annotator.models import User
from annotator.services.accounts import create_sign_in_link, create_user


class Command(MarqueeCommand):
    """Add people, make sign-in links, list accounts."""

    help = "Add people, make one-time sign-in links, list accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb, at most one name."""
        super().add_arguments(parser)
        parser.add_argument("verb", choices=["list", "add", "link", "disable", "enable"])
        parser.add_argument("username", nargs="?")
        parser.add_argument("--email", default="")
        parser.add_argument("--admin", action="store_true", help="make the new person an instance administrator")

    def run(self, **options: Any) -> int:
        """Dispatch by verb."""
        if options["verb"] == "list":
            return self._list()
        if not options["username"]:
            raise NotFound(f"marquee user {options['verb']} needs a user name.")
        if options["verb"] == "add":
            person = create_user(username=options["username"], email=options["email"], is_admin=options["admin"])
        else:
            person = self._find(options["username"])
        document: dict[str, Any] = {"username": person.username}
        if options["verb"] in {"add", "link"}:
            document["link"] = f"{address(get_config())}/link/{create_sign_in_link(user=person)}"
            self.say(f"{person.username} signs in once with {document['link']} and sets a password there.")
        else:
            person.is_active = options["verb"] == "enable"
            person.save(update_fields=["is_active"])
            self.say(f"{person.username} is {'enabled' if person.is_active else 'disabled'}.")
        self.result(document)
        return DONE

    def _find(self, username: str) -> User:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise NotFound(f"There is nobody called {username}; see marquee user list.")
        return person

    def _list(self) -> int:
        people = list(User.objects.order_by("username"))
        for person in people:
            marks = "administrator" if person.is_superuser else ""
            self.say(f"{person.username:<24} {person.email:<32} {marks}{'' if person.is_active else ' disabled'}")
        rows = [
            {"username": p.username, "email": p.email, "admin": p.is_superuser, "active": p.is_active} for p in people
        ]
        self.result({"users": rows})
        return DONE
