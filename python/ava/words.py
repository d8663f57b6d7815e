# -*- coding: utf-8 -*-
"""Text of whatever a program passes as words: text, bytes, an exception, or something that cannot be printed."""
from __future__ import absolute_import

_TEXT = type(u"")


def text_of(value):
    """:returns: the value as text; the name of its kind where it has none. Never raises"""
    try:
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return value if isinstance(value, _TEXT) else _TEXT(value)
    except UnicodeError:  # Python 2.7: an exception that was made of bytes.
        return _native(value)
    except Exception:
        return _TEXT(type(value).__name__)


def _native(value):
    try:
        return str(value).decode("utf-8", "replace")
    except Exception:
        return _TEXT(type(value).__name__)
