# -*- coding: utf-8 -*-
"""What the agent answers, and where the client's thread puts it."""
from __future__ import absolute_import


class AgentError(Exception):
    """What the agent answered, or why there is none.

    ``code``: stable name; ``agent_missing``: there is no agent; ``agent_lost``: it ended meanwhile; ``timeout``: no answer in time.
    ``message``: for people. ``fields``: the whole error of the answer.
    """

    def __init__(self, code, message, fields=None):
        Exception.__init__(self, message)
        self.code = code
        self.message = message
        self.fields = fields or {}


class Slot(object):
    """Where an answer is put."""

    answer = None
    progress = None


class AttachSlot(object):
    """Where the answer to an attachment is put."""

    def __init__(self, run, on_answer):
        self._run = run
        self._on_answer = on_answer

    @property
    def answer(self):
        return None

    @answer.setter
    def answer(self, answer):
        self._on_answer(self._run, answer)
