# -*- coding: utf-8 -*-
"""Which instance, and which of its processes, this one is."""
from __future__ import absolute_import

import hashlib
import json
import os
import random
import re
import time

from ava import limits

ID_PATTERN = re.compile(limits.ID_PATTERN)
"""What can be a folder name and a part of a URL everywhere."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

# Variables in which launchers give a process its rank: torchrun, Open MPI, Slurm, MXNet's tracker, Kubernetes indexed jobs.
_RANKS = ("RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID", "DMLC_WORKER_ID", "JOB_COMPLETION_INDEX")

_counts = {}


def check_id(value, what):
    """:raises ValueError: for what cannot be an id"""
    if not ID_PATTERN.match(value):
        raise ValueError(
            "%s '%s': use up to 128 letters, digits and . _ : @ + -, starting with a letter or digit" % (what, value)
        )
    return value


def new_instance_id():
    """Makes the id of a new instance without asking the platform. Processes that one launcher has started on this host, as torchrun
    does, get the same: that of the time at which the launcher started.

    :returns: id such as ``20261122-233919-k7m2xq``
    """
    launcher = _launcher() if read_rank() is not None else None
    if launcher is None:
        return _id_of(time.time(), random.SystemRandom())
    # The second TrainInstance() of each of them is the second instance of all.
    count = _counts[launcher] = _counts.get(launcher, 0) + 1
    pid, start_s = launcher
    seed = hashlib.sha256(("%d %r %d" % (pid, start_s, count)).encode("ascii")).hexdigest()
    return _id_of(start_s, random.Random(int(seed, 16)))


def read_rank():
    """:returns: rank of this process among those that train together, as text; ``None`` outside a launcher"""
    for name in _RANKS:
        value = os.environ.get(name, "")
        if value.isdigit():
            return value
    return _rank_of_tf_config(os.environ.get("TF_CONFIG", ""))


def _rank_of_tf_config(text):
    """The task's place counted over chief, workers and parameter servers, in this order."""
    try:
        config = json.loads(text)
        kind, index = config["task"]["type"], int(config["task"]["index"])
        before = 0
        for role in ("chief", "master", "worker", "ps", "evaluator"):
            if role == kind:
                return str(before + index)
            before += len(config.get("cluster", {}).get(role, []))
    except (ValueError, KeyError, TypeError, AttributeError):
        pass  # Not for us to judge: the trainer itself will complain.
    return None


def _id_of(start_s, chance):
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(start_s))
    return "%s-%s" % (stamp, "".join(_LETTERS[int(chance.random() * len(_LETTERS))] for _ in range(6)))


def _launcher():
    """:returns: pid and start time of our parent; ``None`` where the system does not tell"""
    pid = os.getppid()
    try:
        with open("/proc/%d/stat" % pid) as stat:
            ticks = int(stat.read().rpartition(")")[2].split()[19])
        with open("/proc/stat") as stat:
            boot_s = next(int(line.split()[1]) for line in stat if line.startswith("btime"))
        return pid, boot_s + ticks // os.sysconf("SC_CLK_TCK")
    except (OSError, IOError, ValueError, IndexError, StopIteration):
        return None
