"""What a program has seen of its own training, for the test that compares it with what was read of its output."""
import io
import json
import os


class Evidence(object):
    def __init__(self, folder):
        self.path = os.path.join(folder, "points.jsonl")

    def keep(self, name, step, printed, epoch=None):
        """printed: the value that the trainer has given back, in the form in which it prints it."""
        point = {"name": name, "step": step, "value": float(printed)}
        if epoch is not None:
            point["epoch"] = epoch
        with io.open(self.path, "a") as out:
            out.write(json.dumps(point) + "\n")
