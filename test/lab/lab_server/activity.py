"""How much is going on, for whoever waits until nothing is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Activity:
    """Counts what runs and what was ever started: the second tells whether something ran between two looks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.running = 0
        self.started = 0

    def begin(self) -> None:
        with self._lock:
            self.running += 1
            self.started += 1

    def end(self) -> None:
        with self._lock:
            self.running -= 1

    @contextmanager
    def one(self) -> Iterator[None]:
        self.begin()
        try:
            yield
        finally:
            self.end()


activity = Activity()
