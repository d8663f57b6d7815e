# -*- coding: utf-8 -*-
"""A log file that any number of processes append to, with rotation by size."""

from __future__ import absolute_import

import fcntl
import os
import time

from ava.descriptor import Descriptor
from ava.workspace import make_folder

_LOCK_TIMEOUT_S = 5.0
"""Longest wait for a process that was stopped while it had the lock; then lines are written without it, until it is
free again."""

_LONGEST_SLEEP_S = 0.005


class LogFile(object):
    """Appends texts, each by one write to the end of the file, so that they stay whole and survive the process.

    With rotation each write is made under an exclusive lock (``flock``) of the file itself, which the file keeps
    when it is renamed: a process that waited for the lock of a file that is no longer the log opens the log again. Without
    rotation no lock is needed to append; a shared one says that a process writes, so that no other one empties the
    file. Not thread-safe; safe in a signal handler that interrupts a call, and in a forked child.
    """

    def __init__(self, path, mode, max_bytes, backup_count):
        self._path = path
        self._backup_count = backup_count
        self._max_bytes = max_bytes if backup_count > 0 else 0
        self._should_empty = mode.startswith("w") and self._max_bytes <= 0
        self._descriptor = None
        self._pid = None
        self._depth = 0
        self._is_rotating = False
        self._has_given_up = False
        self._end = 0

    def open(self):
        """Opens the log, and makes its folder.

        :raises EnvironmentError: the file system's error
        """
        if self._pid != os.getpid():
            # A forked child: the lock belongs to the parent's opened file, so the child needs its own.
            self.close()
            self._pid = os.getpid()
            self._depth = 0
            self._is_rotating = False
        if self._descriptor is not None and self._descriptor.is_ours():
            return
        make_folder(os.path.dirname(os.path.abspath(self._path)))
        self._descriptor = Descriptor(os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666))
        fcntl.fcntl(self._descriptor.fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        if self._max_bytes <= 0:
            if self._should_empty and self._try_lock(fcntl.LOCK_EX):
                os.ftruncate(self._descriptor.fd, 0)
            self._wait_for_lock(fcntl.LOCK_SH)
        self._should_empty = False

    def append(self, data):
        """Appends bytes that end with a line feed.

        :returns: False when this call interrupts one that puts the file aside: try again later
        :raises EnvironmentError: the file system's error; nothing was written then, as far as that can be told
        """
        self.open()
        if self._max_bytes <= 0:
            _write(self._descriptor.fd, data)
            return True
        if self._is_rotating:
            return False
        is_locked = False
        self._depth += 1
        try:
            is_locked = self._lock()
            size = os.fstat(self._descriptor.fd).st_size
            if is_locked and self._depth == 1 and 0 < size and size + len(data) > self._max_bytes:
                self._rotate()
                size = os.fstat(self._descriptor.fd).st_size
            self._write_at_end(data, size, is_locked)
        finally:
            self._depth -= 1
            if is_locked and self._depth == 0 and self._descriptor is not None:
                fcntl.flock(self._descriptor.fd, fcntl.LOCK_UN)
        return True

    def close(self):
        """Closes the file; the next append opens it again."""
        if self._descriptor is not None:
            closing, self._descriptor = self._descriptor, None
            closing.close()

    def _lock(self):
        """Takes the lock of the file that is the log now."""
        while True:
            self.open()
            if not self._wait_for_lock(fcntl.LOCK_EX):
                return False
            if self._depth > 1 or self._is_current():
                return True
            self.close()

    def _wait_for_lock(self, kind):
        deadline = time.time() + _LOCK_TIMEOUT_S
        sleep_s = 0.0002
        while not self._try_lock(kind):
            # The second: the clock was put back.
            if self._has_given_up or not deadline - 2 * _LOCK_TIMEOUT_S < time.time() < deadline:
                self._has_given_up = True
                return False
            time.sleep(sleep_s)
            sleep_s = min(2 * sleep_s, _LONGEST_SLEEP_S)
        self._has_given_up = False
        return True

    def _try_lock(self, kind):
        try:
            fcntl.flock(self._descriptor.fd, kind | fcntl.LOCK_NB)
        except EnvironmentError:  # Others have it, or this file system has no locks.
            return False
        return True

    def _is_current(self):
        ours = os.fstat(self._descriptor.fd)
        try:
            there = os.stat(self._path)
        except OSError:
            return False
        return (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)

    def _rotate(self):
        self._is_rotating = True
        try:
            # Only up to the first gap, which a process that was killed here may have left.
            last = 1
            while last < self._backup_count and os.path.exists(self._aside(last)):
                last += 1
            for number in range(last, 1, -1):
                os.rename(self._aside(number - 1), self._aside(number))
            os.rename(self._path, self._aside(1))
            self.close()
            self._lock()
        finally:
            self._is_rotating = False

    def _aside(self, number):
        return "%s.%d" % (self._path, number)

    def _write_at_end(self, data, size, is_locked):
        if is_locked and size != self._end and size > 0:
            # Others wrote. One that was killed while it wrote may have left half a line.
            os.lseek(self._descriptor.fd, size - 1, os.SEEK_SET)
            if os.read(self._descriptor.fd, 1) != b"\n":
                size += os.write(self._descriptor.fd, b"\n")
        try:
            _write(self._descriptor.fd, data)
        except EnvironmentError:
            if is_locked:
                os.ftruncate(self._descriptor.fd, size)
            raise
        self._end = size + len(data)


def _write(fd, data):
    while data:
        data = data[os.write(fd, data) :]
