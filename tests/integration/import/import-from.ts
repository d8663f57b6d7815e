import { newWorkspace, runAva } from "../../processes/ava.js";

/** What `ava-sdk import --json` tells of a run. */
export interface Imported {
  id: string;
  name: string;
  newRecords: number;
  points: number;
  passedOver: Record<string, number>;
}

/** @returns what an import into a new workspace told of each run, and how it ended */
export async function importFrom(
  platformUrl: string,
  kind: string,
  from: string,
): Promise<{ imported: Imported[]; exitCode: number | null; stderr: string }> {
  const env = { AVA_PLATFORM_URL: platformUrl, AVA_WORKSPACE: newWorkspace() };
  const { stdout, stderr, exitCode } = await runAva(["import", kind, from, "--json"], env);
  const lines = stdout.toString().split("\n").filter(Boolean);
  return { imported: lines.map((line) => JSON.parse(line) as Imported), exitCode, stderr: stderr.toString() };
}
