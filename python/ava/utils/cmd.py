# -*- coding: utf-8 -*-
"""Commands that a script runs, such as a trainer that is a program of its own."""

from __future__ import absolute_import

import os
import signal
import sys
import time

from ava import notices
from ava.process.lines import is_frame, is_line, native


_LAST_OUTPUT_S = 60.0
"""Longest wait for what a command says after Ctrl-C: it may write gigabytes before it ends."""


def logproc(proc, log_hook=None):
    """处理 subprocess 的输出，直到输出结束。

    1. 输出原样、即时地写到当前进程的 stdout/stderr；已调用 initialize_logger 时，每行也记入 run.log
    2. （可选）对每行内容作处理

    Gives the lines of a command's output, both its outputs merged, to hooks, in the thread that calls this; those
    since the start when no hook took them before. They come in the order in which they were written where the script's
    stdout and stderr lead to one place, and with :func:`runproc`; else each output in its own order. A hook that raises is told once and still called. A hook that is
    slow does not hold up the command: 100 000 lines (16 MiB) wait for it, further ones are dropped and counted in a
    warning.

    :param proc: of :func:`startproc`; or any ``subprocess.Popen`` with a pipe
    :param log_hook: 一个或多个函数，对截取的每行日志处理分析 / one callable or several (list, tuple; ``None`` in it is passed over). It
        gets a line as ``str`` with its line feed and without escape sequences; of a progress bar that rewrites its line, each state
        as a line. A line that is longer than 64 KiB is cut at a blank, and a warning counts it
    :returns: ``None``, at the end of the output
    """
    relay = getattr(proc, "relay", None) or _relay_of(proc)
    if relay is None:
        return
    hooks = [_Hook(hook) for hook in _hooks_of(log_hook)]
    run_log = _run_log()
    if not hooks and run_log is None:
        relay.discard_lines()
        relay.wait_until_over()
        return
    try:
        _take_all(relay, hooks, run_log)
    except KeyboardInterrupt:
        # It reached the command as well, and what that says now counts: Caffe names the snapshot that it writes because of it.
        if hooks and _catches_interrupts(proc.pid):
            notices.tell("waits for the last output of command %s; Ctrl-C once more ends that" % proc.pid)
            _take_all(relay, hooks, run_log, _LAST_OUTPUT_S)
        raise
    dropped, relay.dropped = relay.dropped, 0
    if dropped:
        notices.warn(
            "log hooks came late or were slow: %d lines of command %s did not reach them" % (dropped, proc.pid)
        )
    if relay.truncated:
        notices.warn("%d lines of command %s were longer than 64 KiB; hooks got their starts" % (relay.truncated, proc.pid))


def runproc(args, log_hook=None):
    """运行 subprocess 。

    1. 启动 subprocess 并处理日志。
    2. 等待运行结束。

    Runs a command to its end: :func:`startproc`, :func:`logproc`, wait. Hooks get the lines of stdout and stderr in the order in which they were
    written, since one pipe takes both, as in 2018: with hooks both go to our stdout, as with ``2>&1`` in a shell.

    :param args: Subprocess args. / program and arguments
    :param log_hook: One or multiple function(s). 对截取的每行日志处理分析。 / see :func:`logproc`
    :returns: subprocess exit_code. / -n for signal n
    :raises OSError: the command cannot be started
    """
    proc = _start(args, bool(_hooks_of(log_hook)))
    logproc(proc, log_hook)
    exit_code = proc.wait()
    _log(40 if exit_code > 0 else 20, "%s exit code: %d", args[0], exit_code)
    return exit_code


def startproc(args):
    """启动 subprocess ，其输出原样、即时地写到当前进程的 stdout/stderr。

    Starts a command without a shell. Its output goes to ours, also while no thread waits for it.

    :param args: program and arguments
    :returns: a ``subprocess.Popen``; ``wait()`` answers when the output is written too
    :raises OSError: the command cannot be started
    """
    return _start(args, False)


def _start(args, has_hooks):
    from ava.process.child import Child

    _log(20, "%s", " ".join(str(arg) for arg in args))
    return Child(args, has_hooks)


def _take_all(relay, hooks, run_log, timeout_s=None):
    end = None if timeout_s is None else time.time() + timeout_s
    for lines in iter(lambda: relay.take_lines(end), []):
        if run_log is not None:
            _record(run_log, [native(line) for line in lines if is_line(line)])
        for text in [native(line) for line in lines if is_frame(line)] if hooks else ():
            for hook in hooks:
                hook.call(text)


def _catches_interrupts(pid):
    """:returns: whether a process ends in its own time on Ctrl-C; where the system does not tell, it may"""
    try:
        with open("/proc/%d/status" % pid) as status:
            caught = next(line.split()[1] for line in status if line.startswith("SigCgt:"))
        return bool(int(caught, 16) & 1 << signal.SIGINT - 1)
    except (EnvironmentError, StopIteration):
        return os.name == "posix" and not os.path.exists("/proc/self/status")


class _Hook(object):
    def __init__(self, hook):
        self._hook = hook
        self._has_failed = False

    def call(self, line):
        try:
            self._hook(line)
        except Exception as error:
            if not self._has_failed:
                self._has_failed = True
                name = getattr(self._hook, "__name__", None) or type(self._hook).__name__
                notices.warn("log hook %s failed at the line %r; it is still called: %r" % (name, line[:200], error))


def _hooks_of(log_hook):
    if log_hook is None or callable(log_hook):
        log_hook = [log_hook]
    return [hook for hook in log_hook if hook is not None]


def _relay_of(proc):
    """Of a command that the script has started itself."""
    from ava.process.relay import Relay
    from ava.process.sinks import sink_of

    pipes = [(proc.stdout, "stdout"), (proc.stderr, "stderr")]
    found = [(pipe, sink_of(name)) for pipe, name in pipes if pipe is not None]
    return Relay(found, lambda: proc.poll() is not None) if found else None


def _run_log():
    """The script decides whether there is a logger: its module is not imported here, since :mod:`ava.train.base`
    looks for it."""
    module = sys.modules.get("ava.log.logger")
    return module and module.run_log_handler()


def _log(level, message, *args):
    if _run_log() is not None:
        import logging

        logging.getLogger().log(level, message, *args)


def _record(run_log, texts):
    """Puts lines into ``run.log`` and not on the terminal, where they are already."""
    import logging

    root = logging.getLogger()
    if root.isEnabledFor(logging.INFO):
        records = (
            root.makeRecord("root", logging.INFO, __file__, 0, text.strip(), (), None, "logproc") for text in texts
        )
        run_log.send("\n".join(run_log.format(record) for record in records))
