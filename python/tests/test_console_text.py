# -*- coding: utf-8 -*-
from __future__ import absolute_import

import binascii
import io
import json
import os
import sys
import unittest

from ava.process.lines import LineSplitter, is_frame, is_line, native

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/vectors/console-text.json")


def whole(parts):
    """:returns: a text of the vectors"""
    if not isinstance(parts, list):
        return parts
    return "".join(part if not isinstance(part, list) else part[0] * part[1] for part in parts)


def split(data, sizes):
    """:returns: what the splitter gives for bytes that come in pieces"""
    splitter, found, at = LineSplitter(), [], 0
    for size in sizes:
        found += splitter.feed(data[at : at + size])
        at += size
    return found + splitter.feed(data[at:]) + splitter.end()


def told(lines):
    """:returns: line numbers and texts, as the vectors have them"""
    texts, number = [], 1
    for line in lines:
        if is_frame(line):
            texts.append([number, line.rstrip(b"\r\n").decode("utf-8", "replace")])
        number += is_line(line)
    return texts


class ConsoleTextTest(unittest.TestCase):
    def test_frames_are_those_of_every_implementation_wherever_the_bytes_are_cut(self):
        with io.open(VECTORS, encoding="utf-8") as source:
            vectors = json.load(source)
        for one in vectors:
            given = one["input"]
            data = binascii.unhexlify(given["hex"]) if isinstance(given, dict) else whole(given).encode("utf-8")
            expected = [[line, whole(text)] for line, text in one["texts"]]
            cuts = [[1] * len(data)] + [[cut] for cut in range(len(data))] if len(data) < 1000 else [[], [1000] * 200]
            for sizes in cuts:
                self.assertEqual(told(split(data, sizes)), expected, (one["gives"], sizes[:2]))

    def test_a_log_gets_what_the_terminal_goes_on_to_show(self):
        data = b"a\n\nb\r\nc\r\r\n1%\r2%\r3%\n4%\r5%\r\nx\x08y\n6%\r7%\r"
        expected = ["a\n", "\n", "b\n", "c\n", "3%\n", "5%\n", "y\n", "7%\n"]
        for sizes in [[]] + [[size] * len(data) for size in range(1, len(data))]:
            self.assertEqual([native(line) for line in split(data, sizes) if is_line(line)], expected, sizes[:1])

    def test_texts_for_hooks_end_with_a_line_feed_and_are_never_empty(self):
        lines = split(b"1%\r2%\n\x1b[0m\nlast\n\x1b[0m", [])
        self.assertEqual([native(line) for line in lines if is_frame(line)], ["1%\n", "2%\n", "\n", "last\n", "\n"])
        self.assertEqual([native(line) for line in split(b"no end", [])], ["no end"])

    def test_what_never_ends_is_bounded_and_counted(self):
        splitter = LineSplitter()
        for _ in range(100):
            self.assertEqual(splitter.feed(b"x" * 65536), [])
        self.assertEqual([len(line) for line in splitter.feed(b"\n")], [65537])
        for start, endless in ((b"", b"\x00"), (b"", b"\x08"), (b"\x1b]0;", b"x"), (b"\x1b[", b"1")):
            splitter.feed(start)
            for _ in range(10):
                self.assertEqual(splitter.feed(endless * 20000), [])
            self.assertLess(sys.getsizeof(splitter._line._text), 2 * 65536)
            splitter.feed(b"\r\n")
        self.assertEqual(splitter.truncated, 1)
