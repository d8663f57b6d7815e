# -*- coding: utf-8 -*-
"""The command line ``ava-sdk``: the engine that this package contains, run by Node.js."""
from __future__ import absolute_import

import os
import signal
import sys

try:
    import fcntl
    import resource
except ImportError:  # Windows, where none of this is inherited.
    fcntl = None

from ava.agent.launch import LEAST_NODE, engine_path, find_node

CANNOT_START = 127
"""Exit code where there is no Node.js or no engine; a shell's for a command that it does not find."""


def main():
    """Becomes the engine, with the arguments of this process.

    :returns: exit code, only where the engine cannot start
    """
    node = find_node()
    if node is None:
        return _refuse("Node.js %d.%d or newer is needed. Install it, or: pip install 'ava-sdk[node]'" % LEAST_NODE)
    if not os.path.exists(engine_path()):
        return _refuse("the engine %s is missing; build it with: npm run build" % engine_path())
    if fcntl is not None:
        os.environ["AVA_SDK_START"] = _start()
    os.execv(node, [node, engine_path()] + sys.argv[1:])


def _start():
    """What Node.js changes at its start and a command of ``ava-sdk run`` is to find all the same: see
    packages/sdk/src/run/inherited.ts.

    :returns: process id, mask of ignored signals, soft limit of open files, descriptors from 3 on
    """
    # Python ignores SIGPIPE and SIGXFSZ itself.
    own = (signal.SIGPIPE, getattr(signal, "SIGXFSZ", None))
    numbers = [number for number in range(1, 32) if number not in own and signal.getsignal(number) == signal.SIG_IGN]
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    open_files = "unlimited" if limit == resource.RLIM_INFINITY else str(limit)
    descriptors = [str(number) for number in range(3, 256) if _is_inherited(number)]
    mask = sum(1 << (number - 1) for number in numbers)
    return " ".join([str(os.getpid()), "%x" % mask, open_files, ",".join(descriptors)])


def _is_inherited(descriptor):
    try:
        return not fcntl.fcntl(descriptor, fcntl.F_GETFD) & fcntl.FD_CLOEXEC
    except (IOError, OSError):  # Not open.
        return False


def _refuse(message):
    sys.stderr.write("ava-sdk: %s\n" % message)
    return CANNOT_START
