# -*- coding: utf-8 -*-
"""What scripts of 2018 do with Fetcher. Arguments: a server of the test, a bucket of its emulator of Kodo, access key, secret
key. Prints JSON."""
from __future__ import absolute_import, print_function

import json
import sys

from ava.utils.fetcher import Fetcher, QMacAuthFetcher
from ava.utils.uploader import Uploader

url, bucket, access_key, secret_key = sys.argv[1:]
found = {}
fetcher = Fetcher(False, access_key, secret_key)

res, err = fetcher.fetch(url + "/cookies?x=1")
found["cookies"] = res.headers.get_list("Set-Cookie")
found["effective"] = res.effective_url == url + "/cookies?x=1"
res, err = fetcher.fetch(url + "/gzip")
found["gzip"] = res.body.decode()
res, err = fetcher.fetch(url + "/redirect", method="POST", data={"a": 1})
found["redirected"] = json.loads(res.body.decode())
res, err = fetcher.fetch(url + "/missing?token=x")
found["refused"] = [res, err.code, err.response.effective_url == url + "/missing?token=x", "token" in str(err)]
res, err = fetcher.fetch(url + "/ftp")
found["scheme"] = [res, err.code]
res, err = fetcher.fetch(url + "/flaky", max_retry=2)
found["flaky"] = res.code
Uploader(access_key, secret_key, bucket).upload_file(__file__, "dir/script.py")
res, err = fetcher.fetch("qiniu:///%s/dir/script.py" % bucket, from_kodo=True)
found["kodo"] = [bool(res) and b"from_kodo" in res.body, str(err)]
res, err = QMacAuthFetcher(access_key, secret_key).fetch(url + "/echo", data={"a": 1})
found["mac"] = json.loads(res.body.decode())

one, other = Fetcher(True), Fetcher(True)
called = []


def callback(response, error, args, kwargs):
    called.append(args)
    if len(called) == 2:
        one.stop_tornado_ioloop()
    raise ValueError("a mistake of the script")


one.fetch(url + "/echo", callback=callback, cb_args="one")
other.fetch(url + "/echo", callback=callback, cb_args="other")
one.start_tornado_ioloop()
found["called"] = sorted(called)
print(json.dumps(found))
