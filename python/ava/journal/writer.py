# -*- coding: utf-8 -*-
"""Appends records to the journal of one process."""
from __future__ import absolute_import

import binascii
import errno
import os
import time

from ava import limits
from ava.journal import record
from ava.journal.segment import SegmentFile, segments_of
from ava.process.mark import own_process
from ava.workspace import make_private_folder

SEGMENT_BYTES = limits.SEGMENT_BYTES
"""Size at which the next segment starts; definitions are not counted."""

MAX_JOURNAL_BYTES = 2 * 1024 ** 3
"""Unsent journal that a writer keeps on the disk at most."""

_RECHECK_S = 1.0
"""While the journal is full or cannot be written, how often it is looked whether that is over."""


class JournalWriter(object):
    """Appends records. A record is in the file when ``append`` returns True, or it did not happen; nothing raises.

    Not for several threads at a time: the :class:`ava.journal.recorder.Recorder` takes turns.
    """

    def __init__(self, folder, instance, training, labels):
        """:param folder: journal folder of the instance"""
        self.writer = new_writer_id()
        self.failure = None
        """Why the last refused append was refused."""
        self._folder = folder
        self._facts = {"instance": instance, "training": training}
        if labels:
            self._facts["labels"] = labels
        self._definitions = {}
        self._defined = set()
        self._definition_bytes = 0
        self._file = None
        self._next_segment = 0
        self._seq = 0
        self._closed_bytes = 0
        self._next_try_s = 0.0
        self._next_look_s = 0.0
        self._is_closed = False
        self._has_segment()

    def append(self, kind, payload, share=1.0):
        """Appends a record.

        :param kind: type of the record
        :param payload: bytes
        :param share: part of the disk budget that this kind may fill
        :returns: whether it is in the journal
        """
        if len(payload) > limits.RECORD_PAYLOAD_BYTES:
            return self._refuse("a record of more than %d bytes" % limits.RECORD_PAYLOAD_BYTES)
        if not self._has_segment():
            return False
        return self._write(record.encode(self._seq + 1, kind, payload), 1, share)

    def define(self, series_id, payload):
        """Defines a series, once: its definition is appended with the first points that need it, in each segment.

        :param series_id: its number, from 1
        :param payload: as of :func:`ava.journal.record.series_payload`
        """
        self._definitions[series_id] = payload

    def append_points(self, step, epoch, time_ns, row):
        """Appends a points record, and the definitions that its segment has not yet; parameters as of
        :func:`ava.journal.record.encode_points`."""
        if not self._has_segment():
            return False
        if self._defined.issuperset(row[::2]):
            return self._write(record.encode_points(self._seq + 1, step, epoch, time_ns, row), 1, 1.0)
        missing = sorted(set(row[::2]) - self._defined)
        pieces = [record.encode(self._seq + 1 + at, record.SERIES, self._definitions[one]) for at, one in enumerate(missing)]
        definition_bytes = sum(len(piece) for piece in pieces)
        pieces.append(record.encode_points(self._seq + len(pieces) + 1, step, epoch, time_ns, row))
        if not self._write(b"".join(pieces), len(pieces), 1.0):
            return False
        self._defined.update(missing)
        self._definition_bytes += definition_bytes
        return True

    def skip(self, count):
        """Leaves numbers to records that reach the platform without the journal.

        :returns: number of the last record that is in the journal
        """
        last = self._seq
        self._seq += count
        if self._file is not None:
            self._file.is_torn = True  # Numbers go on in the next segment.
        return last

    def close(self):
        """Closes the file; later appends are refused."""
        self._is_closed = True
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, data, records, share):
        if self._is_full(len(data), share):
            return self._refuse("the journal has reached its limit on the disk")
        # Counted first: an exception of a signal handler between the two leaves a gap, which readers pass; never a number twice.
        self._seq += records
        try:
            self._file.append(data)
            return True
        except (OSError, IOError) as error:
            self._seq -= records
            return self._refuse("the journal cannot be written: %s" % _name_of(error))

    def _refuse(self, reason):
        self.failure = reason
        return False

    def _has_segment(self):
        current = self._file
        if current is not None and current.size - self._definition_bytes < SEGMENT_BYTES and current.is_usable():
            return True
        if self._is_closed:
            return self._refuse("the run has ended")
        now_s = time.time()
        if now_s < self._next_try_s:
            return False
        try:
            self._start_segment()
            return True
        except (OSError, IOError) as error:
            self._next_try_s = now_s + _RECHECK_S
            return self._refuse("the journal cannot be written: %s" % _name_of(error))

    def _start_segment(self):
        number = self._next_segment
        self._next_segment += 1
        # Also when the folder was deleted in the middle of the run.
        make_private_folder(self._folder)
        path = os.path.join(self._folder, "%s.%06d.ava" % (self.writer, number))
        started = SegmentFile(path)
        header = dict(self._facts, writer=self.writer, segment=number, firstSeq=self._seq + 1, **own_process())
        try:
            started.append(record.segment_head(header))
        except (OSError, IOError):
            started.close()
            os.unlink(path)
            raise
        self._defined = set()
        self._definition_bytes = 0
        previous, self._file = self._file, started
        if previous is not None:
            previous.close()
        self._closed_bytes = self._size_of_others()

    def _is_full(self, added, share):
        limit = MAX_JOURNAL_BYTES * share
        if self._closed_bytes + self._file.size + added <= limit:
            return False
        now_s = time.time()
        if now_s >= self._next_look_s:
            self._next_look_s = now_s + _RECHECK_S
            self._closed_bytes = self._size_of_others()
        return self._closed_bytes + self._file.size + added > limit

    def _size_of_others(self):
        """Bytes of this writer's segments that were not deleted yet, except the open one."""
        total = 0
        for path, number in segments_of(self._folder, self.writer):
            if number != self._next_segment - 1:
                try:
                    total += os.path.getsize(path)
                except OSError:
                    pass  # Shipped and deleted in this moment.
        return total


def new_writer_id():
    """:returns: unique id of a writer: 16 hexadecimal digits"""
    return binascii.hexlify(os.urandom(8)).decode("ascii")


def _name_of(error):
    return errno.errorcode.get(error.errno, str(error))
