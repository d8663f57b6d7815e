# -*- coding: utf-8 -*-
"""Work in other threads, and the calls of its results in one."""

from __future__ import absolute_import

import collections
import threading

_TICK_S = 0.1


class CallbackLoop(object):
    """What is added waits until some thread runs the loop."""

    def __init__(self):
        self._changed = threading.Condition()
        self._calls = collections.deque()
        self._is_stopped = False

    def add(self, call):
        """:param call: function without arguments"""
        with self._changed:
            self._calls.append(call)
            self._changed.notify_all()

    def run(self):
        """Makes the calls as they come, until :meth:`stop`. Signal handlers run meanwhile. What a call raises goes
        to who runs the loop."""
        self._is_stopped = False
        while not self._is_stopped:
            with self._changed:
                if not self._calls and not self._is_stopped:
                    self._changed.wait(_TICK_S)
                call = self._calls.popleft() if self._calls and not self._is_stopped else None
            if call is not None:
                call()

    def stop(self):
        """Ends :meth:`run` after the call that is being made; for callbacks, other threads and signal handlers."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()


class Pool(object):
    """Threads for work; at most so many at a time."""

    def __init__(self, size):
        """:param size: most threads"""
        self._size = size
        self._lock = threading.Lock()
        self._work = collections.deque()
        self._threads = 0

    def add(self, work):
        """:param work: function without arguments that never raises; done when there is a thread for it"""
        with self._lock:
            self._work.append(work)
            if self._threads == self._size:
                return
            self._threads += 1
        thread = threading.Thread(target=self._run, name="ava-fetch")
        thread.daemon = True
        thread.start()

    def _run(self):
        while True:
            with self._lock:
                if not self._work:
                    self._threads -= 1
                    return
                work = self._work.popleft()
            work()
