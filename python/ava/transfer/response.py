# -*- coding: utf-8 -*-
"""Answers and errors of HTTP requests, shaped like those of tornado.httpclient, which scripts know."""

from __future__ import absolute_import

import io
import json


class HTTPHeaders(dict):
    """Headers by name, whatever its case. Of one that came several times, the value has all of them with commas between."""

    def __init__(self, headers=None):
        super(HTTPHeaders, self).__init__()
        self._lists = {}
        for name, value in (headers or {}).items():
            for one in value if isinstance(value, list) else [value]:
                self.add(name, one)

    def add(self, name, value):
        """Adds one more value of a header."""
        values = self.get_list(name) + [value]
        self[name] = ",".join(values) if len(values) > 1 else value
        self._lists[_usual(name)] = values

    def __setitem__(self, name, value):
        super(HTTPHeaders, self).__setitem__(_usual(name), value)
        self._lists[_usual(name)] = [value]

    def __getitem__(self, name):
        return super(HTTPHeaders, self).__getitem__(_usual(name))

    def __delitem__(self, name):
        super(HTTPHeaders, self).__delitem__(_usual(name))
        del self._lists[_usual(name)]

    def __contains__(self, name):
        return super(HTTPHeaders, self).__contains__(_usual(name))

    def get(self, name, default=None):
        """:returns: value of a header, or the default"""
        return self[name] if name in self else default

    def get_list(self, name):
        """:returns: all values of a header"""
        return list(self._lists.get(_usual(name), []))

    def get_all(self):
        """:returns: iterator over pairs of name and value, one for each value"""
        return ((name, value) for name, values in self._lists.items() for value in values)


class HTTPRequest(object):
    """What was asked: ``url``, ``method``, ``headers``, ``body``."""

    def __init__(self, url, method="GET", headers=None, body=None):
        self.url = url
        self.method = method
        self.headers = HTTPHeaders(headers)
        self.body = body


class HTTPResponse(object):
    """What was answered: ``request``, ``code``, ``reason``, ``headers``, ``effective_url``, ``body`` (bytes),
    ``buffer``, ``error``, ``request_time`` in seconds. ``status_code``, ``content``, ``text``, ``ok`` and ``json()``
    are for scripts that know requests.Response, which QMacAuthFetcher used to give.
    """

    def __init__(self, request, code, reason="", headers=None, body=b"", effective_url=None, request_time=None):
        self.request = request
        self.code = self.status_code = code
        self.reason = reason
        self.headers = HTTPHeaders(headers)
        self.body = self.content = body
        self.buffer = io.BytesIO(body)
        self.effective_url = self.url = effective_url or request.url
        self.request_time = request_time
        self.ok = 200 <= code < 300
        self.error = None if self.ok else HTTPError(code, reason, self)

    def rethrow(self):
        """:raises HTTPError: when there was an error"""
        if self.error is not None:
            raise self.error

    @property
    def text(self):
        """Body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self):
        """:returns: the value of a JSON body
        :raises ValueError: the body is not JSON
        """
        return json.loads(self.text)

    def __repr__(self):
        return "HTTPResponse(%s, %r)" % (self.code, self.effective_url)


class HTTPError(Exception):
    """A request that failed: ``code`` (599 where there was no answer), ``message``, and ``response``, which may be
    ``None``."""

    def __init__(self, code, message=None, response=None):
        self.code = code
        self.message = message or "Unknown"
        self.response = response
        super(HTTPError, self).__init__(code, self.message, response)

    def __str__(self):
        return "HTTP %s: %s" % (self.code, self.message)


def _usual(name):
    return "-".join(part.capitalize() for part in name.split("-"))
