"""Reads a folder of event files with TensorBoard itself: python read_events.py FOLDER. Prints scalars and hyper-parameters as JSON."""
import json
import math
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2


def text(value):
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def main(folder):
    accumulator = EventAccumulator(folder, size_guidance={"scalars": 0})
    accumulator.Reload()
    scalars = [
        {"name": tag, "step": event.step, "value": text(event.value)}
        for tag in accumulator.Tags()["scalars"]
        for event in accumulator.Scalars(tag)
    ]
    data = plugin_data_pb2.HParamsPluginData()
    data.ParseFromString(accumulator.SummaryMetadata("_hparams_/session_start_info").plugin_data.content)
    hparams = {name: getattr(value, value.WhichOneof("kind")) for name, value in data.session_start_info.hparams.items()}
    print(json.dumps({"scalars": scalars, "hparams": hparams}))


if __name__ == "__main__":
    main(*sys.argv[1:])
