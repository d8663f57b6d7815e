"""Trains YOLO of Ultralytics on drawn squares: yolo_fit.py EVIDENCE_FOLDER."""
import csv
import os
import sys

import cv2
import numpy
import torch.distributed

# Debian's build of PyTorch 1.13 cannot import its own sharding under Python 3.11.
torch.distributed.is_available = lambda: False

from evidence import Evidence  # noqa: E402
from ultralytics import YOLO  # noqa: E402

folder = sys.argv[1]
evidence = Evidence(folder)
random = numpy.random.RandomState(7)
for kind, count in ("train", 16), ("val", 4):
    for part in "images", "labels":
        os.makedirs(os.path.join(folder, "data", part, kind))
    for index in range(count):
        x, y = random.randint(8, 40, 2)
        image = numpy.zeros((64, 64, 3), numpy.uint8)
        image[y : y + 16, x : x + 16] = 255
        cv2.imwrite(os.path.join(folder, "data", "images", kind, "%d.png" % index), image)
        with open(os.path.join(folder, "data", "labels", kind, "%d.txt" % index), "w") as out:
            out.write("0 %f %f 0.25 0.25\n" % ((x + 8) / 64, (y + 8) / 64))
settings = os.path.join(folder, "data.yaml")
with open(settings, "w") as out:
    out.write("path: %s\ntrain: images/train\nval: images/val\nnames: [square]\n" % os.path.join(folder, "data"))
YOLO("yolov8n.yaml").train(data=settings, epochs=2, imgsz=64, batch=4, device="cpu", workers=0, plots=False, project=folder, name="run", amp=False, seed=7)
with open(os.path.join(folder, "run", "results.csv")) as rows:
    for epoch, row in enumerate(csv.DictReader(rows)):
        row = {key.strip(): float(row[key]) for key in row}
        for name in "box_loss", "cls_loss", "dfl_loss":
            evidence.keep(name, (epoch + 1) * 4, "%.4g" % row["train/" + name], epoch)
