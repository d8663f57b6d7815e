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

_PAUSE_S = 0.0002
_LONGEST_WAIT_S = 0.5


class Turns(object):
    """Takes items in the order in which they come, and gives them to one function, one at a time.

    A lock would not do: a signal handler that records something may have interrupted the holder of the lock, which goes on only
    after it, if it goes on at all. Here the handler is told to put its item elsewhere.
    """

    def __init__(self, take):
        """:param take: called with each item; must not raise"""
        self._take = take
        self._items = collections.deque()
        self._lock = threading.Lock()
        self._holder = None

    def put(self, item):
        """Gives an item to the function.

        :returns: False, and nothing is done, in a signal handler that interrupted the function. Else the item was taken, except where
            another thread is stopped for long in the middle of its turn: that one takes it.
        """
        if self._holder == get_ident():
            return False
        items = self._items
        items.append(item)
        waited_s = 0.0
        while items:
            lock = self._lock
            if lock.acquire(False):
                try:
                    self._holder = get_ident()
                    while items:
                        self._take(items.popleft())
                finally:
                    self._holder = None
                    lock.release()
            elif waited_s < _LONGEST_WAIT_S:
                waited_s += _PAUSE_S
                time.sleep(_PAUSE_S)
            elif self._holder is not None:
                break
            else:
                # Taken by a turn that an exception of a signal handler ended before it began.
                self._lock = threading.Lock()
        return True
