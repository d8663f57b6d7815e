# -*- coding: utf-8 -*-
from __future__ import absolute_import

import os

from journal_reader import log_text_of, read_writers
from seed_case import SeedCase

START = """
import logging, os, sys
from ava.train import base as train
"""
# Without the wait for an agent.
KILL = """
sys.stdout.flush()
os.kill(os.getpid(), 9)
"""


class InstanceLogTest(SeedCase):
    def setUp(self):
        super(InstanceLogTest, self).setUp()
        os.environ["AVA_AGENT"] = "tcp:127.0.0.1:1"

    def logged(self, script, run="one", **env):
        """:returns: what stderr, run.log and the log of the run have of the logger's lines: messages without stamp"""
        _, _, err = self.run_script(START + script + KILL, env=env)
        self.assertNotIn(b"Traceback", err)
        path = os.path.join(self.workspace, "run", run, "logs", "run.log")
        log = self.read(path).decode("utf-8") if os.path.exists(path) else u""
        writers = read_writers(os.path.join(self.workspace, "run", run, "journal"))
        recorded = b"".join(log_text_of(records) for records in writers.values()).decode("utf-8")
        said = u"\n".join(line for line in err.decode("utf-8").splitlines() if not line.startswith(u"ava-sdk: "))
        return [messages(text) for text in (said, log, recorded)]

    def test_what_is_logged_is_on_the_terminal_in_run_log_and_in_the_log_of_the_run(self):
        script = """
ins = train.TrainInstance("one")
logging.info("Epoch[0] Batch [10]\\tSpeed: 812.00 samples/sec")
logging.getLogger("trainer").debug("a detail")
"""
        expected = [u"Epoch[0] Batch [10]\tSpeed: 812.00 samples/sec", u"a detail"]
        self.assertEqual(self.logged(script), [expected] * 3)

    def test_a_script_that_has_configured_logging_keeps_its_way_and_run_log_is_written(self):
        script = """
logging.basicConfig(level=logging.INFO, format="own %(message)s")
ins = train.TrainInstance("one")
logging.info("hello")
logging.debug("unseen")
"""
        self.assertEqual(self.logged(script), [[u"own hello"], [u"hello"], [u"hello"]])

    def test_a_script_that_configures_logging_later_has_its_way_as_well(self):
        script = """
ins = train.TrainInstance("one")
logging.basicConfig(level=logging.INFO, format="own %(message)s")
logging.info("hello")
logging.debug("unseen")
"""
        self.assertEqual(self.logged(script), [[u"own hello"], [u"hello"], [u"hello"]])

    def test_a_logger_that_prints_by_itself_is_printed_once(self):
        script = """
own = logging.getLogger("own")
own.addHandler(logging.StreamHandler())
ins = train.TrainInstance("one")
own.info("hello")
"""
        self.assertEqual(self.logged(script), [[u"hello"]] * 3)

    def test_debug_messages_of_installed_packages_are_left_out(self):
        self.put("site-packages/pictures.py", u"import logging\nlogging.getLogger('pictures').debug('chunk')\nlogging.getLogger('pictures').info('loaded')\n")
        script = """
ins = train.TrainInstance("one")
sys.path.insert(0, "site-packages")
import pictures
"""
        self.assertEqual(self.logged(script), [[u"loaded"]] * 3)

    def test_what_the_console_capture_records_is_not_recorded_twice(self):
        script = """
ins = train.TrainInstance("one")
logging.info("hello")
"""
        self.assertEqual(self.logged(script, AVA_CONSOLE="one"), [[u"hello"], [u"hello"], []])
        self.assertEqual(self.logged(script.replace("one", "two"), "two", AVA_CONSOLE="one")[2], [u"hello"])

    def test_the_next_instance_has_a_log_of_its_own(self):
        script = """
first = train.TrainInstance("zero")
logging.info("of the first")
second = train.TrainInstance("one")
logging.info("of the second")
"""
        said, log, recorded = self.logged(script)
        self.assertEqual((said, log, recorded), ([u"of the first", u"of the second"], [u"of the second"], [u"of the second"]))

    def test_lines_of_commands_are_in_run_log_once_and_unchanged_on_the_terminal(self):
        script = """
from ava.utils import cmd
ins = train.TrainInstance("one")
cmd.runproc(["echo", "Iteration 0"])
"""
        said, log, recorded = self.logged(script)
        self.assertEqual(log, [u"echo Iteration 0", u"Iteration 0", u"echo exit code: 0"])
        self.assertEqual((said, recorded), ([u"echo Iteration 0", u"echo exit code: 0"],) * 2)


def messages(text):
    return [line.partition(u"()] ")[2] or line for line in text.splitlines()]
