"""Runs functions truly at the same time, each with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def at_once(functions: list[Callable[[], T]]) -> list[T]:
    """Results of all ``functions``, started together; the first failure is raised."""
    barrier = threading.Barrier(len(functions))

    def run(function: Callable[[], T]) -> T:
        try:
            barrier.wait(30)
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(60) for future in [pool.submit(run, function) for function in functions]]
