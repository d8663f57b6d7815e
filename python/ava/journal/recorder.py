# -*- coding: utf-8 -*-
"""Turns what a training says into journal records."""
from __future__ import absolute_import

import json
import os
import time

from ava import limits, notices, rules
from ava.journal import record
from ava.journal.turns import Turns
from ava.journal.writer import JournalWriter
from ava.masking import mask_text

_LOG_SHARE = 0.75
"""Part of the disk budget that text may fill: when a platform stays away for days, the points outlive the text."""

_LOG_PIECE_BYTES = 256 * 1024
"""Bytes of one log record: a proxy that takes no larger bodies is not a reason to lose text."""

_NAMES_PER_RECORD_CHARS = 1024 * 1024
"""Characters of names in one points record: with their definitions a body must hold it."""

_MOST_WAITING = 200
"""Facts and events that wait in memory for room in the journal: a run that ends on a full disk is to tell its end."""

_NAN = float("nan")

_LAST_WORDS = object()
_NAMES = {record.FACTS: "facts", record.EVENT: "event"}


class Recorder(object):
    """The journal of this process for one instance. Never raises; what the journal refuses is counted, and the counts are
    recorded as soon as there is room again. After a fork, parent and child each have a journal of their own."""

    def __init__(self, folder, instance, training, labels):
        """:param labels: labels of all series of this process"""
        self._made_of = (folder, instance, training, labels)
        self._now = None
        self._current()

    @property
    def writer(self):
        """Id of this process's journal."""
        return self._current().journal.writer

    @property
    def failure(self):
        """Why the last record that was refused was refused; ``None`` when all are in the journal."""
        return self._current().journal.failure

    @property
    def drops(self):
        """What had to be dropped so far: ``points``, ``logBytes``, ``events``, ``reason``."""
        return dict(self._current().drops)

    def points(self, values, step, epoch=None, time_ns=None):
        """Records metrics of one step.

        :param values: floats by name
        :param step: batch counted over the whole run
        :param epoch: counted from 0; ``None``: not known
        :param time_ns: nanoseconds since 1970; ``None``: now
        """
        now = self._now
        if now.pid != os.getpid():
            now = self._current()
        now.put((0, values, step, _NAN if epoch is None else epoch, now_ns() if time_ns is None else time_ns))

    def log(self, text, stream=record.LOGGER):
        """Records a piece of text.

        :param text: bytes; pieces may end anywhere
        """
        now = self._current()
        for start in range(0, len(text), _LOG_PIECE_BYTES):
            piece = text[start : start + _LOG_PIECE_BYTES]
            now.put((record.LOG, record.log_payload(now_ns(), stream, piece), len(piece)))

    def facts(self, facts):
        """Records changed facts of the instance; what finds no room now is recorded later.

        :param facts: only what changed; secrets in the words of an end are masked
        """
        if "message" in facts.get("end", ()):
            facts = dict(facts, end=_masked(facts["end"]))
        self._current().put((record.FACTS, dict(facts), 1))

    def event(self, event):
        """Records an event, such as ``{"event": "stop"}``. The time is added."""
        payload = record.json_bytes(dict({"timeNs": str(now_ns())}, **_masked(event)))
        self._current().put((record.EVENT, payload, 1))

    def last_words(self):
        """Takes what the journal has no room for to the end: facts, events and the counts of the rest.

        :returns: fields of ``lastWords`` of docs/formats/agent.md; ``None`` when all is in the journal
        """
        now = self._current()
        words = []
        now.put((_LAST_WORDS, words))
        if not words:
            return None
        _, _, training, labels = self._made_of
        return dict(words[0], training=training, labels=labels or {})

    def close(self):
        """Closes this process's journal; what comes later is dropped."""
        now = self._current()
        now.put(None)

    def _current(self):
        if self._now is None or self._now.pid != os.getpid():
            self._now = _Process(self._made_of)
        return self._now


def _masked(told):
    """:returns: an event or an end, secrets in its message masked"""
    return dict(told, message=mask_text(told["message"])) if told.get("message") else told


class _Process(object):
    """What belongs to one process."""

    def __init__(self, made_of):
        self.pid = os.getpid()
        self.journal = JournalWriter(*made_of)
        self.drops = {"points": 0, "logBytes": 0, "events": 0}
        self._made_of = made_of
        self._turns = Turns(self._take)
        self._of_handlers = None
        self._has_unrecorded_drops = False
        self._waiting = []
        self._ids = {}

    def put(self, item):
        if not self._turns.put(item):
            # A signal handler has interrupted the writing of a record, and may never let it end: it has a journal of its own.
            if self._of_handlers is None:
                self._of_handlers = _Process(self._made_of)
            self._of_handlers.put(item)

    def _take(self, item):
        if item is None:
            self._catch_up()
            self.journal.close()
        elif item[0] is _LAST_WORDS:
            self._take_last_words(item[1])
        elif item[0] == 0:
            self._take_points(item)
        else:
            kind, payload, count = item
            if kind == record.FACTS:
                self._take_facts(payload)
            elif kind == record.LOG:
                self._count("logBytes", count, self.journal.append(kind, payload, _LOG_SHARE))
            else:
                self._keep(kind, payload)

    def _keep(self, kind, payload):
        """Facts and events are few and tell how the run is: they wait for room."""
        self._flush_waiting()
        if not self._waiting and self.journal.append(kind, payload):
            self._count("events", 1, True)
        elif len(self._waiting) < _MOST_WAITING:
            self._waiting.append((kind, payload))
            notices.warn("not recorded now: %s" % self.journal.failure)
        else:
            self._count("events", 1, False)

    def _flush_waiting(self):
        while self._waiting and self.journal.append(*self._waiting[0]):
            self._waiting.pop(0)

    def _catch_up(self):
        self._flush_waiting()
        self._record_drops()

    def _take_last_words(self, words):
        self._catch_up()
        records = [(_NAMES[kind], json.loads(payload.decode("utf-8"))) for kind, payload in self._waiting]
        if self._has_unrecorded_drops:
            records.append(("drops", dict(self.drops)))
        if records:
            told = [{"type": name, name: value} for name, value in records]
            words.append({"writer": self.journal.writer, "afterSeq": self.journal.skip(len(told)), "records": told})
        self._waiting = []
        self._has_unrecorded_drops = False

    def _take_points(self, item):
        _, values, step, epoch, time_ns = item
        ids = self._ids
        row = []
        name_chars = 0
        for name, value in values.items():
            series_id = ids.get(name)
            if series_id is None:
                series_id = self._define(name)
                if series_id is None:
                    continue
            if name_chars > _NAMES_PER_RECORD_CHARS or len(row) == 2 * limits.VALUES_PER_RECORD:
                self._append_row(step, epoch, time_ns, row)
                row = []
                name_chars = 0
            row.append(series_id)
            row.append(value)
            name_chars += len(name)
        if row:
            self._append_row(step, epoch, time_ns, row)

    def _append_row(self, step, epoch, time_ns, row):
        self._count("points", len(row) // 2, self.journal.append_points(step, epoch, time_ns, row))

    def _take_facts(self, facts):
        payload = record.json_bytes(facts)
        while len(payload) > limits.FACTS_BYTES:
            largest = max(facts, key=lambda name: len(record.json_bytes(facts[name])))
            del facts[largest]
            self._leave_out("events", 1, 'the fact "%s" does not fit the %d bytes that facts may have' % (largest, limits.FACTS_BYTES))
            payload = record.json_bytes(facts)
        self._keep(record.FACTS, payload)

    def _define(self, name):
        series_id = len(self._ids) + 1
        if series_id > limits.SERIES_PER_INSTANCE:
            why = "more than %d series in one instance" % limits.SERIES_PER_INSTANCE
        else:
            why = rules.why_not_series_name(name) or rules.why_not_labels(self._made_of[3] or {})
        if why is not None:
            self._leave_out("points", 1, why)
            return None
        self.journal.define(series_id, record.series_payload(series_id, name, {}))
        self._ids[name] = series_id
        return series_id

    def _count(self, kind, count, is_taken):
        if is_taken:
            self._catch_up()
        else:
            self._leave_out(kind, count, self.journal.failure)

    def _leave_out(self, kind, count, why):
        self.drops[kind] += count
        self.drops["reason"] = why
        self._has_unrecorded_drops = True
        notices.warn("left out of the records, and counted: %s" % why)

    def _record_drops(self):
        if self._has_unrecorded_drops and self.journal.append(record.DROPS, record.json_bytes(self.drops)):
            self._has_unrecorded_drops = False


if hasattr(time, "time_ns"):
    now_ns = time.time_ns
else:

    def now_ns():
        """:returns: nanoseconds since 1970"""
        return int(time.time() * 1e9)
