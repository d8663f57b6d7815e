# -*- coding: utf-8 -*-
"""One connection to an agent: lines of JSON, requests and answers."""
from __future__ import absolute_import

import collections
import json
import os
import select
import socket

from ava.descriptor import Descriptor

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

_READ_BYTES = 256 * 1024
_HELLO_TIMEOUT_S = 15.0
_LOOK_MS = 1000
"""How often it is looked whether the program has closed the descriptors: nothing else tells it."""

_not_ours = []
"""Sockets whose numbers belong to the program by now: objects that are let go close them."""


class ConnectionLost(Exception):
    """The agent closed the connection, or refused the client."""


class Connection(object):
    """Sends and reads lines. Only one thread calls :meth:`serve`; any thread, and any signal handler, may :meth:`send`."""

    def __init__(self, opened, hello):
        """Says hello.

        :param opened: connected socket
        :param hello: fields of the request
        :raises ConnectionLost: when the agent does not take this client
        """
        self._socket = opened
        self._outgoing = collections.deque()
        self._watched = Descriptor(opened.fileno())
        self._wake_read, self._wake_write = [Descriptor(fd) for fd in os.pipe()]
        for one in (self._wake_read, self._wake_write, self._watched):
            _close_on_exec(one.fd)
        self._buffer = b""
        try:
            opened.settimeout(_HELLO_TIMEOUT_S)
            opened.sendall(_line(dict(hello, id=0, op="hello")))
            answer = None
            while answer is None:
                answer = next(iter(self._read()), None)
        except (OSError, IOError) as error:
            self.close()
            raise ConnectionLost(str(error))
        if "error" in answer:
            self.close()
            raise ConnectionLost(answer["error"].get("message", "refused"))
        opened.setblocking(False)

    def send(self, message):
        """Sends a message as soon as :meth:`serve` gets to it. Takes no lock."""
        self._outgoing.append(_line(message))
        try:
            if self._wake_write.is_ours():
                os.write(self._wake_write.fd, b".")
        except OSError:
            pass  # Closed: the code that waits for the answer is told.

    def serve(self, receive):
        """Sends and reads until the connection ends.

        :param receive: called with each answer and event
        :raises ConnectionLost: at the end
        """
        sending = b""
        while True:
            if not sending and self._outgoing:
                sending = self._outgoing.popleft()
            # Not select(): it cannot watch descriptors above 1023, and trainings have many.
            is_readable, is_writable = self._wait(bool(sending))
            if not (self._watched.is_ours() and self._wake_read.is_ours()):
                raise ConnectionLost("the program has closed the descriptors of its connection")
            try:
                if sending and is_writable:
                    sending = sending[self._socket.send(sending) :]
                if is_readable:
                    for message in self._read():
                        receive(message)
            except socket.error as error:
                if error.errno not in _AGAIN:
                    raise ConnectionLost(str(error))

    def shut_down(self):
        """Ends :meth:`serve`, also from another thread."""
        try:
            if self._watched.is_ours():
                self._socket.shutdown(socket.SHUT_RDWR)
        except (OSError, IOError):
            pass  # It has ended by itself.

    def close(self):
        """Closes the connection."""
        if self._watched.is_ours():
            self._socket.close()
        else:
            _not_ours.append(self._socket)
        for one in (self._wake_read, self._wake_write):
            one.close()

    def _wait(self, is_sending):
        poll = select.poll()
        poll.register(self._wake_read.fd, select.POLLIN)
        poll.register(self._socket, select.POLLIN | (select.POLLOUT if is_sending else 0))
        try:
            found = dict(poll.poll(_LOOK_MS))
        except select.error:  # EINTR of Python 2.7
            found = {}
        if found.pop(self._wake_read.fd, 0) and self._wake_read.is_ours():
            os.read(self._wake_read.fd, 4096)
        state = found.get(self._socket.fileno(), 0)
        return state & ~select.POLLOUT, state & select.POLLOUT

    def _read(self):
        data = self._socket.recv(_READ_BYTES)
        if not data:
            raise ConnectionLost("it closed the connection")
        lines = (self._buffer + data).split(b"\n")
        self._buffer = lines.pop()
        return [json.loads(line.decode("utf-8")) for line in lines if line]


def _line(message):
    return json.dumps(message).encode("utf-8") + b"\n"


def _close_on_exec(fd):
    if fcntl is not None:
        fcntl.fcntl(fd, fcntl.F_SETFD, fcntl.fcntl(fd, fcntl.F_GETFD) | fcntl.FD_CLOEXEC)


_AGAIN = (11, 35, 10035)
"""EAGAIN of Linux, macOS and Windows."""
