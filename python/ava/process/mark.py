# -*- coding: utf-8 -*-
"""What tells this process from all others, for those who find its files. See docs/formats/journal.md of the repository, "Does the writer
live?"."""
from __future__ import absolute_import

import hashlib
import os
import re
import socket

_own = (None, None)


def own_process():
    """:returns: ``pid``, ``host`` and, on Linux, ``process``, for the files that this process writes"""
    global _own
    pid, fields = _own
    if pid != os.getpid():
        pid = os.getpid()
        fields = {"pid": pid, "host": socket.gethostname()}
        mark = _mark()
        if mark is not None:
            fields["process"] = mark
        _own = (pid, fields)
    return dict(fields)


def _mark():
    try:
        with open("/proc/sys/kernel/random/boot_id") as boot_file:
            boot = boot_file.read().strip()
        with open("/proc/self/stat", "rb") as stat_file:
            # The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
            start_ticks = int(stat_file.read().rpartition(b")")[2].split()[19])
        namespace = re.search(r"\d+", os.readlink("/proc/self/ns/pid"))
    except (OSError, IOError, ValueError, IndexError):
        return None  # Not Linux, or no /proc.
    if not boot or namespace is None:
        return None
    mark = {"boot": boot, "pidNamespace": namespace.group(), "startTicks": start_ticks}
    machine = _machine()
    if machine is not None:
        mark["machine"] = machine
    return mark


def _machine():
    try:
        with open("/etc/machine-id", "rb") as id_file:
            text = id_file.read().strip()
    except (OSError, IOError):
        return None
    # The id itself must not be shown, see machine-id(5).
    return hashlib.sha256(text).hexdigest()[:16] if text else None
