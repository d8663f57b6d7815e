# -*- coding: utf-8 -*-
"""What the commands of a script print, for the log of the run."""
from __future__ import absolute_import

import os
import sys
import threading

from ava.journal import record

_MOST_BYTES = 16 * 1024 * 1024
_STREAMS = {"stdout": record.STDOUT, "stderr": record.STDERR}


def instance_without_console():
    """:returns: the newest instance of this process; ``None`` where there is none, it has ended, or its log gets our console anyhow"""
    base = sys.modules.get("ava.train.base")
    instance = base and base.current()
    if not instance or instance._is_done or os.environ.get("AVA_CONSOLE") == instance.training_ins_id:
        return None
    return instance


class ConsoleLog(threading.Thread):
    """Records one output of a command in a thread of its own, so that a slow disk does not hold up the command: 16 MiB wait, what finds no
    room is counted with the run."""

    def __init__(self, instance, name):
        """:param name: ``stdout`` or ``stderr``"""
        super(ConsoleLog, self).__init__(name="ava-console")
        self.daemon = True
        self._instance = instance
        self._stream = _STREAMS[name]
        self._changed = threading.Condition()
        self._chunks = []
        self._bytes = 0
        self._dropped = 0
        self._is_ended = False
        self.start()

    def put(self, chunk):
        """:param chunk: bytes, to be recorded soon"""
        with self._changed:
            if self._bytes < _MOST_BYTES:
                self._chunks.append(chunk)
                self._bytes += len(chunk)
            else:
                self._dropped += len(chunk)
            self._changed.notify()

    def end(self, timeout_s):
        """The output is over: waits until it is recorded. :param timeout_s: longest wait"""
        with self._changed:
            self._is_ended = True
            self._changed.notify()
        self.join(timeout_s)

    def run(self):
        is_ended = False
        while not is_ended:
            with self._changed:
                while not self._chunks and not self._is_ended:
                    self._changed.wait()
                is_ended = self._is_ended
                text, dropped = b"".join(self._chunks), self._dropped
                self._chunks, self._dropped = [], 0
            self._record(text, dropped)
            with self._changed:
                # Only now: what is being written takes room as well.
                self._bytes -= len(text)

    def _record(self, text, dropped):
        if self._instance._is_done:
            return
        recorder = self._instance._recorder
        recorder.log(text, self._stream)
        if dropped:
            recorder.log_left_out(dropped, "a command printed more than the disk could take")
