# -*- coding: utf-8 -*-
"""Copies a command's output to ours, and keeps its lines for the hooks."""

from __future__ import absolute_import

import errno
import os
import threading
import time
import weakref

from ava.process.lines import LineSplitter

_READ_BYTES = 256 * 1024
_MOST_LINES = 100000
_MOST_BYTES = 16 * 1024 * 1024

_SILENCE_S = 0.5
"""After the command's end: how long its output may stay silent while a process that it left behind still holds the
pipe."""

_TICK_S = 0.1

_now = getattr(time, "monotonic", time.time)


class Relay(object):
    """Threads that empty a command's pipes. Lines wait in a queue of 100 000 lines or 16 MiB; those that find no
    room are counted in ``dropped``.

    A thread waits here in short pieces, so that signal handlers run, and may wait here again.
    """

    def __init__(self, pipes, has_exited):
        """Starts to copy.

        :param pipes: pairs of an opened pipe, which is closed at its end, and the function that takes its bytes
        :param has_exited: tells whether the command has ended
        """
        self.dropped = 0
        self._has_exited = has_exited
        self._changed = threading.Condition()
        self._lines = []
        self._bytes = 0
        self.is_wanted = True
        self._copies = [_Copy(pipe, sink, self) for pipe, sink in pipes]
        for copy in self._copies:
            copy.start()

    def take_lines(self, end_s=None):
        """Waits for lines and frames, as :class:`LineSplitter` gives them.

        :param end_s: longest wait, until this time in seconds since 1970
        :returns: those that wait, as bytes; an empty list at the end of the output, or of the wait
        """
        self.is_wanted = True
        while True:
            is_over = self.is_over() or (end_s is not None and time.time() > end_s)
            with self._changed:
                if not self._lines and not is_over:
                    self._changed.wait(_TICK_S)
                lines, self._lines, self._bytes = self._lines, [], 0
            if lines or is_over:
                return lines

    @property
    def truncated(self):
        """Lines that were longer than 64 KiB and lost their ends."""
        return sum(copy.splitter.truncated for copy in self._copies)

    def discard_lines(self):
        """Drops lines, until they are asked for again."""
        self.is_wanted = False
        with self._changed:
            self._lines, self._bytes = [], 0

    def wait(self, timeout_s=_TICK_S):
        """Waits until something is new, or for the time."""
        with self._changed:
            if self.is_open():
                self._changed.wait(timeout_s)

    def wait_until_over(self, timeout_s=None):
        """:returns: whether the output is over; it may not be within the time"""
        end = None if timeout_s is None else _now() + timeout_s
        while not self.is_over():
            if end is not None and _now() > end:
                return False
            self.wait()
        return True

    def is_open(self):
        """:returns: whether a pipe is open"""
        return any(not copy.is_ended for copy in self._copies)

    def is_over(self):
        """:returns: whether all output was copied; what a process says that outlives the command for long is not
        waited for"""
        if not self.is_open():
            return True
        is_silent = all(copy.is_ended or copy.has_been_silent() for copy in self._copies)
        return is_silent and self._has_exited()

    def put(self, lines):
        """:param lines: wait for :meth:`take_lines` as far as there is room"""
        with self._changed:
            has_room = self._bytes < _MOST_BYTES
            kept = lines[: _MOST_LINES - len(self._lines)] if has_room else []
            self.dropped += len(lines) - len(kept)
            self._bytes += sum(len(line) for line in kept)
            self._lines.extend(kept)
            self._changed.notify_all()

    def ended(self):
        """A pipe has ended."""
        with self._changed:
            self._changed.notify_all()


def join_ended(timeout_s):
    """Waits for threads whose pipes have ended: Python 2.7 has them fail loudly when it takes their modules away under
    their last steps.

    :param timeout_s: longest wait for each
    """
    for copy in list(_copies):
        if copy.is_ended:
            copy.join(timeout_s)


_copies = weakref.WeakSet()


class _Copy(threading.Thread):
    def __init__(self, pipe, sink, relay):
        super(_Copy, self).__init__(name="ava-output")
        self.daemon = True
        self.is_ended = False
        self._pipe = pipe
        self._sink = sink
        self._relay = relay
        self._read_at = _now()
        self._is_writing = False
        self.splitter = LineSplitter()
        _copies.add(self)

    def has_been_silent(self):
        """Output that waits for a slow reader of ours does not count as silence."""
        return not self._is_writing and _now() - self._read_at > _SILENCE_S

    def run(self):
        try:
            for chunk in iter(self._read, b""):
                self._is_writing = True
                self._sink(chunk)
                if self._relay.is_wanted:
                    self._relay.put(self.splitter.feed(chunk))
                else:
                    self.splitter = LineSplitter()
                self._read_at = _now()
                self._is_writing = False
            self._relay.put(self.splitter.end())
        finally:
            self.is_ended = True
            self._relay.ended()
            self._pipe.close()

    def _read(self):
        while True:
            try:
                return os.read(self._pipe.fileno(), _READ_BYTES)
            except (OSError, IOError) as error:
                if error.errno != errno.EINTR:
                    return b""
            except ValueError:  # Closed by the script.
                return b""
