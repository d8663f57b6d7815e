# -*- coding: utf-8 -*-
"""Puts model files in line for the agent, which packs, stores and registers them. The format is in docs/formats/models.md."""
from __future__ import absolute_import

import os
import time
from collections import OrderedDict

from ava.journal.record import json_bytes
from ava.workspace import make_private_folder

MOST_WAITING = 128
"""Snapshots that may wait at a time; a training that writes faster than it can upload should know."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class SnapshotError(Exception):
    """A snapshot is not taken; the text says why."""


class SnapshotQueue(object):
    """The snapshots of one run that wait; each is a file, so that they survive the process."""

    def __init__(self, run_folder, output):
        """:param output: folder of the run's snapshots"""
        self._folder = os.path.join(run_folder, "snapshots")
        self._output = output
        self._taken = {}
        self.is_told_by_lines = False
        """The agent adds snapshots, too: those that lines of a console name."""

    def add(self, model, files, metric, training_ref, params):
        """Adds model files; they may still grow.

        :param model: name of the model
        :param files: paths of files and folders
        :param metric: where in the run they were written: ``epoch``, ``batch``
        :raises SnapshotError: when too many wait already
        :raises OSError: when the run's folder cannot be written
        """
        waiting = len(self.waiting())
        if waiting >= MOST_WAITING:
            raise SnapshotError(
                "%d snapshots wait for their upload already; %s is not taken. See the run's log for why uploads fail."
                % (waiting, model)
            )
        make_private_folder(self._folder)
        name = "%s-%s%s" % (_base36(int(time.time() * 1000)).zfill(9), _base36(int(time.time() * 1e9)), _base36(os.getpid()))
        job = {
            "id": name,
            "kind": "snapshot",
            "model": model,
            "format": "tar.gz",
            "files": [os.path.abspath(path) for path in files],
            "metric": metric,
            "trainingRef": training_ref,
            "params": params,
        }
        path = os.path.join(self._folder, name + ".job.json")
        with open(path + ".tmp", "wb") as out:
            out.write(json_bytes(job) + b"\n")
        os.rename(path + ".tmp", path)

    def waiting(self):
        """:returns: names of the files of snapshots that wait"""
        try:
            return [name for name in os.listdir(self._folder) if name.endswith(".job.json")]
        except OSError:
            return []

    def new_output(self):
        """:returns: paths in the output folder that no snapshot of this process has taken as they are now, each with what it
        looks like"""
        paths = [os.path.join(self._output, name) for name in sorted(os.listdir(self._output))]
        states = [(path, _state_of(path)) for path in paths]
        return OrderedDict((path, state) for path, state in states if self._taken.get(path) != state)

    def take(self, found):
        """They are in a snapshot now.

        :param found: of :meth:`new_output`
        """
        self._taken.update(found)


def _state_of(path):
    if os.path.isdir(path) and not os.path.islink(path):
        return [(name, _state_of(os.path.join(path, name))) for name in sorted(os.listdir(path))]
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return (facts.st_size, facts.st_mtime)


def _base36(number):
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text
