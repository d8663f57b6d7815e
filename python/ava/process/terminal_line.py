# -*- coding: utf-8 -*-
"""What a terminal shows of one line: the rule of ``ava-sdk run`` (``docs/formats/console-metrics.md``)."""

from __future__ import absolute_import

import re

FRAME_BYTES = 65536
"""Bytes of one frame that are kept: a stream without line ends must not fill the memory."""

CONTROL = re.compile(b"[\\x00\\x07\\x08\\r\\x1b]")
"""Bytes that a terminal acts upon or swallows; a line with none of them is its own text."""

_CONTROLS = re.compile(b"\\r+|\\x08+|\\x1b|[\\x00\\x07]+")
_STRING_END = re.compile(b"[\\r\\x07\\x1b]")

# Where in an escape sequence the last byte was (ECMA-48): text, after ESC, in "ESC [", in "ESC ]" and its kin, after ESC in those.
_TEXT, _ESCAPE, _CSI, _STRING, _STRING_ESCAPE = range(5)


class TerminalLine(object):
    """Frames of one line: a carriage return and cursor movements start the text anew, a backspace takes back a character, escape
    sequences are removed."""

    def __init__(self):
        self.truncated = 0
        """Frames that were longer than ``FRAME_BYTES`` and lost their ends."""
        self.is_open = False
        """Whether something of the line has come."""
        self._text = bytearray()
        self._told = []
        self._last = None
        self._dropped = 0
        self._state = _TEXT
        self._parameter = 0
        self._is_returned = False
        self._is_changed = False

    def write(self, data):
        """:param data: part of the line, without line feed
        :returns: the frames that it has ended"""
        self.is_open = self.is_open or len(data) > 0
        at = 0
        while at < len(data):
            if self._state == _TEXT:
                found = _CONTROLS.search(data, at)
                end = found.start() if found else len(data)
                if end > at:
                    self._append(data[at:end])
                if found:
                    self._control(found.group())
                at = found.end() if found else end
            elif self._state == _STRING:
                # A string that is never closed must not hide the frames after it.
                found = _STRING_END.search(data, at)
                at = found.end() if found else len(data)
                if found:
                    self._state = _STRING_ESCAPE if found.group() == b"\x1b" else _TEXT
                    if found.group() == b"\r":
                        at -= 1
            elif self._in_sequence(data[at : at + 1]):
                at += 1
        told, self._told = self._told, []
        return told

    def end(self):
        """Ends the line.

        :returns: the text that the terminal goes on to show, and whether it is new: not a frame that was returned before
        """
        self._tell()
        text, is_new = self._last or b"", bool(self._told) or self._last is None
        self._told, self._last = [], None
        self._clear()
        self._state = _TEXT
        self.is_open = False
        return text, is_new

    def _control(self, found):
        if found[:1] == b"\r":
            self._restart()
        elif found[:1] == b"\x08":
            self._back(len(found))
        elif found == b"\x1b":
            self._state = _ESCAPE

    def _in_sequence(self, byte):
        """:returns: whether the byte belongs to the sequence; if not, it is to be read again"""
        if self._state == _STRING_ESCAPE:
            self._state = _TEXT
            return byte == b"\\"
        if self._state == _ESCAPE:
            return self._after_escape(byte)
        if b"0" <= byte <= b"9":
            self._parameter = min(self._parameter * 10 + int(byte), FRAME_BYTES)
        if b"\x20" <= byte <= b"\x3f":
            return True
        self._state = _TEXT
        if byte == b"D":
            self._back(max(self._parameter, 1))
        # Up, down, next, previous, column, position, row: what follows stands elsewhere.
        elif byte in b"ABEFGHdf":
            self._restart()
        return b"\x40" <= byte <= b"\x7e"

    def _after_escape(self, byte):
        if b"\x20" <= byte <= b"\x2f":
            return True
        self._state = _TEXT
        if byte == b"[":
            self._state, self._parameter = _CSI, 0
        elif byte in b"]PX^_":
            self._state = _STRING
        elif byte == b"M":
            self._restart()
        return b"\x30" <= byte <= b"\x7e"

    def _append(self, data):
        if self._is_returned:
            self._clear()
        room = FRAME_BYTES - len(self._text)
        self._text += data[:room]
        self._dropped += max(len(data) - room, 0)
        self._is_changed = True

    def _restart(self):
        self._tell()
        self._is_returned = True

    def _back(self, characters):
        self._tell()
        if self._is_returned:
            return
        from_dropped = min(characters, self._dropped)
        self._dropped -= from_dropped
        for _ in range(characters - from_dropped):
            # Down to the first byte of a UTF-8 character.
            while self._text and self._text.pop() & 0xC0 == 0x80:
                pass
            if not self._text:
                break

    def _tell(self):
        if not self._is_changed:
            return
        self._is_changed = False
        text = bytes(self._text)
        if self._dropped:
            # Cut at a blank, so that a hook does not read the first half of a number.
            text = text[: max(text.rfind(b" "), 0) or len(text)]
            self.truncated += 1
        self._told.append(text)
        self._last = text

    def _clear(self):
        del self._text[:]
        self._dropped = 0
        self._is_returned = False
