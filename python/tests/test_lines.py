# -*- coding: utf-8 -*-
from __future__ import absolute_import

import io
import json
import os
import shutil
import tempfile
import unittest

from ava import lines


class LinesTest(unittest.TestCase):
    def setUp(self):
        self.run_folder = tempfile.mkdtemp()
        self.file = lines.LineFile(self.run_folder, {"parser": "caffe", "purpose": "metrics"})

    def tearDown(self):
        shutil.rmtree(self.run_folder)

    def read(self):
        found = []
        folder = os.path.join(self.run_folder, "lines")
        for name in os.listdir(folder):
            with io.open(os.path.join(folder, name), "rb") as source:
                text = source.read()
            self.assertTrue(text.endswith(b"\n"))
            header, _, rest = text.decode("utf-8").partition("\n")
            header = json.loads(header)
            self.assertEqual(name, header["writer"] + ".lines")
            found.append((header, [line.split("\t", 1)[1] for line in rest.split("\n")[:-1]]))
        return found

    def test_nothing_is_made_before_the_first_line(self):
        self.assertEqual(os.listdir(self.run_folder), [])

    def test_lines_are_kept_without_their_ends_and_with_all_else(self):
        for line in ("plain", "end\n", "crlf\r\n", b"bytes\n", u"中文\n", b"broken \xff\n", "a\ttab", "", "two\nlines"):
            self.file.write(line)
        ((header, kept),) = self.read()
        self.assertEqual((header["version"], header["parser"], header["pid"]), (1, "caffe", os.getpid()))
        self.assertEqual(kept, ["plain", "end", "crlf", "bytes", u"中文", u"broken \ufffd", "a\ttab", "", "two", "lines"])

    def test_a_forked_child_has_a_file_of_its_own(self):
        self.file.write("parent")
        pid = os.fork()
        if pid == 0:
            self.file.write("child")
            os._exit(0)
        os.waitpid(pid, 0)
        self.file.write("parent again")
        self.assertEqual(sorted(kept for _, kept in self.read()), [["child"], ["parent", "parent again"]])

    def test_what_cannot_be_kept_is_counted_and_told_once(self):
        said = []
        warn, lines.notices.warn = lines.notices.warn, said.append
        before, lines.MAX_BYTES = lines.MAX_BYTES, 300
        try:
            for _ in range(50):
                self.file.write("x" * 50)
        finally:
            lines.MAX_BYTES = before
            lines.notices.warn = warn
        ((_, kept),) = self.read()
        self.assertEqual(len(kept) + self.file.dropped, 50)
        self.assertEqual(len(said), 1)
