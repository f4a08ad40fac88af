"""The class colours stand in two languages: the server gives them to new classes, the browser offers and falls back to them."""

import re
from pathlib import Path

from annotator.core.labels import PALETTE

FRONTEND = Path(__file__).resolve().parents[2] / "frontend" / "src" / "lib" / "palette.ts"


def test_server_and_browser_have_the_same_class_colours() -> None:
    listed = FRONTEND.read_text().split("CLASS_COLORS = [", 1)[1].split("]", 1)[0]
    assert re.findall(r"#[0-9a-f]{6}", listed) == list(PALETTE)
