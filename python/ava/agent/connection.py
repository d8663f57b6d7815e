# -*- coding: utf-8 -*-
"""One connection to an agent: lines of JSON, requests and answers."""
from __future__ import absolute_import

import collections
import json
import os
import select
import socket

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

_READ_BYTES = 256 * 1024
_HELLO_TIMEOUT_S = 15.0


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
        self._wake_read, self._wake_write = os.pipe()
        for fd in (self._wake_read, self._wake_write, opened.fileno()):
            _close_on_exec(fd)
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
            os.write(self._wake_write, b".")
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
            self._socket.shutdown(socket.SHUT_RDWR)
        except (OSError, IOError):
            pass  # It has ended by itself.

    def close(self):
        """Closes the connection."""
        self._socket.close()
        for fd in (self._wake_read, self._wake_write):
            try:
                os.close(fd)
            except OSError:
                pass  # Closed before.

    def _wait(self, is_sending):
        poll = select.poll()
        poll.register(self._wake_read, select.POLLIN)
        poll.register(self._socket, select.POLLIN | (select.POLLOUT if is_sending else 0))
        try:
            found = dict(poll.poll())
        except select.error:  # EINTR of Python 2.7
            found = {}
        if found.pop(self._wake_read, 0):
            os.read(self._wake_read, 4096)
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
