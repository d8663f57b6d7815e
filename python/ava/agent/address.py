# -*- coding: utf-8 -*-
"""Where the agent of a workspace is found. See docs/formats/agent.md of the repository."""
from __future__ import absolute_import

import hashlib
import os
import socket
import stat
import tempfile

PROTOCOL = 1
"""Version of the protocol that this client speaks."""


class AddressError(Exception):
    """``AVA_AGENT`` cannot be understood, or there is no place for a socket."""


def named_address():
    """:returns: what ``AVA_AGENT`` names, or ``None``"""
    return os.environ.get("AVA_AGENT") or None


def open_socket(address, timeout_s):
    """Connects to an agent.

    :param address: ``unix:/path``, ``tcp:host:port``, or one without the word in front
    :raises AddressError: for another text
    :raises OSError: when no process answers there
    """
    if address.startswith("tcp:") or not address.startswith(("unix:", "/")):
        host, _, port = (address[4:] if address.startswith("tcp:") else address).rpartition(":")
        if not host or not port.isdigit():
            raise AddressError("'%s' is not an address of an agent; give tcp:HOST:PORT or unix:/PATH" % address)
        return socket.create_connection((host.strip("[]"), int(port)), timeout_s)
    path = address[5:] if address.startswith("unix:") else address
    if not path.startswith("/") or not hasattr(socket, "AF_UNIX"):
        raise AddressError("'%s' is not a path of a socket; give unix:/PATH or tcp:HOST:PORT" % address)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    opened.settimeout(timeout_s)
    try:
        opened.connect(path)
    except Exception:
        opened.close()
        raise
    return opened


class Rendezvous(object):
    """Where all processes of one user that use a workspace on this host meet their agent."""

    def __init__(self, workspace):
        """:raises AddressError: when there is no private folder for it"""
        text = "agent %d %s" % (PROTOCOL, os.path.realpath(workspace))
        key = hashlib.sha1(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        base = os.path.join(_private_folder(), key)
        self.socket = base + ".sock"
        self.lock = base + ".lock"
        self.log = base + ".log"


def _private_folder():
    if not hasattr(os, "getuid"):
        raise AddressError("there are no Unix sockets on this system; set AVA_AGENT=tcp:HOST:PORT")
    folder = os.path.join(tempfile.gettempdir(), "ava-sdk-%d" % os.getuid())
    try:
        os.mkdir(folder, 0o700)
    except OSError:
        pass  # It is there, or the check tells.
    try:
        facts = os.lstat(folder)
    except OSError as error:
        raise AddressError("folder %s cannot be made (%s); set TMPDIR" % (folder, error.strerror))
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise AddressError("%s is not a private folder of this user; remove it, or set TMPDIR" % folder)
    return folder
