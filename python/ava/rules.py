# -*- coding: utf-8 -*-
"""What names and labels must be, so that the platform takes them: the rules of packages/protocol/src/rules, which the same vectors test."""
from __future__ import absolute_import

import json
import re
import unicodedata

from ava import limits

_TEXT = type(u"")
_CONTROL = re.compile(u"[\u0000-\u001f\u007f-\u009f]")
_PAIR = re.compile(u"[\ud800-\udbff][\udc00-\udfff]")  # Narrow builds of Python 2.7 have these for one character.
_SURROGATE = re.compile(u"[\ud800-\udfff]")


def why_not_series_name(name):
    """:returns: why the name cannot be one of a series, as a sentence without its end; ``None`` when it can"""
    why = _why_not_name(name, limits.SERIES_NAME_CHARS)
    return None if why is None else "the series name %s %s" % (_quoted(name), why)


def why_not_labels(labels):
    """:returns: why the labels cannot be those of a series, as a sentence without its end; ``None`` when they can"""
    if not isinstance(labels, dict):
        return "labels are an object of texts"
    if len(labels) > limits.LABELS_PER_SERIES:
        return "a series has more than %d labels" % limits.LABELS_PER_SERIES
    for name, value in labels.items():
        why = _why_not_name(name, limits.LABEL_KEY_CHARS)
        if why is not None:
            return "the name of the label %s %s" % (_quoted(name), why)
        why = _why_not_line(value, limits.LABEL_VALUE_CHARS)
        if why is not None:
            return "the value of the label %s %s" % (_quoted(name), why)
    return None


def why_not_training_name(name):
    """:returns: why the name cannot be one of a training, as a sentence without its end; ``None`` when it can"""
    why = _why_not_given_name(name, limits.TRAINING_NAME_CHARS)
    if why is None and u"/" in _decoded(name):
        why = 'has a "/" in it'
    if why is None and _decoded(name) in (u".", u".."):
        why = "means a folder"
    return None if why is None else "the training name %s %s" % (_quoted(name), why)


def why_not_display_name(name):
    """:returns: why the name cannot be the display name of an instance, as a sentence without its end; ``None`` when it can"""
    why = _why_not_given_name(name, limits.DISPLAY_NAME_CHARS)
    return None if why is None else "the display name %s %s" % (_quoted(name), why)


def composed(text):
    """:returns: a name as a person typed it, as text in Unicode's form NFC, which the rules ask for; anything else as it is"""
    text = _decoded(text)
    return unicodedata.normalize("NFC", text) if isinstance(text, _TEXT) else text


def _why_not_given_name(name, most_chars):
    why = _why_not_name(name, most_chars)
    if why is None and composed(name) != _decoded(name):
        why = "is not in Unicode's form NFC"
    return why


def _why_not_name(text, most_chars):
    return "is empty" if _decoded(text) == u"" else _why_not_line(text, most_chars)


def _why_not_line(text, most_chars):
    text = _decoded(text)
    if not isinstance(text, _TEXT):
        return "is not text"
    characters = _PAIR.sub(u"?", text)
    if len(characters) > most_chars:
        return "has more than %d characters" % most_chars
    if _SURROGATE.search(characters):
        return "has half of a character in it (a lone surrogate)"
    if _CONTROL.search(text):
        return "has a control character in it"
    return None


def _decoded(text):
    """Python 2.7's plain texts are bytes."""
    return text.decode("utf-8", "replace") if str is bytes and isinstance(text, bytes) else text


def _quoted(text):
    text = _decoded(text)
    if not isinstance(text, _TEXT):
        return type(text).__name__
    return json.dumps(text if len(text) <= 40 else text[:40] + u"...")
