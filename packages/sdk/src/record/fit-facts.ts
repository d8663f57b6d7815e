import { type InstanceFacts, LIMITS } from "ava-protocol";

/**
 * Leaves out facts that fit no record: the platform would refuse all of them for one.
 *
 * @param facts - right in themselves
 * @returns those that fit together, and why the others do not
 */
export function fitFacts(facts: InstanceFacts): { facts: InstanceFacts; left: string[] } {
  const left: string[] = [];
  const texts = Object.entries(facts).map(([name, value]) => ({ name, bytes: sizeOf(name, value) }));
  texts.sort((a, b) => b.bytes - a.bytes);
  let bytes = texts.reduce((sum, one) => sum + one.bytes, 2);
  while (bytes > LIMITS.factsBytes) {
    const largest = texts.shift() as { name: string; bytes: number };
    bytes -= largest.bytes;
    left.push(`the fact "${largest.name}" does not fit the ${LIMITS.factsBytes} bytes that facts may have`);
  }
  if (left.length === 0) return { facts, left };
  const fitting = new Set(texts.map(({ name }) => name));
  return { facts: Object.fromEntries(Object.entries(facts).filter(([name]) => fitting.has(name))), left };
}

/** @returns bytes of the fact in JSON; infinite for what JSON has no word for */
function sizeOf(name: string, value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify({ [name]: value }));
  } catch {
    return Infinity;
  }
}
