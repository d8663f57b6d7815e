# -*- coding: utf-8 -*-
"""HTTP requests, made by the agent."""

from __future__ import absolute_import

import base64
import json
import os
import time

from ava.agent import client
from ava.transfer.response import HTTPError, HTTPRequest, HTTPResponse

NO_ANSWER = 599
"""Code of an error without an answer, as tornado has it."""


def exchange(url, method, headers, data, options):
    """Makes a request.

    :param data: bytes, text, or a dict, which is sent as JSON
    :param options: further fields of the agent's ``fetch``
    :returns: ``(res, err)``: one of them is ``None``; the answer to a failed request is ``err.response``
    """
    request = HTTPRequest(url, method, headers, data)
    started = time.time()
    try:
        fields = dict(options, url=url, method=method, headers=_texts(headers))
        if data is not None:
            fields["body"] = base64.b64encode(_bytes_of(data)).decode("ascii")
        answer = client.call("fetch", dict((name, value) for name, value in fields.items() if value is not None))
        return _response(request, answer, time.time() - started), None
    except client.AgentError as error:
        return None, _error(request, error, time.time() - started)
    except Exception as error:  # Of data that is not JSON, for example: an error is a result, too.
        return None, HTTPError(NO_ANSWER, str(error))


def domain_url(url, options):
    """:returns: URL of an object on its bucket's domain, without signature
    :raises HTTPError: the bucket or its domain is unknown
    """
    try:
        found = client.call("fetch", dict(options, url=url, method="HEAD")).get("effectiveUrl")
    except client.AgentError as error:
        # There need not be such an object yet.
        found = error.fields.get("url")
        if not found:
            raise HTTPError(error.fields.get("status", NO_ANSWER), error.message)
    return found.partition("?")[0]


def _texts(headers):
    return dict((str(name), str(value)) for name, value in dict(headers or {}).items())


def _bytes_of(data):
    if isinstance(data, dict):
        data = json.dumps(data)
    return data if isinstance(data, bytes) else data.encode("utf-8")


def _response(request, answer, seconds):
    path = answer.get("bodyFile")
    if path:
        with open(path, "rb") as opened:
            body = opened.read()
        os.remove(path)
        _remove_if_empty(os.path.dirname(path))
    else:
        body = base64.b64decode(answer.get("body") or b"")
    reason = answer.get("reason") or ""
    return HTTPResponse(
        request, answer["status"], reason, answer.get("headers"), body, answer.get("effectiveUrl"), seconds
    )


def _error(request, error, seconds):
    fields = error.fields
    status = fields.get("status")
    if status is None:
        return HTTPError(NO_ANSWER, error.message)
    answer = dict(fields.get("response") or fields, status=status)
    response = _response(request, answer, seconds)
    response.error = HTTPError(status, error.message, response)
    return response.error


def _remove_if_empty(folder):
    try:
        os.rmdir(folder)
    except OSError:  # Not made for this body alone.
        pass
