# -*- coding: utf-8 -*-
from __future__ import absolute_import

import os
import signal
import subprocess
import sys

from ava.utils import cmd
from seed_case import SeedCase

SPEAK = "printf 'one\\n'; printf 'half'; printf 'err\\n' >&2; sleep 0.1; printf ' two\\n10%%\\r20%%\\r30%%\\nlast'"
GARBAGE = b"\xff\x00\xfe\r\n\x1b[1mred\x1b[0m\r10%\r100%\n\xe4\xb8\xad\xe6\x96\x87\nno end"

HOOKED = """
import sys
from ava.utils import cmd
lines = []
code = cmd.runproc(sys.argv[1:], lines.append)
sys.stdout.flush()
open("lines", "w").write(repr((code, lines)))
"""


class CmdTest(SeedCase):
    def hooked(self, *command):
        """:returns: exit code, stdout, stderr of a script that runs a command; the commands exit code and lines for
        a hook"""
        result = self.run_script(HOOKED, *command)
        return result, eval(self.read("lines"))

    def test_output_passes_and_hooks_get_lines(self):
        (_, out, err), (code, lines) = self.hooked("sh", "-c", SPEAK + "; exit 3")
        self.assertEqual((out, err), (b"one\nhalferr\n two\n10%\r20%\r30%\nlast", b""))
        self.assertEqual((code, lines), (3, ["one\n", "halferr\n", " two\n", "10%\n", "20%\n", "30%\n", "last"]))

    def test_without_hooks_each_output_goes_to_its_own(self):
        script = "import sys\nfrom ava.utils import cmd\nsys.exit(cmd.runproc(sys.argv[1:]))\n"
        found = self.run_script(script, "sh", "-c", SPEAK + "; exit 3")
        self.assertEqual(found, (3, b"one\nhalf two\n10%\r20%\r30%\nlast", b"err\n"))

    def test_hooks_see_stdout_and_stderr_in_the_order_in_which_they_were_written(self):
        speak = "for i in 1 2 3 4 5 6 7 8 9; do echo out$i; echo err$i >&2; done"
        expected = [name + "%d\n" % i for i in range(1, 10) for name in ("out", "err")]
        _, (_, lines) = self.hooked("sh", "-c", speak)
        self.assertEqual(lines, expected)
        script = HOOKED.replace("cmd.runproc(sys.argv[1:], lines.append)", "cmd.logproc(cmd.startproc(sys.argv[1:]), lines.append)")
        # To one place, as on a terminal: whatever starts the command.
        _, out, _ = self.run_script("import os\nos.dup2(1, 2)\n" + script, "sh", "-c", speak)
        self.assertEqual(out.decode(), "".join(expected))
        self.assertEqual(eval(self.read("lines"))[1], expected)

    def test_bytes_pass_unchanged_whatever_they_are(self):
        path = self.put("garbage", GARBAGE)
        (_, out, err), (_, lines) = self.hooked("sh", "-c", "cat '%s'; echo; cat '%s' >&2" % (path, path))
        self.assertEqual((out, err), (GARBAGE + b"\n" + GARBAGE, b""))
        self.assertEqual([type(line) for line in lines], [str] * 12)
        for line in ("red\n", "10%\n", "100%\n", "中文\n"):
            self.assertEqual(lines.count(line), 2, line)
        self.assertEqual(lines[5::6], ["no end\n", "no end"])

    def test_exit_codes_and_signals(self):
        self.assertEqual(cmd.runproc(["sh", "-c", "exit 0"]), 0)
        self.assertEqual(cmd.runproc(["sh", "-c", "kill -9 $$"]), -9)
        self.assertRaises(OSError, cmd.startproc, ["/no/such/program"])

    def test_a_process_is_a_popen(self):
        proc = cmd.startproc(["sleep", "60"])
        self.assertIsInstance(proc, subprocess.Popen)
        self.assertIsNone(proc.poll())
        proc.terminate()
        self.assertEqual((proc.wait(), proc.returncode, proc.poll()), (-15, -15, -15))
        proc = cmd.startproc(["sleep", "60"])
        proc.kill()
        self.assertEqual(proc.wait(), -9)

    def test_nobody_has_to_call_logproc(self):
        script = """
import sys
from ava.utils import cmd
proc = cmd.startproc(["sh", "-c", "head -c 30000000 /dev/zero; head -c 3000000 /dev/zero >&2"])
code = proc.wait()
sys.exit(code + 5)
"""
        code, out, err = self.run_script(script)
        self.assertEqual((code, len(out), len(err)), (5, 30000000, 3000000))

    def test_output_of_a_script_that_only_polls_is_whole(self):
        script = """
import time
from ava.utils import cmd
proc = cmd.startproc(["sh", "-c", "head -c 1000000 /dev/zero"])
while proc.poll() is None:
    time.sleep(0.001)
"""
        self.assertEqual(len(self.run_script(script)[1]), 1000000)

    def test_output_comes_at_once_and_after_what_the_script_printed(self):
        script = """
from ava.utils import cmd
print("script")
proc = cmd.startproc(["sh", "-c", "printf now; read line"])
proc.wait()
"""
        process = self.start(script, stdin=subprocess.PIPE)
        self.assertEqual(process.stdout.read(10), b"script\nnow")
        self.assertEqual(process.communicate(b"go\n"), (b"", b""))

    def test_hooks_come_in_all_forms_and_may_fail(self):
        def broken(line):
            raise ValueError(line)

        first, second = [], []
        for hooks in (None, [], [None], first.append, [first.append, None, second.append], (broken, first.append)):
            self.assertEqual(cmd.runproc(["sh", "-c", "echo a; echo b"], hooks), 0)
        self.assertEqual((first, second), (["a\n", "b\n"] * 3, ["a\n", "b\n"]))
        self.assertEqual(len(self.warnings), 1)
        self.assertIn("broken", self.warnings[0])

    def test_lines_from_before_logproc_are_kept_up_to_a_bound_and_the_rest_is_counted(self):
        proc = cmd.startproc(["sh", "-c", "seq 150000 > /dev/null; echo early; echo early >&2"])
        proc.wait()
        lines = []
        cmd.logproc(proc, lines.append)
        self.assertEqual(lines, ["early\n"] * 2)
        script = """
import sys
from ava.utils import cmd
proc = cmd.startproc(["seq", "150000"])
proc.wait()
lines = []
cmd.logproc(proc, lines.append)
sys.stderr.write("%d %s" % (len(lines), lines[-1]))
"""
        _, out, err = self.run_script(script)
        self.assertEqual(len(out.splitlines()), 150000)
        self.assertTrue(err.endswith(b"100000 100000\n"), err)
        self.assertIn(b"50000 lines", err)

    def test_a_popen_of_the_script_itself(self):
        script = """
import subprocess, sys
from ava.utils import cmd
proc = subprocess.Popen(["sh", "-c", "echo a; echo b >&2"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
lines = []
cmd.logproc(proc, lines.append)
assert (lines, proc.wait()) == (["a\\n", "b\\n"], 0), lines
proc = subprocess.Popen(["true"])
cmd.logproc(proc, lines.append)
sys.exit(proc.wait())
"""
        self.assertEqual(self.run_script(script), (0, b"a\nb\n", b""))

    def test_a_script_may_read_the_lines_itself(self):
        proc = cmd.startproc(["sh", "-c", "echo a; echo b"])
        with proc.stdout as stdout:
            self.assertEqual(list(iter(stdout.readline, b"")), [b"a\n", b"b\n"])
        self.assertEqual(proc.wait(), 0)
        self.assertEqual(cmd.startproc(["echo", "c"]).communicate(), (b"c\n", None))

    def test_a_daemon_that_is_left_behind_is_not_waited_for(self):
        lines = []
        pid_file = os.path.join(self.workspace, "pid")
        self.assertEqual(cmd.runproc(["sh", "-c", "sleep 60 & echo $! > %s; echo done" % pid_file], lines.append), 0)
        self.assertEqual(lines, ["done\n"])
        # Raises where it has ended.
        os.kill(int(self.read("pid")), signal.SIGKILL)

    def test_replaced_streams_get_text(self):
        class Stream(object):
            text = ""

            def write(self, text):
                self.text += text

            def flush(self):
                pass

        stdout, sys.stdout = sys.stdout, Stream()
        try:
            cmd.runproc(["sh", "-c", "printf '中文\\n'"])
            found = sys.stdout.text
        finally:
            sys.stdout = stdout
        self.assertEqual(found, "中文\n")

    def test_a_reader_that_is_gone_does_not_end_the_command(self):
        script = """
from ava.utils import cmd
open("code", "w").write(str(cmd.runproc(["sh", "-c", "read go; echo a; echo b; echo done > done"])))
"""
        process = self.start(script, stdin=subprocess.PIPE)
        process.stdout.close()
        process.stdin.write(b"go\n")
        process.stdin.close()
        process.wait()
        process.stderr.close()
        self.assertEqual((self.read("done"), self.read("code")), (b"done\n", b"0"))

    def test_run_log_has_the_console_and_the_terminal_has_it_once(self):
        script = """
from ava.log import logger
from ava.utils import cmd
logger.initialize_logger("logs", node=2)
cmd.runproc(["sh", "-c", "echo out; printf '1%%\\\\r100%%\\\\n'; echo err >&2; exit 4"])
"""
        _, out, err = self.run_script(script)
        self.assertEqual(out, b"out\n1%\r100%\n")
        self.assertEqual(err.count(b"err\n"), 1)
        self.assertEqual([err.count(word) for word in (b"] Node[2] sh -c", b"ERROR", b"Node[2] out")], [1, 1, 0])
        log = self.read("logs/run.log").decode("utf-8").splitlines()
        self.assertEqual(sorted(line.partition("Node[2] ")[2] for line in log[1:-1]), ["100%", "err", "out"])
        self.assertTrue(log[-1].endswith("Node[2] sh exit code: 4"))
        self.assertIn("logproc()]", log[1])

    def interrupted(self, script, number, expected_code):
        if os.path.exists(os.path.join(self.workspace, "go")):
            os.remove(os.path.join(self.workspace, "go"))
        process = self.start("import os, signal, sys, time\nfrom ava.utils import cmd\n" + script)
        self.assertEqual(process.stdout.readline(), b"started\n")
        process.send_signal(number)
        out, err = process.communicate()
        self.assertEqual((process.returncode, err), (expected_code, b""))
        return out

    def test_keyboard_interrupts_come_through(self):
        for wait in ("cmd.logproc(proc, lambda line: None)", "cmd.logproc(proc)", "proc.wait()"):
            script = """
proc = cmd.startproc(["sh", "-c", "trap '' INT; while ! test -e go; do sleep 0.01; done; echo started; sleep 60"])
try:
    open("go", "w").close()
    %s
except KeyboardInterrupt:
    proc.kill()
    sys.exit(proc.wait() + 20)
"""
            self.interrupted(script % wait, signal.SIGINT, 11)

    def test_what_a_command_says_because_of_ctrl_c_reaches_the_hooks(self):
        script = """
lines = []
command = "trap 'sleep 0.3; echo last words; exit 0' INT; while ! test -e go; do sleep 0.01; done; echo started; while :; do sleep 0.01; done"
proc = cmd.startproc(["sh", "-c", command])
signal.signal(signal.SIGINT, lambda *_: (proc.send_signal(signal.SIGINT), signal.default_int_handler(*_)))
open("go", "w").close()
try:
    cmd.logproc(proc, lines.append)
except KeyboardInterrupt:
    assert lines == ["started\\n", "last words\\n"], lines
    sys.exit(proc.wait() + 20)
"""
        self.assertEqual(self.interrupted(script, signal.SIGINT, 20), b"last words\n")

    def test_handlers_may_wait_themselves_and_exit(self):
        for wait in ("cmd.logproc(proc, lambda line: None)", "cmd.logproc(proc)", "proc.wait()"):
            script = """
proc = cmd.startproc(["sh", "-c", "while ! test -e go; do sleep 0.01; done; echo started; exec sleep 60"])
def stop(number, frame):
    proc.terminate()
    sys.exit(proc.wait() + 20)
signal.signal(signal.SIGTERM, stop)
open("go", "w").close()
%s
"""
            self.interrupted(script % wait, signal.SIGTERM, 5)

    def test_handlers_that_return_change_nothing(self):
        script = """
seen = []
signal.signal(signal.SIGUSR1, lambda *_: (seen.append(1), open("seen", "w").close()))
proc = cmd.startproc(["sh", "-c", "echo started; while ! test -e seen; do sleep 0.01; done; echo end; exit 7"])
lines = []
cmd.logproc(proc, lines.append)
assert (seen, lines) == ([1], ["started\\n", "end\\n"])
sys.exit(proc.wait())
"""
        self.assertEqual(self.interrupted(script, signal.SIGUSR1, 7), b"end\n")
