import { createContext, Script } from "node:vm";

/**
 * Makes a runner that stops work which takes too long, a regex that backtracks without end included: V8 leaves running code nowhere else
 * than under `vm`'s time limit. The work runs in the caller's world, not in a sandbox; one call costs some 60 microseconds.
 *
 * @param limitMs - how long one call may take, in milliseconds of wall time
 * @returns a function that runs the work and tells whether it came to its end; what the work throws is thrown on
 */
export function createTimeGuard(limitMs: number): (work: () => void) => boolean {
  const script = new Script("work()");
  const sandbox: { work?: () => void } = {};
  const context = createContext(sandbox);
  return (work) => {
    sandbox.work = work;
    try {
      script.runInContext(context, { timeout: limitMs });
      return true;
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return false;
      throw error;
    }
  };
}
