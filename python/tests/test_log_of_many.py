# -*- coding: utf-8 -*-
from __future__ import absolute_import

import logging
import multiprocessing
import os
import signal
import threading

from logger_case import LoggerCase

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
    # Not by an interval: on a busy machine signals come faster than they are handled, one within the other.
    signal.setitimer(signal.ITIMER_REAL, 0.0003)
signal.signal(signal.SIGALRM, on_alarm)
signal.setitimer(signal.ITIMER_REAL, 0.0003)
for number in range(8000):
    log.warning("main %d", number)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
sys.stdout.write(str(next(count)))
"""
        code, out, err = self.run_script(script)
        self.assertEqual((code, err), (0, b""))
        lines = self.lines()
        for name, count in (("main", 8000), ("signal", int(out))):
            found = [int(line.split(" ")[1]) for line in lines if line.startswith(name)]
            self.assertEqual((len(found), sorted(found)), (count, list(range(count))))
        self.assertGreater(int(out), 10)
