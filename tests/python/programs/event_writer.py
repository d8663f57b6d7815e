"""Writes event files, without a word of AVA: python event_writer.py tensorboardX|torch EVIDENCE. Writes what it logged to EVIDENCE/points.jsonl."""
import json
import math
import os
import sys
import time

import numpy

ODD = [0.1 + 0.2, float("nan"), float("inf"), float("-inf"), 2.0 ** 53 + 2, 5e-324, -0.0, -7.0]
ROWS = 2000


def text(value):
    value = float(numpy.float32(value))
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def writer_of(package):
    if package == "torch":
        from torch.utils.tensorboard import SummaryWriter
    else:
        from tensorboardX import SummaryWriter
    return SummaryWriter


def main(package, evidence):
    points = open(os.path.join(evidence, "points.jsonl"), "w")
    SummaryWriter = writer_of(package)

    def told(name, step, value, part=""):
        points.write(json.dumps({"name": name + " " + part, "step": step, "value": text(value)}) + "\n")

    writer = SummaryWriter("runs/first")
    for row in range(ROWS):
        value = ODD[row % len(ODD)]
        writer.add_scalar("损失/train", value, row)
        told("损失/train", row, value)
        if row % 100 == 0:
            time.sleep(0.02)
    writer.add_scalars("multi", {"a": 1.5, "b": 2.5}, 3)
    for key, value in (("a", 1.5), ("b", 2.5)):
        told("multi", 3, value, "multi/a".replace("a", key) if package != "torch" else "multi_" + key)
    writer.add_text("note", "hello *text*", 4)
    if package != "torch":  # Debian's PyTorch makes none with Debian's NumPy.
        writer.add_histogram("weights", numpy.arange(100.0), 5)
    writer.add_image("picture", numpy.zeros((3, 4, 4), dtype=numpy.uint8), 6)
    writer.close()
    # A run that goes on from a checkpoint, in another file of the same folder.
    again = SummaryWriter("runs/first", purge_step=ROWS - 2, filename_suffix=".again")
    for step in range(ROWS - 2, ROWS + 2):
        again.add_scalar("损失/train", step / 4, step)
        told("损失/train", step, step / 4)
    again.close()
    points.close()
    print("logged")
    sys.exit(3)


if __name__ == "__main__":
    main(*sys.argv[1:])
