# -*- coding: utf-8 -*-
"""Where a command's output goes: our own stdout and stderr."""

from __future__ import absolute_import

import codecs
import errno
import os
import select
import sys


def sink_of(name):
    """:param name: ``stdout`` or ``stderr``
    :returns: function that writes bytes there, unchanged and at once, and never raises; a stream that a notebook or
        a test put in the place of ours gets text
    """
    stream = getattr(sys, name)
    if stream is not None and stream is not getattr(sys, "__%s__" % name):
        return _Quiet(_TextWriter(stream).write)
    try:
        # What the script has printed comes first.
        stream.flush()
        fd = stream.fileno()
    except Exception:  # Closed, or no file: the usual number.
        fd = {"stdout": 1, "stderr": 2}[name]
    return _Quiet(lambda data: _write(fd, data))


def lead_to_one_place():
    """:returns: whether our stdout and stderr go to the same terminal, file or pipe"""
    if sys.stdout is sys.stderr:
        return True
    try:
        out, err = [os.fstat(stream.fileno()) for stream in (sys.stdout, sys.stderr)]
        return (out.st_dev, out.st_ino) == (err.st_dev, err.st_ino)
    except Exception:  # Closed, or no files.
        return False


class _Quiet(object):
    """Output that can no longer be written is dropped: the command goes on."""

    def __init__(self, write):
        self._write = write

    def __call__(self, data):
        if self._write is None:
            return
        try:
            self._write(data)
        except Exception:  # Whatever the stream does, the command's pipe must be emptied.
            self._write = None


class _TextWriter(object):
    def __init__(self, stream):
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data):
        self._stream.write(data if sys.version_info[0] == 2 else self._decoder.decode(data))
        self._stream.flush()


def _write(fd, data):
    while data:
        try:
            data = data[os.write(fd, data) :]
        except OSError as error:
            if error.errno == errno.EAGAIN:
                # Another process that shares the descriptor made it non-blocking.
                poll = select.poll()
                poll.register(fd, select.POLLOUT)
                poll.poll(1000)
            elif error.errno != errno.EINTR:
                raise
