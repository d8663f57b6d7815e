# -*- coding: utf-8 -*-
"""Where the workspace of the runs is, and where things lie in it."""
from __future__ import absolute_import

import errno
import os
import stat
import tempfile

from ava import notices

CONTAINER_WORKSPACE = "/workspace"
"""Folder that the platform's training containers work in."""


_named = None


def name_workspace(path):
    """The script has named the workspace (:class:`ava.env.environment.Environment`): that goes before all others.

    :param path: folder
    """
    global _named
    _named = absolute(path)


def find_workspace():
    """Finds the workspace: the one that the script has named, ``AVA_WORKSPACE``, then ``/workspace`` if it exists and is writable, then
    ``./ava-workspace``.

    :returns: absolute path; nothing is created
    """
    if _named:
        return _named
    named = os.environ.get("AVA_WORKSPACE")
    if named:
        return absolute(named)
    if os.path.isdir(CONTAINER_WORKSPACE) and os.access(CONTAINER_WORKSPACE, os.W_OK | os.X_OK):
        return CONTAINER_WORKSPACE
    return absolute("ava-workspace")


def absolute(path):
    """:returns: the path from the root on. Where the working folder was removed, nothing can be made below it: another workspace takes its place"""
    try:
        return os.path.abspath(path)
    except OSError:
        return os.path.join("/proc/self/cwd", path)


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
    if not _is_personal(fallback) or _prepare(fallback) is not None:
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


def make_folder(path, mode=0o777):
    """Makes a folder and those above it; one that exists stays as it is.

    :param mode: of what is made
    :raises OSError: the file system's error
    """
    try:
        _make_one(path, mode)
    except OSError as error:
        above = os.path.dirname(path)
        if error.errno != errno.ENOENT or above in ("", path):
            raise
        make_folder(above, mode)
        _make_one(path, mode)


def make_private_folder(path):
    """Makes a folder of a workspace, and those above it, for this user alone: what a training says of itself, and params that it
    takes, are not for other users. A folder that the user made stays as it is.

    :raises OSError: the file system's error
    """
    make_folder(path, 0o700)


def data_folder(workspace):
    """:returns: the folder of data sets; ``mnt/data`` wins where a platform mounts it there"""
    mounted = os.path.join(workspace, "mnt", "data")
    return mounted if os.path.isdir(mounted) else os.path.join(workspace, "data")


def _prepare(workspace):
    runs = os.path.join(workspace, "run")
    try:
        make_private_folder(runs)
    except (OSError, IOError) as error:
        return errno.errorcode.get(error.errno, str(error))
    return None if os.access(runs, os.W_OK | os.X_OK) else "EACCES"


def _make_one(path, mode):
    try:
        os.mkdir(path, mode)
    except OSError as error:
        if error.errno != errno.EEXIST or not os.path.isdir(path):
            raise


def _is_personal(path):
    """Another user can make a folder of this name first, with params in it: it must be ours, and no other user may write in it or look into it."""
    try:
        make_private_folder(path)
        facts = os.lstat(path)
    except (OSError, IOError):
        return False
    if not hasattr(os, "getuid"):
        return stat.S_ISDIR(facts.st_mode)
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid() and not facts.st_mode & 0o077


def _user_id():
    return os.getuid() if hasattr(os, "getuid") else 0
