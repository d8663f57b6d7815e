# -*- coding: utf-8 -*-
"""网络请求模块。 / HTTP requests and downloads, made by the agent."""

from __future__ import absolute_import

import os

from ava.transfer.exchange import domain_url, exchange
from ava.transfer.response import HTTPError, HTTPResponse  # noqa: F401 - the types of what fetch() gives
from ava.workspace import make_folder


USER_AGENT = "QiniuPython AVA"
"""Of 2018; requests are made by the agent now."""


class Fetcher(object):
    """网络请求的封装，支持同步和异步两种方式，且支持使用七牛源站下载和失败重试。

    HTTP requests with retries, also for ``qiniu://<zone>/<bucket>/<key>``. An asynchronous Fetcher makes them in
    other threads and calls back in the one that runs :meth:`start_tornado_ioloop`; all share one loop.
    """

    DEFAULT_CONNECT_TIMEOUT = 20
    """Seconds."""
    DEFAULT_REQUEST_TIMEOUT = 600
    """Seconds."""
    HUGE_FILE_REQUEST_TIMEOUT = 72000
    """Seconds, for :meth:`fetch_huge_file`."""
    DEFAULT_MAX_RETRY = 5
    DEFAULT_MAX_BUFFER_SIZE = 1073741824
    """Bytes."""
    DOWNLOAD_POOL_SIZE = 75

    def __init__(
        self,
        _async=False,
        access_key=None,
        secret_key=None,
        req_timeout=None,
        download_pool=None,
        max_buffer_size=None,
    ):
        """初始化 Fetcher

        :param _async: 使用同步请求还是异步请求，默认使用同步请求。 / requests return nothing and call back
        :param access_key: 七牛账号的 access_key，默认为 None。
        :param secret_key: 七牛账号的 secret_key，默认为 None。
        :param req_timeout: 超时时间，默认为 None。 / seconds for a whole request, in each retry; default 600, and two fifths of it more with each retry
        :param download_pool: 请求最大并发数，默认为 None。 / asynchronous requests at the same time; default 75
        :param max_buffer_size: 最大下载大小，默认为 None。 / longest body that :meth:`fetch` takes, in bytes; default 1 GiB
        """
        self.access_key = access_key
        self.secret_key = secret_key
        self.req_timeout = req_timeout
        self._is_async = _async
        self._max_buffer_size = max_buffer_size or self.DEFAULT_MAX_BUFFER_SIZE
        self._is_fetching_file = False
        self._loop = None
        if _async:
            from ava.transfer.callback_loop import LOOP, Pool

            self._loop = LOOP
            LOOP.join(self)
            self._pool = Pool(download_pool or self.DOWNLOAD_POOL_SIZE)

    def __del__(self):
        loop = getattr(self, "_loop", None)
        if loop is not None:
            loop.leave()

    def fetch(
        self,
        url,
        method="GET",
        headers=None,
        data=None,
        from_kodo=False,
        retry=0,
        max_retry=-1,
        callback=None,
        cb_args=None,
        cb_kargs=None,
    ):
        """发起网络请求

        :param url: 请求地址。 / http://, https:// or qiniu:// address
        :param method: 请求方法，默认为 GET 方法。
        :param headers: 请求的 Headers，默认为 None。
        :param data: 请求的 body，默认为 None。注意 method 为 GET 时，不支持 data 参数。 / bytes, text, or a dict, which is sent as JSON
        :param from_kodo: 是否从七牛源站下载，默认为 False
        :param retry: 当前重试的次数，默认为 0。max_retry 为负时无效。 / retries that were made before
        :param max_retry: 允许的最多重试次数，默认为 -1。为负时表示不重试，为 0 时表示使用默认最大重试次数。 / negative: none; 0: the default of 5
        :param callback: 请求结束后的回调，默认为 None。只在异步 Fetcher 实例下有效。 / called as
            ``callback(response, error, cb_args, cb_kargs)``; response is ``None`` where nothing was answered
        :param cb_args: 传入 callback 的参数。
        :param cb_kargs: 传入 callback 的参数。
        :returns: (res, err): 请求的响应对象(tornado.httpclient.HTTPResponse)和请求错误对象(tornado.httpclient.HTTPError)。只有同步 Fetcher
            实例有返回。 / objects with the same fields as those; one of them is ``None``. A status other than 2xx is an error
        """
        request = (url, method, headers, data, self._options(from_kodo, retry, max_retry))
        if not self._is_async:
            return exchange(*request)
        loop = self._loop
        # Holds no reference to this Fetcher: the loop ends when the last ``Fetcher`` is gone.
        self._pool.add(lambda: _fetch_aside(request, loop, callback, cb_args, cb_kargs))
        return None

    def fetch_huge_file(self, url, filepath=None, headers=None, chunk_size=1024, progress_callback=None):
        """下载大文件到本地磁盘，断点续传。

        Downloads a file; one that was broken off goes on where it ended.

        :param url: http://, https:// or qiniu:// address
        :param filepath: 文件路径 / file to write; default: the last part of the address, in the working folder
        :param headers: 请求的 Headers
        :param chunk_size: kept for scripts that pass it; the engine chooses
        :param progress_callback: 进度回调 / called with the part that is there, 0.0 to 1.0
        :raises Exception: the download failed, or this Fetcher is downloading a file just now
        """
        from ava.agent import client

        if self._is_fetching_file:
            raise Exception("this Fetcher is downloading a file; make another one, or wait for its end")
        self._is_fetching_file = True
        try:
            path = os.path.abspath(filepath or os.path.basename(url.partition("?")[0].rstrip("/")))
            fields = dict(self._keys(), url=url, file=path, headers=dict(headers or {}))
            make_folder(os.path.dirname(path))
            told = _Progress(progress_callback)
            client.call("download", fields, timeout_s=self.HUGE_FILE_REQUEST_TIMEOUT, on_progress=told.tell)
            told.finish()
        finally:
            self._is_fetching_file = False

    def parse_qiniu_url(self, path):
        """convert the qiniu://zone/bucket/key to http://domain/key

        :param path: path 是/bucket/key
        :returns: ``(url, host)``: normal uri, without a signature, and its host
        :raises HTTPError: the address does not name a bucket, the keys are missing, or the bucket has no domain
        """
        url = domain_url(path if path.startswith("qiniu://") else "qiniu://" + path, self._keys())
        return url, url.partition("//")[2].partition("/")[0]

    def start_tornado_ioloop(self):
        """运行事件循环，直到 stop_tornado_ioloop 被调用；异步请求的回调在其中执行。

        Calls back for the asynchronous requests of all Fetchers, until one of them stops the loop by :meth:`stop_tornado_ioloop`; returns at once where
        that was called before. A callback that raises is told, and does not end the loop.
        """
        if self._loop is not None:
            self._loop.run()

    def stop_tornado_ioloop(self):
        """停止事件循环，通常在回调中调用。

        Ends :meth:`start_tornado_ioloop`, the one that runs or else the next.
        """
        if self._loop is not None:
            self._loop.stop()

    def _options(self, from_kodo, retry, max_retry):
        options = dict(
            self._keys(),
            fromKodo=from_kodo,
            retry=retry,
            maxRetry=max_retry,
            connectTimeoutMs=int(1000 * self.DEFAULT_CONNECT_TIMEOUT),
            maxBytes=self._max_buffer_size,
        )
        if self.req_timeout:
            options["timeoutMs"] = int(1000 * self.req_timeout)
        return options

    def _keys(self):
        if self.access_key is None or self.secret_key is None:
            return {}
        return {"accessKey": self.access_key, "secretKey": self.secret_key}


class QMacAuthFetcher(object):
    """七牛带鉴权服务请求的封装

    Requests to services of Qiniu, with their authorization.
    """

    DEFAULT_MAX_RETRY = 5

    def __init__(self, access_key, secret_key):
        """
        :param access_key: 用户的access_key
        :param secret_key: 用户的secret_key
        """
        self._keys = {"accessKey": access_key, "secretKey": secret_key}

    def fetch(self, url, method="GET", data=None, headers=None, retry=0, max_retry=-1):
        """发起带鉴权的请求

        :param url: 请求地址
        :param method: 请求方法
        :param data: 请求数据 / sent as JSON, unless it is text or bytes; ``GET`` ignores it
        :param headers: 请求头部
        :param retry: 当前重试次数，默认为0
        :param max_retry: 最大重试次数，默认为-1表示不重试。为0时表示使用此Fetcher的默认重试次数。
        :returns: (res, err) 请求的响应对象(tornado.httpclient.HTTPResponse)和请求错误对象(tornado.httpclient.HTTPError)。 /
            objects with the same fields as those; ``res`` also where the answer is the error
        """
        headers, method = dict(headers or {}), method.upper()
        if method in ("GET", "HEAD"):
            data = None
        if data is not None and not isinstance(data, (bytes, type(u""))):
            import json

            data = json.dumps(data)
            if not any(name.lower() == "content-type" for name in headers):
                headers["Content-Type"] = "application/json"
        options = dict(self._keys, isMacSigned=True, retry=retry, maxRetry=max_retry)
        res, err = exchange(url, method, headers, data, options)
        return (err.response if res is None else res), err


class _Progress(object):
    def __init__(self, callback):
        self._callback = callback
        self._told = None

    def tell(self, event):
        total = event.get("totalBytes")
        if self._callback is not None and total:
            self._told = float(event["bytes"]) / total
            self._callback(self._told)

    def finish(self):
        if self._callback is not None and self._told != 1.0:
            self._callback(1.0)


def _fetch_aside(request, loop, callback, cb_args, cb_kargs):
    res, err = exchange(*request)
    if callback is not None:
        response = err.response if res is None else res
        loop.add(lambda: callback(response, err, cb_args, cb_kargs))
