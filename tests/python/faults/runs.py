# -*- coding: utf-8 -*-
"""Trainings that end in unusual ways: python runs.py <kind> [number]. The first line on stdout is the id of the instance."""
from __future__ import absolute_import, print_function

import os
import signal
import sys
import threading
import time

from ava.train import base as train


def count(number):
    """Says after each hundred what is surely logged."""
    instance = start()
    for step in range(number):
        instance.log({"loss": float(step)}, step=step)
        if step % 100 == 99:
            print(step + 1)
            time.sleep(0.03)
    finish(instance)


def folder_removed(number):
    """The working folder is gone before the run starts."""
    folder = os.path.join(os.environ["AVA_WORKSPACE"], "removed")
    os.makedirs(folder)
    os.chdir(folder)
    os.rmdir(folder)
    count(number)


def remote(number):
    """As if the agent were on another machine: it does not find the file by which it would know the run's folder."""
    from ava.agent import probe

    probe.make = lambda run: "not-there"
    if number:
        return count(number)
    snapshot(10)


def fork(number):
    """Children that were forked after the start record, too."""
    instance = start()
    instance.log({"loss": 0.0}, step=0)
    children = []
    for child in range(1, number + 1):
        pid = os.fork()
        if pid == 0:
            instance.log({"loss": float(child)}, step=child)
            # Every second one ends as a program does, the others as multiprocessing's children do.
            if child % 2:
                sys.exit(0)
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    instance.log({"loss": -1.0}, step=number + 1)
    finish(instance)


def fork_early(number):
    """Children are forked while the agent is being started in the background: they must find no lock taken."""
    import tempfile

    instance = start()
    for child in range(number):
        pid = os.fork()
        if pid == 0:
            instance.log({"loss": float(child)}, step=child)
            tempfile.gettempdir()
            tempfile.NamedTemporaryFile().close()
            __import__(("wave", "colorsys", "mailbox", "shelve", "subprocess", "fcntl")[child % 6])
            os._exit(0)
        os.waitpid(pid, 0)
    finish(instance)


def close_all(number):
    """As a daemon does: all descriptors are closed, and those that are opened next get their numbers. With a number, the agent is there by then."""
    from ava.agent.client import client_of

    instance = start()
    lines = instance.lines("generic")
    instance.log({"loss": 0.0})
    lines.write("step 1 accuracy 0.5")
    while number and client_of()._connection is None:
        time.sleep(0.01)
    os.closerange(3, 256)
    files = [open(os.path.join(os.environ["AVA_WORKSPACE"], "own-%d" % which), "wb+", 0) for which in range(20)]
    for one in files:
        one.write(b"weights of a model")
    for step in range(1, 100):
        instance.log({"loss": float(step)})
    lines.write("step 2 accuracy 0.75")
    instance.log_text("words\n")
    finish(instance)
    for one in files:
        one.write(b" that are whole")
        one.seek(0)
        assert one.read() == b"weights of a model that are whole"
    print("whole")


def log_one(pair):
    instance, step = pair
    instance.log({"loss": float(step)}, step=step)


def spawn(number):
    """The instance is pickled to the processes of a pool."""
    import multiprocessing

    instance = start()
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        pool.map(log_one, [(instance, step) for step in range(number)])
    finish(instance)


def threads(number):
    """Daemon threads log until the very end."""
    instance = start()
    logged = [0] * 4

    def work(which):
        while True:
            instance.log({"thread/%d" % which: float(logged[which])}, step=logged[which])
            logged[which] += 1

    for which in range(4):
        thread = threading.Thread(target=work, args=(which,))
        thread.daemon = True
        thread.start()
    while min(logged) < number:
        time.sleep(0.01)
    print(" ".join(str(one) for one in logged))


def os_exit(number):
    instance = start()
    for step in range(number):
        instance.log({"loss": float(step)}, step=step)
    os._exit(3)


def fork_at_once(number):
    """Children with instances of their own, forked while the parent's client looks for Node.js and starts the agent."""
    instance = start()
    for child in range(number):
        time.sleep(0.01 * child)
        pid = os.fork()
        if pid == 0:
            train.TrainInstance("%s-%d" % (instance.training_ins_id, child)).log({"loss": 0.0}, step=0)
            os._exit(3)
        os.waitpid(pid, 0)
    instance.done()


def full_disk(number):
    """From the middle of the run to its end no byte can be written to any file."""
    import resource

    from ava.agent.client import client_of

    instance = start()
    instance.log({"loss": 0.0}, step=0)
    while client_of()._connection is None:
        time.sleep(0.01)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    for step in range(1, number):
        instance.log({"loss": float(step)}, step=step)
    raise OSError("No space left on device")


def interrupt(number):
    """Ctrl-C in the middle of a loop; the exception leaves the program."""
    instance = start()
    step = 0
    while True:
        instance.log({"loss": float(step)}, step=step)
        step += 1
        if step == number:
            print("ready")
        if step >= number:
            time.sleep(0.001)


def handler(number):
    """A signal handler that ends the instance, as scripts of 2018 have."""
    instance = start()

    def stop(signum, frame):
        instance.log({"handled": 1.0}, step=0)
        instance.done(err_msg="signal %d" % signum)
        sys.exit(9)

    signal.signal(signal.SIGTERM, stop)
    step = 0
    while True:
        instance.log({"loss": float(step)}, step=step)
        step += 1
        if step == number:
            print("ready")


def raises(number):
    instance = start()
    instance.log({"loss": 0.5})
    raise RuntimeError("cuda out of memory")


def snapshot(number):
    """A snapshot waits when the run is done."""
    instance = start()
    with open(os.path.join(instance.get_snapshot_base_path(), "model.bin"), "w") as model:
        model.write("weights")
    print(instance.upload_snapshot_model(1, number))
    finish(instance)


def exits(number):
    instance = start()
    instance.log({"loss": 0.5})
    sys.exit(number)


def caught(number):
    """The program catches its exit, and goes on."""
    instance = start()
    try:
        sys.exit(number)
    except SystemExit:
        instance.log({"loss": 0.5})


def quits(number):
    start()
    quit(number)


def many(number):
    """Many processes on one instance, each with a TrainInstance of its own."""
    name = "many-%d" % os.getpid()
    print(name)
    children = []
    for child in range(number):
        pid = os.fork()
        if pid == 0:
            instance = train.TrainInstance(name)
            for step in range(50):
                instance.log({"loss/%d" % child: float(step)}, step=step)
            instance.done()
            os._exit(0)
        children.append(pid)
    for pid in children:
        assert os.waitpid(pid, 0)[1] == 0


def start():
    instance = train.TrainInstance()
    print(instance.get_training_ins_id())
    sys.stdout.flush()
    return instance


def finish(instance):
    before = time.time()
    instance.done()
    print("done after %.3f s" % (time.time() - before))


if __name__ == "__main__":
    globals()[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else 0)
