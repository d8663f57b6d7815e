# -*- coding: utf-8 -*-
"""The command line ``ava-sdk``: the engine that this package contains, run by Node.js."""
from __future__ import absolute_import

import os
import sys

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
    os.execv(node, [node, engine_path()] + sys.argv[1:])


def _refuse(message):
    sys.stderr.write("ava-sdk: %s\n" % message)
    return CANNOT_START
