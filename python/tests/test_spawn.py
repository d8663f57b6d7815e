# -*- coding: utf-8 -*-
from __future__ import absolute_import

import ctypes
import os
import resource
import shutil
import tempfile
import unittest

from ava.agent import launch, spawn


class SpawnTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def run_shell(self, script, environment=None, error_path=os.devnull):
        return spawn.run(["/bin/sh", "-c", script], environment or {"PATH": os.environ["PATH"]}, error_path)

    def test_gives_all_of_stdout_however_long(self):
        self.assertEqual(self.run_shell("head -c 300000 /dev/zero"), b"\0" * 300000)

    def test_a_program_has_its_own_variables_and_session(self):
        self.assertEqual(self.run_shell('echo "$WORD"', {"WORD": "two words"}), b"two words\n")
        session = int(self.run_shell("echo $(cut -d' ' -f6 /proc/self/stat)"))
        self.assertNotEqual(session, os.getsid(0))

    def test_stderr_is_appended_to_a_file(self):
        path = os.path.join(self.folder, "log")
        for word in ("one", "two"):
            self.run_shell("echo %s >&2" % word, error_path=path)
        with open(path) as log:
            self.assertEqual(log.read(), "one\ntwo\n")

    def test_a_program_inherits_no_file(self):
        with open(os.path.join(self.folder, "open"), "w") as file:
            leaked = os.dup(file.fileno())
            self.addCleanup(os.close, leaked)
            # The listing itself is the fourth.
            self.assertEqual(self.run_shell("ls /proc/self/fd").split(), [b"0", b"1", b"2", b"3"])

    @unittest.skipUnless(hasattr(ctypes.CDLL(None), "__register_atfork"), "this C library is not glibc")
    def test_runs_no_handler_of_fork(self):
        calls = []
        # Handlers stay for the life of the process, and so must this one.
        SpawnTest.handler = ctypes.CFUNCTYPE(None)(lambda: calls.append(1))
        getattr(ctypes.CDLL(None), "__register_atfork")(SpawnTest.handler, None, None, None)
        self.run_shell("true")
        self.assertEqual(calls, [])
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        self.assertEqual(calls, [1])

    def test_what_cannot_be_started_is_an_error(self):
        self.assertRaises(OSError, spawn.run, [os.path.join(self.folder, "missing")], {})

    def test_a_program_with_too_many_open_files_is_not_told_that_there_is_no_node(self):
        node = os.path.join(self.folder, "node")
        with open(node, "w") as script:
            script.write("#!/bin/sh\necho v99.0.0\n")
        os.chmod(node, 0o700)
        before, path = resource.getrlimit(resource.RLIMIT_NOFILE), os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", path)
        os.environ["PATH"] = self.folder
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
        try:
            self.assertRaises(OSError, launch.find_node)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        self.assertTrue(launch.find_node())

    def test_a_descriptor_above_a_limit_that_was_lowered_later_does_not_keep_a_program_from_starting(self):
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        # Tests before this one may have left descriptors open.
        limit = max(int(name) for name in os.listdir("/dev/fd")) + 50
        os.dup2(0, limit + 50)
        self.addCleanup(os.close, limit + 50)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, before[1]))
        try:
            self.assertEqual(self.run_shell("echo started"), b"started\n")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)


if __name__ == "__main__":
    unittest.main()
