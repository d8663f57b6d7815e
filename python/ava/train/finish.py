# -*- coding: utf-8 -*-
"""The end of an instance: what is recorded of it, and how the rest is sent."""
from __future__ import absolute_import

import time

from ava import notices
from ava.agent.client import AgentError, client_of
from ava.words import text_of

DONE, FAILED = "done", "failed"


def rfc3339_now():
    """:returns: this moment as RFC 3339 text in UTC, to the millisecond"""
    now_s = time.time()
    return "%s.%03dZ" % (time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now_s)), int(now_s % 1 * 1000))


def message_of(err_msg):
    """:returns: text of an error message, which may be an exception, or anything; empty for none. Never raises"""
    try:
        if isinstance(err_msg, BaseException):
            return u"%s: %s" % (type(err_msg).__name__, text_of(err_msg))
        return text_of(err_msg) if err_msg else u""
    except Exception:  # An array of several values is neither true nor false.
        return text_of(err_msg)


def record_end(recorder, message, one_of_many, is_stop_asked):
    """Records the end of this process; the platform knows from its rank whether it is that of the instance. One of many that fails says
    which it is.

    :param message: why it failed; empty: it did not
    :param one_of_many: name of this process where it is not the one that speaks for all; else ``None``
    :param is_stop_asked: the platform asked the run to stop
    """
    if message and one_of_many is not None:
        message = "%s: %s" % (one_of_many, message)
    end = {"stoppedBy": "platform" if is_stop_asked else "self"}
    if message:
        end["message"] = message
    recorder.facts({"state": FAILED if message else DONE, "stopTime": rfc3339_now(), "end": end})


def ship(run, recorder, snapshots, one_of_many, timeout_s, snapshot_timeout_s):
    """Waits until what is left is sent: of the run, or only of this process when it is one of many.

    :param timeout_s: longest wait for records
    :param snapshot_timeout_s: longest wait for snapshots
    """
    drops = recorder.drops
    if "reason" in drops:
        notices.warn("dropped %(points)d points, %(logBytes)d bytes of log, %(events)d events: %(reason)s" % drops)
    fields = {
        "run": run.base,
        "timeoutMs": int(timeout_s * 1000),
        "snapshotTimeoutMs": int(snapshot_timeout_s * 1000),
    }
    if one_of_many is not None:
        fields["writer"] = recorder.writer
    words = recorder.last_words()
    if words is not None:
        fields["lastWords"] = words
    may_wait = snapshots.waiting() or snapshots.is_told_by_lines
    longest_s = max(timeout_s, snapshot_timeout_s) if may_wait else timeout_s
    client = client_of(run.workspace)
    try:
        deadline_s = time.time() + timeout_s
        client.settle(run.base, deadline_s)
        patience_s = max(0.0, deadline_s - time.time())
        # A little more than the agent has, so that it is the one to say why.
        answer = client.request("finish", fields, longest_s + 0.5, is_repeatable=True, patience_s=patience_s)
    except AgentError as error:
        answer = {"isComplete": False, "reason": error.message}
    waiting = len(snapshots.waiting())
    if waiting and not client.is_seen(run.base):
        notices.warn(
            "%d snapshots wait: the agent does not see %s. Store them where it is seen, with: ava-sdk sync"
            % (waiting, run.base)
        )
    if answer.get("givenUpSnapshots"):
        notices.tell("%d snapshots were given up; the reasons are in %s/snapshots" % (answer["givenUpSnapshots"], run.base))
    if not answer.get("isComplete") or answer.get("waitingSnapshots"):
        notices.tell(
            "not everything reached the platform (%s); it is kept in %s. Send it with: ava-sdk sync %s"
            % (answer.get("reason", "snapshots wait"), run.base, run.base)
        )
