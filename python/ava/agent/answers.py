# -*- coding: utf-8 -*-
"""Where the client's thread puts what the agent answers."""
from __future__ import absolute_import


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
