# -*- coding: utf-8 -*-
"""Work of many threads and of signal handlers, one after the other, without a deadlock."""
from __future__ import absolute_import

import collections
import threading
import time

try:
    from threading import get_ident
except ImportError:  # Python 2.7
    from thread import get_ident

_PAUSES_S = (0.0, 0.001)
"""First and longest pause before the next try; the first lets another thread go on."""

_MOST_FOR_OTHERS = 64
"""Items of other threads that a turn takes along."""

_LEFT_AFTER_S = 0.5
"""A lock without a holder for so long was left by a turn that an exception of a signal handler ended."""


class Turns(object):
    """Gives items to one function, one at a time.

    A lock alone would not do. A signal handler that records something may have interrupted the holder of the lock, which goes on only
    after it, if it goes on at all: it is told to put its item elsewhere. And threads starve: the thread that has the lock gives Python's own one away
    while it writes, and has the lock again when the others look. So that thread also writes what the others wait with.
    """

    def __init__(self, take):
        """:param take: called with each item; must not raise"""
        self._take = take
        self._waiting = collections.deque()
        self._lock = threading.Lock()
        self._holder = None

    def put(self, item):
        """Gives an item to the function.

        :returns: False, and nothing is done, in a signal handler that interrupted the function; else True, and it was taken
        """
        if self._holder == get_ident():
            return False
        entry = [item, False]
        self._waiting.append(entry)
        pause_s, longest_s = _PAUSES_S
        waited_s = 0.0
        while not entry[1]:
            lock = self._lock
            if lock.acquire(False):
                try:
                    self._holder = get_ident()
                    self._take_waiting(entry)
                finally:
                    self._holder = None
                    lock.release()
            else:
                time.sleep(pause_s)
                waited_s += pause_s
                pause_s = min(longest_s, 2 * pause_s + 0.00001)
                if waited_s > _LEFT_AFTER_S and self._holder is None:
                    self._lock = threading.Lock()
        return True

    def _take_waiting(self, own):
        left = _MOST_FOR_OTHERS
        while self._waiting and (left > 0 or not own[1]):
            left -= 1
            entry = self._waiting.popleft()
            try:
                self._take(entry[0])
            finally:
                entry[1] = True
