# -*- coding: utf-8 -*-
"""Work in other threads, and the calls of its results in one."""

from __future__ import absolute_import

import collections
import threading
import traceback
import weakref

from ava import notices

_TICK_S = 0.1


class CallbackLoop(object):
    """What is added waits until some thread runs the loop. It runs and stops as tornado's does."""

    def __init__(self):
        self._changed = threading.Condition()
        self._calls = collections.deque()
        self._is_stopped = False
        self._is_running = False
        self._members = weakref.WeakSet()

    def add(self, call):
        """:param call: function without arguments"""
        with self._changed:
            self._calls.append(call)
            self._changed.notify_all()

    def join(self, member):
        """:param member: an owner of the loop, which may stop it"""
        self._members.add(member)

    def leave(self):
        """A member has ended. The loop ends with the last one, since no other object could stop it."""
        if self._is_running and not self._members:
            self._is_stopped = True

    def run(self):
        """Makes the calls as they come, until :meth:`stop`; returns at once where that was called before. Signal handlers run meanwhile. A call
        that raises is told."""
        self._is_running = True
        try:
            while not self._is_stopped:
                with self._changed:
                    if not self._calls and not self._is_stopped:
                        self._changed.wait(_TICK_S)
                    call = self._calls.popleft() if self._calls and not self._is_stopped else None
                if call is not None:
                    _make(call)
        finally:
            self._is_running = self._is_stopped = False

    def stop(self):
        """Ends :meth:`run` after the call that is being made; for callbacks, other threads and signal handlers."""
        self._is_stopped = True


LOOP = CallbackLoop()
"""The one of this process, as tornado's."""


def _make(call):
    try:
        call()
    except Exception as error:
        notices.warn("a callback of Fetcher.fetch() failed: %r\n%s" % (error, traceback.format_exc()), topic=repr(error))


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
