# -*- coding: utf-8 -*-
"""Sends the files of a run to an agent that does not see them: journals and console lines. See docs/formats/agent.md."""
from __future__ import absolute_import

import base64
import os
import threading
import time

from ava import notices
from ava.agent.answers import AgentError
from ava.journal.record import HEAD_BYTES, segment_header

_PIECE_BYTES = 512 * 1024
_POLL_S = 0.25
_FOLDERS = (("journal", ".ava"), ("lines", ".lines"))


class Mirror(object):
    """Copies what is appended, for as long as the process lives; deletes journal segments that have no writer any more once the agent
    has them."""

    def __init__(self, client, run):
        """:param run: ``run/<id>`` of the workspace"""
        self._client = client
        self._run = run
        self._copied = {}
        self._rounds = 0
        self._has_all = False
        self.thread = threading.Thread(target=self._work, name="ava-mirror")
        self.thread.daemon = True
        self.thread.start()

    def settle(self, deadline_s):
        """Waits until the agent has all that was written before the call, or the time is over."""
        rounds = self._rounds + 2  # The one that goes on now may have passed over it.
        while time.time() < deadline_s and not (self._rounds >= rounds and self._has_all):
            time.sleep(0.01)

    def _work(self):
        try:
            while self._client.missing is None and not self._client.is_ending:
                self._has_all = self._copy_all()
                self._rounds += 1
                self._client.pause(_POLL_S if self._rounds > 4 else 0.02)
        except Exception as error:
            if not self._client.is_ending:
                notices.warn("the run's records are not sent to the agent any more, and stay in %s: %s" % (self._run, error))

    def _copy_all(self):
        try:
            for file in self._files():
                self._copy(file)
            return True
        except AgentError as error:
            if error.code not in ("agent_lost", "timeout"):
                raise
            self._copied.clear()  # The next agent may have less.
            return False

    def _files(self):
        found = []
        for folder, ending in _FOLDERS:
            try:
                names = os.listdir(os.path.join(self._run, folder))
            except OSError:
                names = []
            found.extend(folder + "/" + name for name in sorted(names) if name.endswith(ending))
        return [file for file in found if file in self._copied or not self._is_self_shipped(file)]

    def _is_self_shipped(self, file):
        """Whether another program, such as ``ava-sdk run`` around this one, sends the journal itself."""
        if not file.startswith("journal/"):
            return False
        with open(os.path.join(self._run, file), "rb") as source:
            header = segment_header(source.read(HEAD_BYTES))
        return header is None or header.get("isSelfShipped", False)

    def _copy(self, file):
        path = os.path.join(self._run, file)
        is_closed = self._is_closed(file)
        with open(path, "rb") as source:
            while True:
                offset = self._copied.get(file)
                source.seek(offset or 0)
                data = b"" if offset is None else source.read(_PIECE_BYTES)
                if offset is not None and not data:
                    break
                fields = {"run": self._run, "file": file, "offset": offset or 0, "data": base64.b64encode(data).decode("ascii")}
                self._copied[file] = self._client.request("append", fields, 60.0)["size"]
        if is_closed:
            os.unlink(path)
            del self._copied[file]

    def _is_closed(self, file):
        """Whether a later segment of the same writer exists."""
        folder, _, name = file.partition("/")
        if folder != "journal":
            return False
        writer, number, _ = name.split(".")
        return os.path.exists(os.path.join(self._run, folder, "%s.%06d.ava" % (writer, int(number) + 1)))
