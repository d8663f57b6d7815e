import type { RunEvent } from "../parser.js";

/** What a line of a log may refer to. */
export interface LogState {
  /** Net outputs carry no iteration: the line before a block of them does. */
  trainStep: number | undefined;
  testStep: number | undefined;
  /** Number of the test net, as text. */
  testNet: string | undefined;
  /** Caffe tells some events twice (`solver.cpp` and `caffe.cpp`): the last one, until a metric comes. */
  lastEvent: Omit<RunEvent, "line"> | undefined;
}
