# -*- coding: utf-8 -*-
"""A command that runs beside the script."""

from __future__ import absolute_import

import atexit
import os
import subprocess
import time
import weakref

from ava.process.relay import Relay, join_ended
from ava.process.sinks import lead_to_one_place, sink_of

_LAST_OUTPUT_S = 5.0
_now = getattr(time, "monotonic", time.time)
_children = weakref.WeakSet()


class Child(subprocess.Popen):
    """A ``subprocess.Popen`` whose output goes to ours unchanged and at once, also while no thread waits for it.

    ``stdout`` gives the lines of both its outputs to a script that reads them itself; ``stderr`` is ``None``.
    """

    def __init__(self, args, has_hooks=False):
        """:param has_hooks: the order of the lines of both outputs counts: one pipe takes both, and goes to our stdout. It does so in any case where
        ours lead to one place"""
        # Python keeps the output of a pipe back otherwise.
        env = dict({"PYTHONUNBUFFERED": "1"}, **os.environ)
        sinks = [sink_of("stdout"), sink_of("stderr")]
        pipe = subprocess.PIPE
        stderr = subprocess.STDOUT if has_hooks or lead_to_one_place() else pipe
        super(Child, self).__init__(args, bufsize=0, stdout=pipe, stderr=stderr, close_fds=True, env=env)
        pipes = [one for one in (self.stdout, self.stderr) if one is not None]
        self.relay = Relay(list(zip(pipes, sinks)), lambda: self.poll() is not None)
        self.stdout = LineReader(self.relay)
        self.stderr = None
        _children.add(self)

    def wait(self, timeout=None):
        """等待子进程结束，且其输出已全部写出。

        Waits for the end; the output is written then. Signal handlers run meanwhile, and may wait as well.

        :param timeout: seconds (Python 3)
        :returns: exit code, -n for signal n
        :raises subprocess.TimeoutExpired: when the time is over
        """
        end = None if timeout is None else _now() + timeout
        pause_s = 0.0005
        while self.poll() is None:
            if end is not None and _now() > end:
                raise subprocess.TimeoutExpired(self.args, timeout)
            if self.relay.is_open():
                self.relay.wait()
            else:
                time.sleep(pause_s)
                pause_s = min(2 * pause_s, 0.05)
        self.relay.wait_until_over(None if end is None else end - _now())
        return self.returncode

    def communicate(self, input=None, timeout=None):
        """As of ``Popen``.

        :returns: ``(output, None)``: the lines of both outputs as far as they find room (see
            :class:`ava.process.relay.Relay`)
        """
        self.wait(*([] if timeout is None else [timeout]))
        return self.stdout.read(), None


class LineReader(object):
    """The lines of a command, as bytes, for scripts that read them as from a file."""

    def __init__(self, relay):
        self.closed = False
        self._relay = relay
        self._taken = []

    def readline(self):
        """:returns: the next line; ``b""`` at the end"""
        if not self._taken and not self.closed:
            self._taken = self._relay.take_lines()[::-1]
        return self._taken.pop() if self._taken else b""

    def read(self):
        """:returns: all lines to the end"""
        return b"".join(self)

    def close(self):
        """Ends the lines; the output still goes to ours."""
        self.closed = True
        self._relay.discard_lines()

    def __iter__(self):
        return iter(self.readline, b"")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _finish_output():
    for child in list(_children):
        if child.poll() is not None:
            child.relay.wait_until_over(_LAST_OUTPUT_S)
    join_ended(_LAST_OUTPUT_S)


atexit.register(_finish_output)
