import type { AttendedRun, RunPlace } from "./attended-run.js";
import type { RunClient } from "./audience.js";

/** The agent, as what its clients ask for needs it. */
export interface Attendance {
  /** Host that the agent is on. */
  readonly host: string;
  /** @param key - names the folder @param place - made only if the run is not attended yet @returns the run */
  attend(key: string, place: () => RunPlace): AttendedRun;
}

/** One client of the agent, as what it asks for needs it. */
export interface AgentClient extends RunClient {
  readonly agent: Attendance;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;

  /** @param name - the run's folder as the client calls it @param run - that it attends from now on @param isShared - we see the same folder */
  keep(name: string, run: AttendedRun, isShared: boolean): void;

  /** @param run - that the client attends @returns whether we see the same folder */
  sharesWith(run: AttendedRun): boolean;

  /** @param name - the run's folder as the client calls it @throws RequestError not_attached */
  runNamed(name: string): AttendedRun;
}
