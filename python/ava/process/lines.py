# -*- coding: utf-8 -*-
"""Lines of a console."""

from __future__ import absolute_import

import sys

from ava.process.terminal_line import CONTROL, FRAME_BYTES, TerminalLine


class LineSplitter(object):
    """Makes lines of the bytes of one pipe, as a terminal shows them. A line that is rewritten, as a progress bar is, comes frame by
    frame.

    The end of what is returned says what it is: with a line feed, or with no end after the last line end, it is a whole line. With a
    carriage return it is a frame, and others may follow in its line. With both its line has ended, and the frame was returned before.
    """

    def __init__(self):
        self._line = TerminalLine()

    @property
    def truncated(self):
        """Lines and frames that were longer than 64 KiB and lost their ends."""
        return self._line.truncated

    def feed(self, chunk):
        """:returns: lines and frames that are complete now"""
        parts = chunk.split(b"\n")
        rest = parts.pop()
        found = []
        has_control = CONTROL.search(chunk)
        for part in parts:
            plain = part[:-1] if has_control and part.endswith(b"\r") else part
            if self._line.is_open or len(plain) > FRAME_BYTES or (has_control and CONTROL.search(plain)):
                self._write(part, found)
                self._end(b"\n", found)
            else:
                found.append(plain + b"\n")
        self._write(rest, found)
        return found

    def end(self):
        """:returns: the last line, when it has no line feed"""
        found = []
        if self._line.is_open:
            self._end(b"", found)
        return found

    def _write(self, part, found):
        found.extend(frame + b"\r" for frame in self._line.write(part))

    def _end(self, line_end, found):
        text, is_new = self._line.end()
        # Hooks never get an empty text: for many readers it means the end of a file.
        found.append(text + (line_end if is_new else b"\r\n") or b"\n")


class CutLine(str):
    """The last text of an output that ended without a line feed: its last word may be half a number."""


def is_frame(line):
    """:param line: of a :class:`LineSplitter`
    :returns: whether it is new text: not the end of a line whose text was returned before"""
    return not line.endswith(b"\r\n")


def is_line(line):
    """:param line: of a :class:`LineSplitter`
    :returns: whether its line has ended: it is what the terminal goes on to show"""
    return not line.endswith(b"\r")


def native(line):
    """:param line: of a :class:`LineSplitter`
    :returns: it as ``str`` with a line feed where its text has ended: bytes on Python 2.7, text on Python 3; what is not UTF-8 is
        replaced. A :class:`CutLine` where it has not ended"""
    is_cut = line[-1:] not in (b"\r", b"\n")
    text = line if is_cut else line.rstrip(b"\r\n") + b"\n"
    shown = text if sys.version_info[0] == 2 else text.decode("utf-8", "replace")
    return CutLine(shown) if is_cut else shown
