# -*- coding: utf-8 -*-
"""Where the workspace of the runs is, and where things lie in it."""
from __future__ import absolute_import

import errno
import os
import tempfile

from ava import notices

CONTAINER_WORKSPACE = "/workspace"
"""Folder that the platform's training containers work in."""


def find_workspace():
    """Finds the workspace: ``AVA_WORKSPACE``, then ``/workspace`` if it exists and is writable, then ``./ava-workspace``.

    :returns: absolute path; nothing is created
    """
    named = os.environ.get("AVA_WORKSPACE")
    if named:
        return os.path.abspath(named)
    if os.path.isdir(CONTAINER_WORKSPACE) and os.access(CONTAINER_WORKSPACE, os.W_OK | os.X_OK):
        return CONTAINER_WORKSPACE
    return os.path.abspath("ava-workspace")


def prepare_workspace(wanted):
    """Makes sure that runs can be recorded in the workspace; where they cannot, a folder below the temporary one takes its
    place, since the training must not suffer.

    :param wanted: path of the workspace
    :returns: path of a workspace, in which ``run/`` is writable unless the temporary folder cannot be written either
    """
    reason = _prepare(wanted)
    if reason is None:
        return wanted
    fallback = os.path.join(tempfile.gettempdir(), "ava-workspace-%d" % _user_id())
    if _prepare(fallback) is not None:
        try:
            fallback = tempfile.mkdtemp(prefix="ava-workspace-")
        except (OSError, IOError):
            notices.warn(
                "workspace %s cannot be written (%s), nor can the temporary folder; this run is not recorded. "
                "Set AVA_WORKSPACE to a writable folder." % (wanted, reason)
            )
            return wanted
    notices.warn(
        "workspace %s cannot be written (%s); recording to %s. Set AVA_WORKSPACE to a writable folder."
        % (wanted, reason, fallback)
    )
    return fallback


def make_folder(path):
    """Makes a folder and those above it; one that exists is fine.

    :raises OSError: the file system's error
    """
    try:
        os.makedirs(path)
    except OSError as error:
        if error.errno != errno.EEXIST or not os.path.isdir(path):
            raise


def data_folder(workspace):
    """:returns: the folder of data sets; ``mnt/data`` wins where a platform mounts it there"""
    mounted = os.path.join(workspace, "mnt", "data")
    return mounted if os.path.isdir(mounted) else os.path.join(workspace, "data")


def _prepare(workspace):
    runs = os.path.join(workspace, "run")
    try:
        make_folder(runs)
    except (OSError, IOError) as error:
        return errno.errorcode.get(error.errno, str(error))
    return None if os.access(runs, os.W_OK | os.X_OK) else "EACCES"


def _user_id():
    return os.getuid() if hasattr(os, "getuid") else 0
