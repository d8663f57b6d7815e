import type { InstanceFacts } from "ava-protocol";
import type { Once, RunKey } from "../ports.js";

/** What a memory must know again after its process was killed; JSON. Points are not among it: they are in the outlet. */
export type MemoryEntry =
  | { kind: "open"; key: RunKey; id: string; facts: InstanceFacts }
  | AppendEntry
  | { kind: "deleted"; id: string; isDeleted: boolean }
  /** Of the outlet: what was understood and not kept. */
  | { kind: "passedOver"; id: string; what: string; count: number }
  | { kind: "text"; dialect: string; key: string; text: string };

/** What records of an instance changed. `at`: where the outlet was before they were written, so that it can be told whether they were. */
export interface AppendEntry {
  kind: "append";
  id: string;
  facts?: InstanceFacts;
  once?: KeptOnce;
  at?: unknown;
}

/** What tells repeats, as JSON can carry it: prints to the base of 36. */
export type KeptOnce = { prints: string } | { stream: string; nextLine: number; prints?: string };

/** @param once - of records @returns it for an entry */
export function keepOnce(once: Once): KeptOnce {
  const prints = once.prints?.map((print) => print.toString(36)).join(" ");
  if (!("stream" in once)) return { prints: prints ?? "" };
  return { stream: once.stream, nextLine: once.nextLine, ...(prints === undefined ? {} : { prints }) };
}

/** @param once - of an entry @returns it for a memory */
export function readOnce(once: KeptOnce): Once {
  const prints = once.prints?.split(" ").filter(Boolean).map(printOf);
  if (!("stream" in once)) return { prints: prints ?? [] };
  return { stream: once.stream, nextLine: once.nextLine, lines: [], ...(prints ? { prints } : {}) };
}

function printOf(text: string): bigint {
  let print = 0n;
  for (const digit of text) print = print * 36n + BigInt(Number.parseInt(digit, 36));
  return print;
}
