# -*- coding: utf-8 -*-
"""Lists, dicts, and kinds of pictures."""

from __future__ import absolute_import, division

import os


def chunk(lst, size):
    """把列表按每份 size 个元素切分。

    :returns: list of slices, the last one may be shorter
    """
    return [lst[start : start + size] for start in range(0, len(lst), size)]


def divide_list(lst, chunk_n):
    """把列表切分成 chunk_n 份。

    :returns: list of ``chunk_n`` slices, the last ones may be shorter or empty
    """
    if chunk_n == 0:
        return []
    size = -(-len(lst) // chunk_n) or 1
    found = chunk(lst, size)
    return found + [[] for _ in range(chunk_n - len(found))]


def merge_dicts(*dict_args):
    """把多个 dict 合并为一个新的 dict，后面的优先；None 被忽略。

    :returns: a new dict; later ones win, ``None`` is passed over
    """
    merged = {}
    for one in dict_args:
        merged.update(one or {})
    return merged


def probe_img_format(uri):
    """由文件或 URL 的开头判断图片格式。

    :param uri: path or URL
    :returns: ``"jpeg"``, ``"png"``, or ``None``
    :raises Exception: the file cannot be read, or the URL not fetched
    """
    if os.path.exists(uri):
        with open(uri, "rb") as opened:
            header = opened.read(32)
    else:
        from ava.utils.fetcher import Fetcher

        res, err = Fetcher().fetch(uri)
        if err is not None:
            raise err
        header = res.body[:32]
    return test_jpeg(header) or test_exif(header) or test_png(header)


def test_jpeg(header):
    """JFIF 格式的 JPEG。

    :param header: first bytes of a file
    :returns: ``"jpeg"`` or ``None``
    """
    return "jpeg" if header[6:10] == b"JFIF" else None


def test_exif(header):
    """Exif 格式的 JPEG。

    :param header: first bytes of a file
    :returns: ``"jpeg"`` or ``None``
    """
    return "jpeg" if header[6:10] == b"Exif" else None


def test_png(header):
    """PNG。

    :param header: first bytes of a file
    :returns: ``"png"`` or ``None``
    """
    return "png" if header[:8] == b"\x89PNG\r\n\x1a\n" else None


def check_image_by_decode(image_bytes):
    """用 cv2 解码，检查图片是否完整。

    :param image_bytes: a whole picture
    :returns: ``(True, None, array)`` or ``(False, error, None)``; the latter also without OpenCV
    """
    try:
        import cv2
        import numpy

        picture = cv2.imdecode(numpy.frombuffer(image_bytes, numpy.uint8), 1)
        if picture is None:
            raise ValueError("this is not a picture that OpenCV can decode")
        return True, None, picture
    except Exception as error:
        return False, error, None


def check_image_by_open(file_path):
    """用 Pillow 打开，检查是否为三通道图片。

    :param file_path: path
    :returns: ``(True, None, array)`` or ``(False, error, None)``; the latter also without Pillow
    """
    try:
        import numpy
        from PIL import Image

        with open(file_path, "rb") as opened:
            picture = numpy.array(Image.open(opened), dtype=numpy.uint8)
        if len(picture.shape) != 3 or picture.shape[2] != 3:
            raise ValueError("a picture of the shape %s, not of three channels" % (picture.shape,))
        return True, None, picture
    except Exception as error:
        return False, error, None
