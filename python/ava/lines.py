# -*- coding: utf-8 -*-
"""Hands console lines of a trainer to the agent's parsers. The format is docs/formats/console-lines.md of the repository."""
from __future__ import absolute_import

import os
import time

from ava import notices
from ava.journal.record import json_bytes
from ava.journal.segment import SegmentFile
from ava.journal.writer import new_writer_id
from ava.process.lines import CutLine
from ava.process.mark import own_process
from ava.workspace import make_private_folder

MAX_BYTES = 2 * 1024 ** 3
"""Lines of one file on the disk at most; what comes then is dropped and told."""


class LineFile(object):
    """The lines that one process hands on for one purpose. After a fork, parent and child each have a file of their own."""

    def __init__(self, run_folder, header):
        """Nothing is created before the first line.

        :param run_folder: ``run/<id>`` of the workspace
        :param header: fields that do not depend on the process
        """
        self._folder = os.path.join(run_folder, "lines")
        self._header = header
        self._pid = None
        self._file = None
        self._dropped = 0

    def write(self, line):
        """Hands on a line. It is in the file when this returns. Never raises.

        :param line: text or bytes, with or without its end; a :class:`ava.process.lines.CutLine` is marked
        """
        try:
            text = line if isinstance(line, bytes) else line.encode("utf-8", "replace")
            text = text.decode("utf-8", "replace").encode("utf-8")
            stamp = ("%d%s\t" % (int(time.time() * 1000), " cut" if isinstance(line, CutLine) else "")).encode("ascii")
            pieces = text.rstrip(b"\r\n").split(b"\n")
            data = b"".join(stamp + piece.rstrip(b"\r") + b"\n" for piece in pieces)
            current = self._current()
            if current.size + len(data) > MAX_BYTES:
                raise IOError("the file has reached its limit of %d bytes" % MAX_BYTES)
            current.append(data)
        except Exception as error:
            self._dropped += 1
            if self._dropped == 1:
                notices.warn("lines of the console are not kept in %s: %s" % (self._folder, error))

    @property
    def dropped(self):
        """Lines that could not be kept."""
        return self._dropped

    def _current(self):
        if self._pid != os.getpid() or not self._file.is_usable():
            writer = new_writer_id()
            make_private_folder(self._folder)
            started = SegmentFile(os.path.join(self._folder, writer + ".lines"))
            started.append(json_bytes(dict(self._header, version=1, writer=writer, **own_process())) + b"\n")
            self._file = started
            self._pid = os.getpid()
        return self._file
