# -*- coding: utf-8 -*-
"""Builds sdist and wheel of the Python package, byte for byte the same from the same files: build-python.py FOLDER OUT.

FOLDER holds what goes into the sdist, and setup.cfg; the environment has SOURCE_DATE_EPOCH. The wheel is built from the sdist, which is so proven whole.
"""
import gzip
import os
import re
import sys
import tarfile
import tempfile
import zipfile

from setuptools import build_meta

EPOCH = int(os.environ["SOURCE_DATE_EPOCH"])
NEEDED = ["ava/__init__.py", "ava/command.py", "ava/train/base.py"] + [
    "ava/engine/" + name for name in ("ava-sdk.mjs", "cli.js", "background-thread.js", "tap-process.js", "package.json", "THIRD-PARTY-LICENSES.txt")
]
UNWANTED = re.compile(r"(^|/)(tests?|__pycache__|node_modules)/|\.(pyc|map|ts)$")


def normalise(source, target):
    """Writes an sdist again: sorted, without an owner, with one time and the usual modes."""
    with tarfile.open(source) as archive:
        members = sorted((member for member in archive if member.isfile()), key=lambda member: member.name)
        with open(target, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, EPOCH) as packed:
            with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as copy:
                for member in members:
                    plain = tarfile.TarInfo(member.name)
                    plain.size, plain.mtime, plain.mode = member.size, EPOCH, 0o644
                    copy.addfile(plain, archive.extractfile(member))


def check(names, what, also):
    """Ends the program where an archive lacks something, or has what does not belong to it."""
    missing = [name for name in NEEDED + also if name not in names]
    unwanted = [name for name in names if UNWANTED.search(name)]
    if missing or unwanted:
        sys.exit("%s: missing %s, unwanted %s" % (what, missing, unwanted))


def main(folder, out):
    # Modes of files in archives must not depend on who builds.
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as work:
        os.chdir(folder)
        name = build_meta.build_sdist(work)
        sdist = os.path.join(out, name)
        normalise(os.path.join(work, name), sdist)
        with tarfile.open(sdist) as archive:
            archive.extractall(work)
            inside = os.path.commonpath(archive.getnames())
            check([os.path.relpath(path, inside) for path in archive.getnames()], sdist, ["LICENSE", "README.md", "setup.py"])
        os.chdir(os.path.join(work, inside))
        wheel = os.path.join(out, build_meta.build_wheel(out))
        with zipfile.ZipFile(wheel) as archive:
            check(archive.namelist(), wheel, [inside + ".dist-info/licenses/LICENSE"])
    if not wheel.endswith("-py2.py3-none-any.whl"):
        sys.exit("%s is not for every Python" % wheel)


main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
