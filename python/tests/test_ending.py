# -*- coding: utf-8 -*-
"""How a process ends, and what its instance says of it: each script in a process of its own."""

from __future__ import absolute_import

import multiprocessing
import os
import sys

from journal_reader import json_of, read_writers
from seed_case import SeedCase
from stub_agent import StubAgent

START = """
import os, sys, threading, time
from sys import exit as leave
from ava.train import base as train
ins = train.TrainInstance("one")
ins.log({"loss": 1.0})
"""

IN_CHILD = """
import multiprocessing, os, sys, traceback
def work():
    from ava.train import base as train
    ins = train.TrainInstance("one")
    ins.log({"loss": 1.0})
    %s
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1]) if sys.argv[1:] else multiprocessing
    child = context.Process(target=work)
    child.start()
    child.join()
    sys.exit(child.exitcode)
"""

EXITS = [
    ("leave(0)", 0, None),
    ("raise SystemExit(None)", 0, None),
    ("sys.exit()", 0, None),
    ("raise SystemExit(3)", 3, "exit code 3"),
    ("leave(3)", 3, "exit code 3"),
    ("sys.exit(3)", 3, "exit code 3"),
    ("exit(3)", 3, "exit code 3"),
    ("sys.exit(-1)", 255, "exit code 255"),
    ("raise SystemExit('no disk')", 1, "no disk"),
    ("(lambda: (lambda: leave(3))())()", 3, "exit code 3"),
    ("try: 1 / 0\nexcept ZeroDivisionError: raise SystemExit(4)", 4, "exit code 4"),
    ("try: leave(3)\nexcept SystemExit as error: assert error.code == 3", 0, None),
    ("try: 1 / 0\nexcept ZeroDivisionError: pass", 0, None),
    ("one = threading.Thread(target=leave, args=(3,)); one.start(); one.join()", 0, None),
    ("raise ValueError('bad lr')", 1, "ValueError: bad lr"),
    ("os._exit(3)", 3, "exit code 3"),
    ("os._exit(0)", 0, None),
]


class EndingTest(SeedCase):
    def setUp(self):
        super(EndingTest, self).setUp()
        agent = StubAgent(lambda request: {"ok": True, "isShared": True, "isComplete": True})
        self.addCleanup(agent.close)
        os.environ["AVA_AGENT"] = agent.address

    def end_of(self, script, *args, **options):
        """:returns: exit code, and state and message of the end that the script's instance has recorded"""
        code = self.run_script(script, *args, **options)[0]
        journal = os.path.join(self.workspace, "run", "one", "journal")
        told = [facts for records in read_writers(journal).values() for facts in json_of(records, 4)]
        ends = [(facts["state"], facts["end"].get("message")) for facts in told if "end" in facts]
        for name in os.listdir(journal):
            os.remove(os.path.join(journal, name))
        self.assertEqual(len(ends), 1, (script, ends))
        return (code,) + ends[0]

    def test_exits_of_a_script_tell_their_code_and_caught_ones_are_none(self):
        for script, code, message in EXITS:
            state = "failed" if message else "done"
            self.assertEqual((script,) + self.end_of(START + script), (script, code, state, message))

    def test_the_code_of_an_exit_is_what_it_was_for_the_script(self):
        script = START + "error = SystemExit(4); error.code = 5; assert (error.code, SystemExit().code) == (5, None)"
        self.assertEqual(self.end_of(script), (0, "done", None))

    def test_a_child_of_multiprocessing_without_done_ends_as_a_script_does(self):
        methods = multiprocessing.get_all_start_methods() if sys.version_info >= (3,) else [None]
        cases = [
            ("pass", 0, "done", None),
            ("raise ValueError('bad lr')", 1, "failed", "ValueError: bad lr"),
            ("sys.exit(3)", 3, "failed", "exit code 3"),
            ("sys.exit(0)", 0, "done", None),
            ("try: 1 / 0\n    except ZeroDivisionError: traceback.print_exc()", 0, "done", None),
        ]
        for method in methods:
            for body, code, state, message in cases:
                if method == "forkserver" and sys.version_info < (3, 9) and "3" in body:
                    continue  # That of Python 3.6 to 3.8 does not tell with which code its child exits.
                script = self.put("child.py", IN_CHILD % body)
                args = [method] if method else []
                found = self.end_of("import runpy, sys; sys.argv[:1] = []; runpy.run_path(sys.argv[0], run_name='__main__')", script, *args)
                self.assertEqual((method, body) + found, (method, body, code, state, message))

    def test_a_forked_child_with_an_instance_of_its_own_ends_it_and_leaves_that_of_the_parent_alone(self):
        script = """
import os, sys
from ava.train import base as train
parent = train.TrainInstance("parent")
pid = os.fork()
if pid == 0:
    train.TrainInstance("one").log({"loss": 1.0})
    %s
os.waitpid(pid, 0)
parent.log({"loss": 1.0})
assert not parent._is_done
"""
        self.assertEqual(self.end_of(script % "os._exit(3)"), (0, "failed", "exit code 3"))
        self.assertEqual(self.end_of(script % "sys.exit(0)"), (0, "done", None))

    def typed(self, text):
        """:returns: end of an interactive session"""
        script = "import subprocess, sys; child = subprocess.Popen([sys.executable, '-i'], stdin=subprocess.PIPE); "
        return self.end_of(script + "child.communicate(%r); sys.exit(child.returncode)" % text.encode("ascii"))

    def test_an_error_of_a_session_is_that_of_a_run_only_when_the_run_did_not_go_on(self):
        start = "from ava.train import base as train\nins = train.TrainInstance('one')\nins.log({'a': 1})\n"
        self.assertEqual(self.typed("1/0\n" + start + "ins.log({'a': 2})\n"), (0, "done", None))
        self.assertEqual(self.typed(start + "1/0\nins.log({'a': 2})\n"), (0, "done", None))
        code, state, message = self.typed(start + "1/0\n")
        self.assertEqual((code, state, message.split(":")[0]), (0, "failed", "ZeroDivisionError"))
