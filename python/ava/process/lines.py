# -*- coding: utf-8 -*-
"""Lines of a console."""

from __future__ import absolute_import

import sys

_LONGEST_LINE = 1024 * 1024


class LineSplitter(object):
    """Makes lines of the bytes of one pipe. Of a line that was rewritten with carriage returns, as a progress bar
    is, the last state is the line."""

    def __init__(self):
        self._rest = b""

    def feed(self, chunk):
        """:returns: lines that are complete now, each with its line feed; one that is longer than 1 MiB comes in
        pieces"""
        lines = (self._rest + chunk).split(b"\n")
        rest = lines.pop()
        lines = [(_last_state(line) if b"\r" in line else line) + b"\n" for line in lines]
        if len(rest) > len(chunk) and b"\r" in rest:
            rest = rest[rest.rstrip(b"\r").rfind(b"\r") + 1 :]
        if len(rest) > _LONGEST_LINE:
            lines.append(rest)
            rest = b""
        self._rest = rest
        return lines

    def end(self):
        """:returns: the last line, when it has no line feed"""
        last, self._rest = _last_state(self._rest), b""
        return [last] if last else []


def native(line):
    """:returns: a line as ``str``: its bytes on Python 2.7, text on Python 3; bytes that are not UTF-8 are replaced"""
    return line if sys.version_info[0] == 2 else line.decode("utf-8", "replace")


def _last_state(line):
    return line.rstrip(b"\r").rpartition(b"\r")[2]
