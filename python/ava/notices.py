# -*- coding: utf-8 -*-
"""Words of the SDK for people. They never go to stdout, and the same words never twice."""
from __future__ import absolute_import, print_function

import io
import os
import sys
import time

from ava.masking import mask_text

_PREFIX = "ava-sdk: "
_MOST_OF_A_KIND = 100
"""What a script says anew at each step must not silence another thing."""
_MOST_KINDS = 1000
_KIND_CHARS = 24
"""The kind of some words is how they begin."""

_said = {}
_file = None


def keep_in(path):
    """From now on all words are also written to this file.

    :param path: file below the run's logs
    """
    global _file
    _file = path


def warn(message, topic=None):
    """Says something the user should act on, on stderr. Never raises.

    :param message: what is wrong, and what to do
    :param topic: said once for each topic, where the words are never the same; default: the message
    """
    _say(message, True, topic or message)


def tell(message):
    """Says something worth knowing: in the log of the run, and on stderr where that is a terminal or the log cannot be written. Never raises.

    :param message: what happened
    """
    _say(message, _is_terminal(), message)


def _say(message, is_shown, topic):
    if not _is_new(topic):
        return
    message = _masked(message)
    try:
        if _file is not None:
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            descriptor = os.open(_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with io.open(descriptor, "a", encoding="utf-8") as log:
                log.write(u"%s %s\n" % (stamp, _text(message)))
    except Exception:  # A full disk must not fail the training; the words are shown then.
        is_shown = True
    try:
        if is_shown:
            # One write, so that the words of many processes do not mix.
            sys.stderr.write(_native(_PREFIX + message + "\n"))
            sys.stderr.flush()
    except Exception:  # A closed stderr.
        pass


def _is_new(topic):
    try:
        kind = topic[:_KIND_CHARS]
    except TypeError:  # Something else that is not text.
        kind = ""
    topics = _said.get(kind, ())
    if topic in topics or len(topics) >= _MOST_OF_A_KIND or (not topics and len(_said) >= _MOST_KINDS):
        return False
    _said.setdefault(kind, set()).add(topic)
    return True


def _masked(message):
    try:
        return mask_text(message)
    except Exception:  # Bytes of Python 3, or something else that is not text.
        return message


def _native(message):
    """Python 2.7 cannot write other text than ASCII to a file."""
    return message.encode("utf-8") if str is bytes and not isinstance(message, bytes) else message


def _text(message):
    return message.decode("utf-8", "replace") if isinstance(message, bytes) else message


def _is_terminal():
    try:
        return os.isatty(sys.stderr.fileno())
    except Exception:  # Replaced by something without a file.
        return False
