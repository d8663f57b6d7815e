# -*- coding: utf-8 -*-
"""Uploads to Kodo, made by the agent."""

from __future__ import absolute_import

import os


class Uploader(object):
    """将文件上报至Kodo

    Uploads files to Kodo; a large one goes in parts, and goes on after a break. What is stored is verified by its hash.
    """

    def __init__(self, ak, sk, bucket=None):
        """
        :param ak: access key
        :param sk: secret key
        :param bucket: 默认 bucket / default bucket
        """
        self.ak = ak
        self.sk = sk
        self.default_bucket = bucket

    def set_bucket(self, bucket):
        """设置默认 bucket。

        :param bucket: default bucket from now on
        """
        self.default_bucket = bucket

    def upload_file(self, filepath, key, bucket=None):
        """上报单个文件至Kodo bucket中

        :param filepath: 文件路径 / path of a file
        :param key: bucket key / key of the object; one that exists is replaced
        :param bucket: bucket名称，不提供的话，使用default_bucket
        :returns: return None when it's ok, or raise exception
        :raises Exception: 当上报文件时发生错误，则raise Exception / its text says what is wrong
        """
        from ava.agent import client

        bucket = bucket or self.default_bucket
        if not bucket:
            raise Exception(
                "name a bucket: Uploader(ak, sk, bucket), set_bucket(bucket) or upload_file(filepath, key, bucket)"
            )
        if not os.path.isfile(filepath):
            raise Exception("'%s' is not uploaded: it is not a file" % filepath)
        fields = {
            "file": os.path.abspath(filepath),
            "key": key,
            "bucket": bucket,
            "accessKey": self.ak,
            "secretKey": self.sk,
        }
        client.call("upload", fields)
