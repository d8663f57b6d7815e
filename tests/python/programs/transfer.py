# -*- coding: utf-8 -*-
"""Uploads, downloads and requests of a script, told as one JSON object. Arguments: address of an HTTP server,
folder, access key, secret key."""

from __future__ import print_function

import hashlib
import io
import json
import os
import sys

from ava.utils.fetcher import Fetcher, QMacAuthFetcher
from ava.utils.uploader import Uploader

ADDRESS, FOLDER, ACCESS_KEY, SECRET_KEY = sys.argv[1:]
facts = {}


def told(result):
    res, err = result
    return {
        "code": res and res.code,
        "length": res and len(res.body),
        "err": err and str(err),
        "status": err and err.code,
    }


def sha1(path):
    with io.open(path, "rb") as opened:
        return hashlib.sha1(opened.read()).hexdigest()


source, target = os.path.join(FOLDER, "source"), os.path.join(FOLDER, "new", "target")
fetcher = Fetcher(access_key=ACCESS_KEY, secret_key=SECRET_KEY)

facts["upload"] = Uploader(ACCESS_KEY, SECRET_KEY, "train-data").upload_file(source, "dir/large.bin")
try:
    Uploader(ACCESS_KEY, "wrong", "train-data").upload_file(source, "no.bin")
except Exception as error:
    facts["wrongKey"] = str(error)

progress = []
facts["huge"] = fetcher.fetch_huge_file(
    "qiniu://z0/train-data/dir/large.bin", target, progress_callback=progress.append
)
facts["isSame"] = sha1(source) == sha1(target)
facts["progress"] = [sorted(progress) == progress, progress[-1]]
try:
    fetcher.fetch_huge_file("qiniu://z0/train-data/none.bin", target + "2")
except Exception as error:
    facts["missingHuge"] = str(error)

facts["private"] = told(fetcher.fetch("qiniu:///train-data/dir/large.bin"))
facts["missing"] = told(fetcher.fetch("qiniu:///train-data/none"))
facts["parsed"] = [fetcher.parse_qiniu_url("/train-data/" + key) for key in ("dir/large.bin", "none")]
facts["plain"] = told(Fetcher().fetch(ADDRESS, headers={"X-Test": "yes"}))
facts["tooLarge"] = told(Fetcher(max_buffer_size=10).fetch(ADDRESS))
facts["retried"] = told(Fetcher().fetch(ADDRESS + "/storm", max_retry=0))
facts["refused"] = told(Fetcher().fetch("http://127.0.0.1:1/"))

host = facts["parsed"][0][1]
res, err = QMacAuthFetcher(ACCESS_KEY, SECRET_KEY).fetch("http://%s/v2/domains?tbl=train-data" % host)
facts["domains"] = [res.json(), err and str(err)]
res, err = QMacAuthFetcher(ACCESS_KEY, "wrong").fetch("http://%s/v2/domains?tbl=train-data" % host)
facts["unsigned"] = [res.code, err.code]

fetcher = Fetcher(_async=True)
answers = []


def callback(response, error, cb_args, cb_kargs):
    answers.append([response.code, cb_args, cb_kargs])
    if len(answers) == 10:
        fetcher.stop_tornado_ioloop()


for number in range(10):
    fetcher.fetch(ADDRESS, callback=callback, cb_args=number, cb_kargs={"k": number})
fetcher.start_tornado_ioloop()
facts["async"] = sorted(answers, key=lambda answer: answer[1])
print(json.dumps(facts))
