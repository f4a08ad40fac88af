"""Pictures from inside of files live as long as their paths."""

import gc
from pathlib import Path

from annotator.formats.shared.spooled_pictures import PictureSpool


def test_a_file_lives_as_long_as_its_path() -> None:
    spool = PictureSpool()
    first, second = spool.put(b"one", ".jpg"), spool.put(b"two", ".png")
    one, two = Path(str(first)), Path(str(second))
    assert (first.read_bytes(), second.read_bytes(), first.suffix) == (b"one", b"two", ".jpg")
    del first
    gc.collect()
    assert (one.exists(), two.exists()) == (False, True)
    del spool
    gc.collect()
    assert two.exists()
    del second
    gc.collect()
    assert not two.parent.exists()
