# -*- coding: utf-8 -*-
"""A file by which an agent on another machine finds out whether it sees the folder of a run."""
from __future__ import absolute_import

import os
import socket


def make(run):
    """Makes the file.

    :param run: path of the run folder
    :returns: its name there
    """
    name = _name()
    try:
        open(os.path.join(run, name), "w").close()
    except (OSError, IOError):
        pass  # Then the agent does not see it.
    return name


def remove(run):
    """Removes the file where there is one. :param run: path of the run folder"""
    try:
        os.unlink(os.path.join(run, _name()))
    except OSError:
        pass  # It could not be made, or was not needed.


def _name():
    return ".probe-%s-%d" % (socket.gethostname(), os.getpid())
