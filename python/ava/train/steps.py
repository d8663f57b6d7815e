# -*- coding: utf-8 -*-
"""Counts the steps of a run that names none. See docs/formats/journal.md of the repository, "The last step"."""
from __future__ import absolute_import

import os
import struct

from ava.descriptor import MarkedFile
from ava.workspace import make_private_folder

_STEP = struct.Struct("<d")


class StepCounter(object):
    """The last step of a process, remembered in a file, so that the run goes on after it when it is joined again: also after a
    ``SIGKILL``, and without a platform. Never raises."""

    def __init__(self, folder=None, rank=None):
        """:param folder: ``steps`` of the run's folder; ``None``: nothing is remembered
        :param rank: of this process"""
        self.last = -1
        self._file = None
        self._pid = os.getpid()
        if folder is not None:
            name = "main" if rank is None else "rank-%s" % rank
            # Ranks start one after the other: what the first has done already is not the others' past.
            steps = [_read(os.path.join(folder, one)) for one in (_names(folder) if rank is None else [name])]
            self.last = max([-1] + steps)
            self._path = os.path.join(folder, name)
            self._open()

    def take(self, step=None):
        """:param step: of a call; ``None``: the next one :returns: the step of the call"""
        if step is None:
            step = self.last + 1
        self.last = step
        # A forked worker counts for itself.
        if self._file is not None and self._pid == os.getpid():
            if not self._file.is_ours():
                self._open()
            self._remember(step)
        return step

    def _remember(self, step):
        """Before the record itself: of a step that was not recorded nothing is lost, and none comes twice."""
        try:
            if self._file is not None:
                self._file.write_at_start(_STEP.pack(step))
        except (OSError, IOError):
            self._file = None

    def _open(self):
        try:
            make_private_folder(os.path.dirname(self._path))
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
            self._file = MarkedFile(os.open(self._path, flags, 0o600))
        except (OSError, IOError):
            self._file = None  # Without it the run is recorded all the same.


def _names(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _read(path):
    try:
        with open(path, "rb") as source:
            (step,) = _STEP.unpack(source.read(_STEP.size))
    except (OSError, IOError, struct.error):
        return -1
    return step if abs(step) < float("inf") else -1
