# -*- coding: utf-8 -*-
"""This process's way to the agent. See docs/formats/agent.md of the repository."""
from __future__ import absolute_import

import atexit
import itertools
import os
import socket
import threading
import time

import ava
from ava import notices
from ava.agent import address, probe
from ava.agent.answers import AgentError, AttachSlot, Slot
from ava.agent.connection import Connection, ConnectionLost
from ava.agent.launch import LaunchError, StartError, connect_or_start
from ava.agent.mirror import Mirror
from ava.workspace import find_workspace

_MOST_STARTS = 6
"""An agent that ends again and again is not started any more..."""

_MOST_FAILED_STARTS = 3
"""... nor one that does not come up."""

_PATIENCE_S = 20.0
"""Longest wait of a request while there is no agent to ask."""

_LONGEST_PAUSE_S = 30.0
_CONNECT_TIMEOUT_S = 15.0
_POLLS_S = (0.0005, 0.02)
"""First and longest pause between two looks for an answer."""

_END_S = 0.5


def call(op, arguments=None, timeout_s=None, on_progress=None, workspace=None):
    """Asks the agent, which is started if need be.

    :param op: name of the operation
    :param arguments: its fields
    :param timeout_s: longest wait for the answer; ``None``: as long as it takes
    :param on_progress: called with the fields of each progress event
    :param workspace: of the agent; default as :func:`ava.workspace.find_workspace`
    :returns: the answer's fields
    :raises AgentError: when there is no agent, or it answers with an error
    """
    return client_of(workspace).request(op, arguments or {}, timeout_s, on_progress)


_clients = {}


def client_of(workspace=None):
    """:returns: the client of this process for the agent of a workspace; connected in the background"""
    key = (os.getpid(), address.named_address() or workspace or find_workspace())
    client = _clients.get(key)
    if client is None:
        # Two threads that come at once make two clients, which does no harm: one is forgotten.
        client = _clients.setdefault(key, Client(workspace or find_workspace(), address.named_address()))
        client.start()
    return client


class Client(object):
    """Keeps a connection to the agent for as long as the process lives: starts it, and starts it again when it dies."""

    def __init__(self, workspace, named):
        """:param named: address that the user gave; ``None``: the workspace's own agent"""
        self.missing = None
        """Why there is no agent and none will come; ``None`` while there may be one."""
        self.is_ending = False
        """The interpreter is about to end."""
        self._pid = os.getpid()
        self._named = named
        self._rendezvous = None
        if named is None:
            try:
                self._rendezvous = address.Rendezvous(workspace)
            except address.AddressError as error:
                self._give_up(str(error))
        self._connection = None
        self._failed_starts = 0
        self._runs = []
        self._waiting = {}
        self._mirrors = {}
        self._numbers = itertools.count(1)
        self._thread = threading.Thread(target=self._work, name="ava-agent")
        self._thread.daemon = True
        self._starting = threading.Lock()

    def start(self):
        """Starts to connect, in a thread of its own."""
        if self.missing is not None or not self._starting.acquire(False):
            return
        try:
            self._thread.start()
            atexit.register(self._end)
        except RuntimeError as error:
            self.missing = str(error)  # The interpreter is about to end.

    def attach(self, run, on_event):
        """Has a run attended, by this agent and all that come after it.

        :param run: fields of the request; the copy that is returned gets ``isShared`` when the agent has answered
        :param on_event: called with each event of the run, in the client's thread
        """
        run = dict(run)
        self._runs.append((run, on_event))
        connection = self._connection
        if connection is not None:
            self._send_attach(connection, run)
        return run

    def settle(self, run, deadline_s):
        """Waits until an agent that does not see the run's folder has a copy of all that was written so far.

        :param run: path of the run folder
        :param deadline_s: when to give up, in seconds since 1970
        """
        attachments = [one for one, _ in self._runs if one["run"] == run]
        while attachments and "isShared" not in attachments[0] and self.missing is None and time.time() < deadline_s:
            time.sleep(0.005)
        if run in self._mirrors:
            self._mirrors[run].settle(deadline_s)

    def is_seen(self, run):
        """:param run: path of a run folder :returns: False where the agent has said that it does not see it"""
        return run not in self._mirrors

    def request(self, op, fields, timeout_s=None, on_progress=None, is_repeatable=False, patience_s=_PATIENCE_S):
        """Asks and waits for the answer.

        :param timeout_s: longest wait; ``None``: as long as the agent works on it
        :param is_repeatable: ask again when the agent dies over it
        :param patience_s: longest wait for an agent to ask
        :returns: the answer's fields
        :raises AgentError: see there
        """
        number = next(self._numbers)
        slot = Slot()
        self._waiting[number] = slot
        started = connected = time.time()
        pause_s, longest_s = _POLLS_S
        asked = None
        try:
            while slot.answer is None:
                connection = self._connection
                now = time.time()
                if self.missing is not None:
                    raise AgentError("agent_missing", self.missing)
                if connection is not asked:
                    if asked is not None and not is_repeatable:
                        raise AgentError("agent_lost", "the agent ended before it answered")
                    asked = connection
                    if connection is not None:
                        connection.send(dict(fields, id=number, op=op))
                if connection is not None:
                    connected = now
                elif now - connected > patience_s:
                    raise AgentError("agent_missing", "no agent has answered for %.1f s" % patience_s)
                if slot.progress is not None:
                    progress, slot.progress = slot.progress, None
                    if on_progress is not None:
                        on_progress(progress)
                if timeout_s is not None and now - started >= timeout_s:
                    raise AgentError("timeout", "the agent did not answer within %.1f s" % timeout_s)
                time.sleep(pause_s)
                pause_s = min(longest_s, pause_s * 1.5)
        finally:
            self._waiting.pop(number, None)
        if "error" in slot.answer:
            error = slot.answer["error"]
            raise AgentError(error.get("code", "unknown"), error.get("message", "no reason given"), error)
        return slot.answer

    def _work(self):
        try:
            self._keep_connected()
        except Exception as error:  # Ours to bear: the training goes on without an agent.
            if not self.is_ending:
                self._give_up("the agent's client failed: %s" % error)

    def _keep_connected(self):
        starts = 0
        while not self.is_ending:
            connection = self._connect()
            if connection is None and self.missing is not None:
                return
            connected_s = time.time()
            if connection is not None:
                try:
                    self._serve(connection)
                except ConnectionLost as lost:
                    if self.is_ending:
                        return
                    self._tell_of_loss(lost)
            starts = 1 if connection is not None and time.time() - connected_s > 60 else starts + 1
            if starts >= _MOST_STARTS and self._named is None:
                return self._give_up("it ended %d times" % starts)
            self.pause(min(_LONGEST_PAUSE_S, 0.1 * 2 ** starts))

    def pause(self, longest_s):
        """Waits. In steps, since the interpreter must not end under a thread that is in the middle of something."""
        deadline = time.time() + longest_s
        while not self.is_ending and time.time() < deadline:
            time.sleep(0.02)

    def _connect(self):
        hello = {
            "protocol": address.PROTOCOL,
            "client": "ava-python/" + ava.__version__,
            "pid": os.getpid(),
            "host": socket.gethostname(),
        }
        token = os.environ.get("AVA_TOKEN")
        try:
            if self._named is not None:
                opened = address.open_socket(self._named, _CONNECT_TIMEOUT_S)
                return Connection(opened, dict(hello, token=token) if token else hello)
            return Connection(connect_or_start(self._rendezvous, lambda: self.is_ending), hello)
        except (LaunchError, address.AddressError) as error:
            if not self.is_ending:
                self._give_up(str(error))
        except StartError as error:
            self._failed_starts += 1
            if self._failed_starts >= _MOST_FAILED_STARTS and not self.is_ending:
                self._give_up(str(error))
        except (OSError, IOError, ConnectionLost) as error:
            if self._named is not None:
                notices.warn("no agent at AVA_AGENT=%s (%s)%s" % (self._named, error, _KEPT))
        return None

    def _serve(self, connection):
        try:
            for run, _ in list(self._runs):
                self._send_attach(connection, run)
            self._connection = connection
            connection.serve(self._receive)
        finally:
            self._connection = None
            connection.close()

    def _send_attach(self, connection, run):
        number = next(self._numbers)
        self._waiting[number] = AttachSlot(run, self._attached)
        fields = dict((name, value) for name, value in run.items() if name != "isShared")
        if self._named is not None:
            fields["probe"] = probe.make(run["run"])
        connection.send(dict(fields, id=number, op="attach"))

    def _attached(self, run, answer):
        if "error" in answer:
            notices.warn("the agent does not attend the run: %s" % answer["error"].get("message"))
        run["isShared"] = answer.get("isShared", True)
        probe.remove(run["run"])
        if not run["isShared"] and run["run"] not in self._mirrors:
            self._mirrors[run["run"]] = Mirror(self, run["run"])

    def _receive(self, message):
        slot = self._waiting.get(message.get("id"))
        if slot is None:
            for run, on_event in list(self._runs):
                if message.get("run") == run["run"] and "event" in message:
                    on_event(message)
        elif message.get("event") == "progress":
            slot.progress = message
        else:
            slot.answer = message

    def _tell_of_loss(self, lost):
        notices.warn("the agent has ended: %s%s A new one is looked for." % (lost, _KEPT))

    def _give_up(self, reason):
        self.missing = reason
        say = notices.tell if reason.startswith("it ended") else notices.warn
        say("no agent: %s%s" % (reason.rstrip("."), _KEPT))

    def _end(self):
        """A thread that runs into the end of the interpreter may fail in odd ways: it ends before."""
        if self._pid != os.getpid():
            return  # A forked child must not end its parent's connection.
        self.is_ending = True
        connection = self._connection
        if connection is not None:
            connection.shut_down()
        for one in [self._thread] + [mirror.thread for mirror in self._mirrors.values()]:
            if one.is_alive():
                one.join(_END_S)


_KEPT = ". The records stay in the journal; send them with: ava-sdk sync."
