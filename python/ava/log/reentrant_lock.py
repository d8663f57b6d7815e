# -*- coding: utf-8 -*-
"""A lock for Python 2.7, whose own reentrant one stops for good when a signal handler logs in the middle of its
acquire()."""

from __future__ import absolute_import

import threading


class ReentrantLock(object):
    """Of one thread at a time. A thread that is on its way to the lock, or has it, passes at once: a signal handler
    has interrupted it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._mine = threading.local()

    def acquire(self):
        """Waits for other threads."""
        depth = getattr(self._mine, "depth", 0)
        self._mine.depth = depth + 1
        if depth == 0:
            self._lock.acquire()

    def release(self):
        """Gives the lock back."""
        depth = self._mine.depth - 1
        if depth == 0:
            self._lock.release()
        self._mine.depth = depth
