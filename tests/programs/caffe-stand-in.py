#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Stands in for caffe: `caffe train -solver FILE` says on stderr what a recorded log has, and writes the snapshots
that it names.

The solver is a prototxt of which these fields are read:
    log: "FILE"              recorded log; relative to the solver
    lines_per_second: 1000   0, the default: as fast as it goes
    write_snapshots: true    default true: files with the names that the log says, below the working folder
    stdout: true             the log goes to stdout; default false
    exit_code: 0
Tests put it on the PATH under the name caffe.
"""

import io
import os
import re
import sys
import time


def main(arguments):
    solver = next(after for flag, after in zip(arguments, arguments[1:]) if flag.lstrip("-") == "solver")
    with io.open(solver, encoding="utf-8") as opened:
        fields = dict(re.findall(r'^\s*(\w+):\s*"?([^"\n]*?)"?\s*$', opened.read(), re.MULTILINE))
    out = sys.stdout if fields.get("stdout") == "true" else sys.stderr
    out = getattr(out, "buffer", out)
    pause_s = 1.0 / float(fields["lines_per_second"]) if float(fields.get("lines_per_second", 0)) else 0
    with io.open(os.path.join(os.path.dirname(os.path.abspath(solver)), fields["log"]), "rb") as log:
        for line in log:
            out.write(line)
            out.flush()
            named = re.search(br"Snapshotting .*to (?:binary proto|HDF5) file (\S+)", line)
            if named and fields.get("write_snapshots") != "false":
                write_snapshot(named.group(1).decode("utf-8"))
            if pause_s:
                time.sleep(pause_s)
    return int(fields.get("exit_code", 0))


def write_snapshot(path):
    folder = os.path.dirname(path)
    if folder and not os.path.isdir(folder):
        os.makedirs(folder)
    with io.open(path, "wb") as opened:
        opened.write(("weights of %s\n" % path).encode("utf-8") * 1000)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
