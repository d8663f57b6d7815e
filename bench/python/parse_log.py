# -*- coding: utf-8 -*-
"""Times what Caffe's own script of this name does with a log: parse_log.py FILE. Prints {"megabytesPerSecond"} of CPU time as JSON.

Written anew after what the script does, not copied: of each line the iteration, the time, the learning rate and the outputs of the nets are searched
by regular expressions; outputs of one iteration become a row."""
import datetime
import io
import json
import re
import sys
import time

CHARACTERS = 10000000
ITERATION = re.compile(r"Iteration (\d+)")
RATE = re.compile(r"lr = ([-+]?\d*\.?\d+(?:e[-+]?\d+)?)")
OUTPUTS = [(phase, re.compile(phase + r" net output #(\d+): (\S+) = ([-+.\w]+)")) for phase in ("Train", "Test")]


def time_of(line, year):
    day, clock = line.split()[:2]
    month, date = int(day[-4:-2]), int(day[-2:])
    hours, minutes, seconds = clock.split(":")
    second, _, microsecond = seconds.partition(".")
    return datetime.datetime(year, month, date, int(hours), int(minutes), int(second), int(microsecond or 0))


def read(lines, year):
    rows = {"Train": [], "Test": []}
    open_rows = {"Train": None, "Test": None}
    iteration, rate, start = -1, float("nan"), None
    for line in lines:
        found = ITERATION.search(line)
        if found:
            iteration = float(found.group(1))
        if iteration == -1:
            continue
        try:
            now = time_of(line, year)
        except (ValueError, IndexError):
            continue
        start = start or now
        found = RATE.search(line)
        if found:
            rate = float(found.group(1))
        for phase, pattern in OUTPUTS:
            row = open_rows[phase]
            found = pattern.search(line)
            if found:
                if row is None or row["NumIters"] != iteration:
                    row = {"NumIters": iteration, "Seconds": (now - start).total_seconds(), "LearningRate": rate}
                    open_rows[phase] = row
                    rows[phase].append(row)
                row[found.group(2)] = float(found.group(3))
    return rows


def main(path):
    with io.open(path, encoding="utf-8", errors="replace") as log:
        text = log.read()
    text *= CHARACTERS // len(text) + 1
    started = time.process_time()
    rows = read(io.StringIO(text), 2026)
    took_s = time.process_time() - started
    if not rows["Train"]:
        raise SystemExit("nothing was read out of " + path)
    print(json.dumps({"megabytesPerSecond": len(text.encode("utf-8")) / took_s / 1e6}))


main(sys.argv[1])
