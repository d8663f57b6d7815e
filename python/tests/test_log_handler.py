# -*- coding: utf-8 -*-
from __future__ import absolute_import

import logging
import os

from ava.log.logger import MultiProcessingLogHandler
from logger_case import LoggerCase


class HandlerTest(LoggerCase):
    def test_records_are_in_the_file_when_the_call_returns(self):
        handler = self.handler()
        self.assertEqual(handler.baseFilename, self.log)
        log = logging.getLogger("ava-test")
        log.addHandler(handler)
        self.addCleanup(log.removeHandler, handler)
        log.warning("a %s", 1)
        self.assertEqual(self.lines(), ["a 1"])
        try:
            raise ValueError("why")
        except ValueError:
            log.exception("failed")
        self.assertEqual((self.lines()[1], self.lines()[-1]), ("failed", "ValueError: why"))
        handler.send(u"text 中")
        handler.send(b"bytes\n")
        self.assertEqual(self.lines()[-2:], [u"text 中", "bytes"])
        self.assertEqual(handler.receive(), 0)

    def test_what_cannot_be_formatted_is_told_by_logging_and_does_not_raise(self):
        handler = self.handler()
        seen = []
        handler.handleError = seen.append
        handler.emit(logging.LogRecord("n", 30, __file__, 1, "%d", ("no number",), None))
        self.assertEqual((len(seen), self.lines()), (1, []))

    def test_rotates_by_size_and_keeps_as_many_as_told(self):
        handler = self.handler("w", 50, 3)
        for number in range(30):
            handler.send("line %02d" % number)
        self.assertEqual(sorted(os.listdir(self.workspace)), ["w.log", "w.log.1", "w.log.2", "w.log.3"])
        self.assertEqual(self.lines(), ["line %02d" % number for number in range(6, 30)])
        self.assertTrue(
            all(os.path.getsize(os.path.join(self.workspace, name)) <= 50 for name in os.listdir(self.workspace))
        )
        handler.send("x" * 100)
        handler.send("after")
        self.assertEqual(self.lines()[-2:], ["x" * 100, "after"])

    def test_a_gap_that_a_killed_process_left_is_filled_and_half_a_line_ended(self):
        for number in (1, 3):
            self.put("w.log.%d" % number, u"old %d\n" % number)
        self.put("w.log", u"half")
        handler = self.handler("w", 9, 3)
        handler.send("whole")
        self.assertEqual(self.read("w.log"), b"whole\n")
        self.assertEqual(self.read("w.log.3"), b"old 3\n")
        self.put("w.log", u"half")
        handler._file._max_bytes = 100
        handler.send("whole")
        self.assertEqual(self.read("w.log"), b"half\nwhole\n")

    def test_mode_w_empties_unless_others_write_or_it_rotates(self):
        for mode, size, backups, expected in (
            ("w", 0, 10, ["new"]), ("a", 0, 10, ["old", "new"]), ("w", 1000, 10, ["old", "new"]), ("w", 1000, 0, ["new"]),
        ):  # fmt: skip
            self.put("w.log", u"old\n")
            first = self.handler(mode, size, backups)
            first.send("new")
            self.handler(mode, size, backups).close()
            self.assertEqual(self.lines(), expected)
            first.close()

    def test_records_wait_while_the_file_cannot_be_written(self):
        folder = os.path.join(self.workspace, "gone")
        self.put("gone", u"a file where the folder was")
        handler = MultiProcessingLogHandler(os.path.join(folder, "x.log"), maxBytes=100)
        self.addCleanup(handler.close)
        handler.send("one")
        handler.send("two")
        self.assertEqual(len(set(self.warnings)), 1)
        os.remove(folder)
        self.assertEqual(handler.receive(), 2)
        self.assertEqual(self.read("gone/x.log"), b"one\ntwo\n")

    def test_a_stopped_process_that_has_the_lock_does_not_stop_the_others(self):
        script = """
import fcntl, sys, time
held = open("w.log", "a")
fcntl.flock(held, fcntl.LOCK_EX)
print("held")
sys.stdout.flush()
sys.stdin.read()
"""
        import subprocess

        handler = self.handler("w", 100, 3)
        holder = self.start(script, stdin=subprocess.PIPE)
        self.assertEqual(holder.stdout.readline(), b"held\n")
        for number in range(50):
            handler.send("line %d" % number)
        self.assertEqual(self.lines(), ["line %d" % number for number in range(50)])
        holder.communicate()
        handler.send("free again")
        self.assertEqual((self.read("w.log"), len(self.lines())), (b"free again\n", 51))
