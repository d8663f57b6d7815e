# -*- coding: utf-8 -*-
"""The other end of the agent's protocol (docs/formats/agent.md), for tests of what a client asks and makes of the
answers."""

from __future__ import absolute_import

import io
import json
import socket
import threading


class StubAgent(object):
    """Listens on loopback; ``answer`` is called with each request and gives the fields, events first where it gives
    a list."""

    def __init__(self, answer):
        self.requests = []
        self._answer = answer
        self._server = socket.socket()
        self._server.bind(("127.0.0.1", 0))
        self._server.listen(5)
        self.address = "tcp:127.0.0.1:%d" % self._server.getsockname()[1]
        self._start(self._accept)

    def close(self):
        self._server.close()

    def _start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments)
        thread.daemon = True
        thread.start()

    def _accept(self):
        while True:
            try:
                opened = self._server.accept()[0]
            except (OSError, IOError):
                return
            self._start(self._serve, opened)

    def _serve(self, opened):
        lines = io.open(opened.fileno(), "r", encoding="utf-8", closefd=False)
        for line in lines:
            self._start(self._reply, opened, json.loads(line))

    def _reply(self, opened, request):
        if request["op"] == "hello":
            answers = [{"ok": True, "protocol": 1, "version": "0", "pid": 1, "host": "h"}]
        else:
            self.requests.append(request)
            answers = self._answer(request)
        for answer in answers if isinstance(answers, list) else [answers]:
            opened.sendall(json.dumps(dict(answer, id=request["id"])).encode("utf-8") + b"\n")
