import { expect, test } from "vitest";
import { crashCause } from "./crash-cause.js";

const FRAMES = ["    @     0x7fa713e45305 __libc_start_main", "    @     0x55bea5b1d241 _start"];
const BAR = " 45%|████▌     | 45/100 [00:10<00:12,  4.50it/s]";
const trace = (last: string) => ["Traceback (most recent call last):", '  File "train.py", line 3, in <module>', "    main()", last];

test.each<[string, string[], string]>([
  [
    "glog's signal, and what stands before it",
    [
      "I1128 21:39:19.098261  1949 solver.cpp:464] Iteration 100, loss = 1.5",
      "double free or corruption (out)",
      '*** Aborted at 1543439959 (unix time) try "date -d @1543439959" if you are using GNU date ***',
      "PC: @     0x7fa713e5a428 gsignal",
      "*** SIGABRT (@0x11aa) received by PID 4522 (TID 0x7f) from PID 4522; stack trace: ***",
      ...FRAMES,
    ],
    "double free or corruption (out); *** SIGABRT (@0x11aa) received by PID 4522 (TID 0x7f) from PID 4522; stack trace: ***",
  ],
  [
    "glog's segmentation fault, with nothing to the point before it",
    [
      "I1128 21:39:19.098261  1949 solver.cpp:464] Iteration 100, loss = 1.5",
      "*** SIGSEGV (@0x0) received by PID 45 (TID 0x7f) from PID 0; stack trace: ***",
      ...FRAMES,
      "Segmentation fault (core dumped)",
    ],
    "*** SIGSEGV (@0x0) received by PID 45 (TID 0x7f) from PID 0; stack trace: ***",
  ],
  [
    "an abort after words of an unknown library",
    ["I1128 21:39:19.098261  1949 x.cpp:4] fine", "the tensor store is not aligned", "Aborted (core dumped)"],
    "the tensor store is not aligned; Aborted (core dumped)",
  ],
  [
    "glog's fatal message",
    [
      "F1128 21:39:19.098261  1949 data.cpp:30] Check failed: mdb_status == 0 (2 vs. 0) No such file",
      "*** Check failure stack trace: ***",
      ...FRAMES,
      "Aborted (core dumped)",
    ],
    "Check failed: mdb_status == 0 (2 vs. 0) No such file; Aborted (core dumped)",
  ],
  [
    "CUDA's memory in a traceback, and a progress bar behind it",
    [BAR, ...trace("torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB"), BAR],
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
  ],
  [
    "an exception, and forty lines of wandb's client behind it",
    [...trace("ValueError: bad batch"), ...Array(40).fill("wandb: loss ▁▂▆█"), "🏃 View run a at: http://127.0.0.1/"],
    "ValueError: bad batch",
  ],
  ["an exception without a known name", trace("MyStop: no more data"), "MyStop: no more data"],
  [
    "chained exceptions",
    [
      ...trace("KeyError: 'lr'"),
      "",
      "During handling of the above exception, another exception occurred:",
      "",
      ...trace("ValueError: params need lr"),
    ],
    "ValueError: params need lr",
  ],
  [
    "a rank's exception, not its launcher's",
    [
      "[rank1]: Traceback (most recent call last):",
      '[rank1]:   File "train.py", line 3, in <module>',
      "[rank1]:     main()",
      "[rank1]: RuntimeError: NCCL communicator was aborted",
      ...trace("torch.distributed.elastic.multiprocessing.errors.ChildFailedError: "),
      "============================================================",
      "train.py FAILED",
      "  exitcode  : 1 (pid: 77)",
    ],
    "RuntimeError: NCCL communicator was aborted",
  ],
  [
    "C++",
    [
      "step 3 loss 0.5",
      "terminate called after throwing an instance of 'std::runtime_error'",
      "  what():  cannot open shard 7",
      "Aborted (core dumped)",
    ],
    "terminate called after throwing an instance of 'std::runtime_error' what():  cannot open shard 7; Aborted (core dumped)",
  ],
  [
    "MXNet from Python",
    [
      ...trace("mxnet.base.MXNetError: [10:00:00] src/storage/storage.cc:119: Check failed: e == cudaSuccess: out of memory"),
      "Stack trace:",
      "  [bt] (0) /usr/lib/libmxnet.so(+0x6b8b5b) [0x7f]",
      "  [bt] (1) /usr/lib/libmxnet.so(+0x6b8b5c) [0x7f]",
    ],
    "mxnet.base.MXNetError: [10:00:00] src/storage/storage.cc:119: Check failed: e == cudaSuccess: out of memory",
  ],
  [
    "faulthandler",
    [
      "epoch 1 loss 0.3",
      "Fatal Python error: Segmentation fault",
      "",
      "Current thread 0x00007f (most recent call first):",
      '  File "train.py", line 5 in <module>',
      "",
      "Extension modules: numpy.core (total: 1)",
    ],
    "Fatal Python error: Segmentation fault",
  ],
  [
    "a shell's word for it",
    ["epoch 1 loss 0.3", "run.sh: line 3:  4242 Segmentation fault      (core dumped) ./train"],
    "run.sh: line 3:  4242 Segmentation fault      (core dumped) ./train",
  ],
  ["the last line where nothing tells", ["loading", "cannot open train.db", BAR], "cannot open train.db"],
  ["the progress bar where there is nothing else", [BAR], BAR.trim()],
])("the cause of a crash is %s", (_, lines, message) => {
  expect(crashCause(lines)?.message).toBe(message);
});

test("an error that was overcome long ago is not the cause", () => {
  const since = Array.from({ length: 50 }, (_, step) => `step ${step}`);
  expect(crashCause([...trace("OSError: retrying"), ...since, "bye"])).toEqual({ message: "bye", isTold: false });
});
