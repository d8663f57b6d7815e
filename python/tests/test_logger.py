# -*- coding: utf-8 -*-
from __future__ import absolute_import

import logging
import multiprocessing
import os
import re
import signal
import threading

from ava.log.logger import MultiProcessingLogHandler, initialize_logger, initialize_test_logger, logger, run_log_handler
from seed_case import SeedCase

LINE = re.compile(
    r"\[20\d\d-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \[INFO\] \[MainThread/<?[\w.]+>?:\d+ - \S+\(\)\] Node\[3\] hello 5\Z"
)

WRITER = """
import logging, sys
from ava.log.logger import MultiProcessingLogHandler
name, count, size, backups, length = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
handler = MultiProcessingLogHandler("w.log", maxBytes=size, backupCount=backups)
handler.setFormatter(logging.Formatter("%(message)s"))
log = logging.getLogger("w")
log.propagate = False
log.addHandler(handler)
log.warning("%s ready" % name)
sys.stdin.readline()
for number in range(count):
    log.warning("%s %d %s" % (name, number, "x" * (number * 7 % length)))
    if number % 50 == 0:
        sys.stdout.write("%d\\n" % number)
        sys.stdout.flush()
"""


def forked(handler, name):
    for number in range(200):
        handler.emit(logging.LogRecord("n", logging.INFO, __file__, 1, "%s %d", (name, number), None))


class LoggerCase(SeedCase):
    def setUp(self):
        super(LoggerCase, self).setUp()
        kept, level = list(logger.handlers), logger.level
        for handler in kept:
            logger.removeHandler(handler)

        def restore():
            for handler in list(logger.handlers):
                logger.removeHandler(handler)
                handler.close()
            for handler in kept:
                logger.addHandler(handler)
            logger.setLevel(level)

        self.addCleanup(restore)
        self.log = os.path.join(self.workspace, "w.log")

    def handler(self, *args, **kwargs):
        handler = MultiProcessingLogHandler(self.log, *args, **kwargs)
        handler.setFormatter(logging.Formatter("%(message)s"))
        self.addCleanup(handler.close)
        return handler

    def lines(self):
        """:returns: lines of all pieces, oldest first; asserts that each piece ends with a whole line"""
        names = [name for name in os.listdir(self.workspace) if name.startswith("w.log")]
        found = []
        for name in sorted(names, key=lambda name: -int(name[6:] or 0)):
            content = self.read(name)
            self.assertTrue(content.endswith(b"\n") or not content, name)
            found += content.decode("utf-8").splitlines()
        return found


class InitializeTest(LoggerCase):
    def test_writes_the_old_format_to_file_and_terminal(self):
        script = """
from ava.log.logger import initialize_logger, logger
assert initialize_logger("new/logs", node=3) is logger
logger.info("hello %d", 5)
logger.debug("not this")
initialize_logger("new/logs", debug=True)
logger.debug(u"\\u4e2d")
"""
        code, out, err = self.run_script(script)
        self.assertEqual((code, out), (0, b""))
        log = self.read("new/logs/run.log").decode("utf-8").splitlines()
        self.assertEqual(log, err.decode("utf-8").splitlines())
        self.assertTrue(LINE.match(log[0]), log[0])
        self.assertIn(u"[DEBUG]", log[1])
        self.assertTrue(log[1].endswith(u"()] 中"), log[1])
        self.assertEqual(len(log), 2)

    def test_replaces_what_would_print_twice_and_keeps_the_scripts_own(self):
        own = logging.FileHandler(os.path.join(self.workspace, "own"))
        logger.addHandler(own)
        logger.addHandler(logging.StreamHandler())
        for _ in range(3):
            initialize_logger(self.workspace)
        self.assertEqual([type(handler).__name__ for handler in logger.handlers][0], "FileHandler")
        self.assertEqual(len(logger.handlers), 3)
        self.assertIs(run_log_handler(), logger.handlers[-1])
        self.assertEqual((run_log_handler()._file._max_bytes, run_log_handler()._file._backup_count), (52428800, 10))

    def test_a_folder_that_cannot_be_written_is_told_and_nothing_else(self):
        self.put("file", u"x")
        initialize_logger(os.path.join(self.workspace, "file", "logs"))
        logger.handlers[0].setLevel(100)
        for _ in range(3):
            logger.info("x")
        self.assertEqual(len(set(self.warnings)), 1)
        self.assertIn("run.log", self.warnings[0])

    def test_the_test_logger_says_everything(self):
        initialize_test_logger()
        self.assertEqual((logger.level, len(logger.handlers)), (logging.DEBUG, 1))


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


class ManyProcessesTest(LoggerCase):
    def run_writers(self, count, kill=(), size=100000, length=60):
        import subprocess

        script_arguments = [(name, count, size, 100, length) for name in range(8)]
        writers = [self.start(WRITER, *arguments, stdin=subprocess.PIPE) for arguments in script_arguments]
        # All have opened the log before any writes more: mode w must not empty it under another.
        while sum(line.endswith("ready") for line in self.lines()) < len(writers):
            self.assertEqual([writer.poll() for writer in writers], [None] * len(writers))
        for writer in writers:
            writer.stdin.write(b"go\n")
            writer.stdin.flush()
        said = {}
        for index in kill:
            for _ in range(4):
                said[index] = int(writers[index].stdout.readline())
            writers[index].kill()
        for index, writer in enumerate(writers):
            out, err = writer.communicate()
            self.assertEqual(err, b"")
            if index in kill:
                said[index] = max([said[index]] + [int(line) for line in out.split()])
        return said

    def check(self, count, said, length):
        found = {}
        for line in self.lines():
            parts = line.split(" ")
            if parts[1] == "ready":
                continue
            if len(parts) == 3 and parts[2] == "x" * (int(parts[1]) * 7 % length):
                found.setdefault(int(parts[0]), []).append(int(parts[1]))
            else:
                # Only a killed process may leave part of a line.
                self.assertIn(int(parts[0]), said, line)
        for name in range(8):
            self.assertEqual(found[name], list(range(len(found[name]))), name)
            self.assertGreaterEqual(len(found[name]), said[name] + 1 if name in said else count)

    def test_no_line_is_lost_torn_or_doubled_while_eight_processes_write_and_the_log_rotates(self):
        self.run_writers(2000)
        self.check(2000, {}, 60)
        self.assertGreater(len(os.listdir(self.workspace)), 3)

    def test_without_rotation_too(self):
        self.run_writers(2000, size=0)
        self.check(2000, {}, 60)

    def test_what_a_killed_process_has_logged_is_there(self):
        for size in (100000, 0):
            for name in os.listdir(self.workspace):
                os.remove(os.path.join(self.workspace, name))
            said = self.run_writers(1000, kill=(1, 4, 6), size=size)
            self.check(1000, said, 60)

    def test_forked_and_threaded_writers(self):
        handler = self.handler("w", 5000, 100)
        handler.send("parent 0")
        context = multiprocessing.get_context("fork") if hasattr(multiprocessing, "get_context") else multiprocessing
        children = [context.Process(target=forked, args=(handler, "child%d" % index)) for index in range(4)]
        for child in children:
            child.start()
        threads = [threading.Thread(target=forked, args=(handler, "thread%d" % index)) for index in range(4)]
        for thread in threads:
            thread.start()
        for one in children + threads:
            one.join()
        lines = self.lines()
        self.assertEqual(len(lines), 1 + 8 * 200)
        for name in ["child%d" % index for index in range(4)] + ["thread%d" % index for index in range(4)]:
            self.assertEqual(
                [line for line in lines if line.startswith(name)], ["%s %d" % (name, n) for n in range(200)]
            )

    def test_a_fork_while_a_thread_logs_does_not_stop_the_child(self):
        handler = self.handler("w", 100000, 10)
        is_over = []

        def write():
            while not is_over:
                handler.handle(logging.LogRecord("n", logging.INFO, __file__, 1, "thread", (), None))

        thread = threading.Thread(target=write)
        thread.start()
        try:
            for number in range(30):
                pid = os.fork()
                if pid == 0:
                    signal.alarm(20)
                    handler.handle(logging.LogRecord("n", logging.INFO, __file__, 1, "child", (), None))
                    os._exit(0)
                self.assertEqual(os.waitpid(pid, 0)[1], 0)
        finally:
            is_over.append(1)
            thread.join()
        self.assertEqual(self.lines().count("child"), 30)

    def test_signal_handlers_may_log_in_the_middle_of_logging(self):
        script = """
import itertools, logging, signal, sys
from ava.log.logger import MultiProcessingLogHandler
handler = MultiProcessingLogHandler("w.log", maxBytes=3000, backupCount=1000)
handler.setFormatter(logging.Formatter("%(message)s"))
log = logging.getLogger("w")
log.propagate = False
log.addHandler(handler)
count = itertools.count()
def on_alarm(number, frame):
    log.warning("signal %d", next(count))
signal.signal(signal.SIGALRM, on_alarm)
signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
for number in range(8000):
    log.warning("main %d", number)
signal.setitimer(signal.ITIMER_REAL, 0)
sys.stdout.write(str(next(count)))
"""
        code, out, err = self.run_script(script)
        self.assertEqual((code, err), (0, b""))
        lines = self.lines()
        for name, count in (("main", 8000), ("signal", int(out))):
            found = [int(line.split(" ")[1]) for line in lines if line.startswith(name)]
            self.assertEqual((len(found), sorted(found)), (count, list(range(count))))
        self.assertGreater(int(out), 10)
