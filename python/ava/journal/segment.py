# -*- coding: utf-8 -*-
"""Files of a journal."""
from __future__ import absolute_import

import os

from ava.descriptor import MarkedFile


class SegmentFile(object):
    """An open journal segment: whole appends or none."""

    def __init__(self, path):
        """Creates the file; never opens one that exists, so that no writer can harm another's records.

        :raises OSError: the file system's error
        """
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL
        flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        self._file = MarkedFile(os.open(path, flags, 0o600))
        self.size = 0
        """Bytes of whole appends."""
        self.is_torn = False
        """A failed append could not be cut off again: nothing may be appended any more."""

    def is_usable(self):
        """:returns: whether more may be appended: it is not torn, and the training has not closed it"""
        return not self.is_torn and self._file.is_ours()

    def append(self, data):
        """Appends bytes with one write. They survive the death of the process, not of the machine.

        :raises OSError: the file system's error; then nothing of the bytes is in the file, or it is torn
        """
        written = self._file.append(data, self.size)
        if written < len(data):
            self._append_rest(data, written)
        self.size += len(data)

    def close(self):
        """Closes the file."""
        self._file.close()

    def _append_rest(self, data, written):
        try:
            while written < len(data):
                written += self._file.append(data[written:], self.size + written)
        except OSError:
            try:
                os.ftruncate(self._file.fd, self.size)
            except OSError:
                self.is_torn = True  # Readers see the rest of a record as torn; the writer goes on in a new segment.
            raise


def segments_of(folder, writer):
    """:returns: (path, number) of each segment of a writer that is on the disk"""
    found = []
    try:
        names = os.listdir(folder)
    except OSError:
        names = []
    for name in names:
        parts = name.split(".")
        if len(parts) == 3 and parts[0] == writer and parts[2] == "ava" and parts[1].isdigit():
            found.append((os.path.join(folder, name), int(parts[1])))
    return found
