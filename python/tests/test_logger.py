# -*- coding: utf-8 -*-
from __future__ import absolute_import

import logging
import os
import re

from ava.log.logger import initialize_logger, initialize_test_logger, logger, run_log_handler
from logger_case import LoggerCase

LINE = re.compile(
    r"\[20\d\d-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \[INFO\] \[MainThread/<?[\w.]+>?:\d+ - \S+\(\)\] Node\[3\] hello 5\Z"
)


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
