import { createHash } from "node:crypto";
import { type InstanceFacts, parseJsonText, writeJsonText } from "ava-protocol";

type Params = Pick<InstanceFacts, "paramsText" | "paramsRevision" | "paramsFrom" | "paramsBaseSum">;

/**
 * Facts of an instance when others come: params that it was given are not replaced by what a run of it only found.
 *
 * @param before - facts of the instance
 * @param facts - that have come
 * @returns both, the later over the earlier
 */
export function mergeWithParams(before: Readonly<InstanceFacts>, facts: InstanceFacts): InstanceFacts {
  if (facts.paramsText === undefined) return { ...before, ...facts };
  const { paramsText: _text, paramsRevision: _revision, paramsFrom: _from, paramsBaseSum: _sum, ...others } = { ...before, ...facts };
  return { ...others, ...newParams(before, facts) };
}

function newParams(before: Readonly<InstanceFacts>, facts: InstanceFacts): Params {
  const { paramsText, paramsRevision = before.paramsRevision, paramsFrom, paramsBaseSum } = facts;
  const known = before.paramsText ?? (before.params && writeJsonText(before.params));
  // Two processes of a run tell its params, and that which adds to those of the other may come first.
  if (before.paramsBaseSum !== undefined && before.paramsBaseSum === sumOf(paramsText)) return paramsOf({ ...before, paramsRevision });
  if (paramsBaseSum !== undefined && (paramsBaseSum === before.paramsBaseSum || paramsBaseSum === sumOf(known))) {
    return paramsOf({ ...facts, paramsRevision });
  }
  // Several processes of a run tell the same, and not all of them know how it came.
  if (known === paramsText) {
    const { paramsFrom: from } = strengthOf(before) > strengthOf(facts) ? before : facts;
    return paramsOf({ ...facts, paramsRevision, paramsFrom: from });
  }
  const isGiven = known !== undefined && !isEmpty(known) && before.paramsFrom === undefined;
  return isGiven && paramsFrom !== undefined ? paramsOf({ ...before, paramsText: known }) : paramsOf(facts);
}

function paramsOf({ paramsText, paramsRevision, paramsFrom, paramsBaseSum }: { [Name in keyof Params]: Params[Name] | undefined }): Params {
  return {
    ...(paramsText === undefined ? {} : { paramsText }),
    ...(paramsRevision === undefined ? {} : { paramsRevision }),
    ...(paramsFrom === undefined ? {} : { paramsFrom }),
    ...(paramsBaseSum === undefined ? {} : { paramsBaseSum }),
  };
}

function sumOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : createHash("sha256").update(text).digest("hex");
}

function strengthOf({ paramsFrom }: Readonly<InstanceFacts>): number {
  return paramsFrom === undefined ? 2 : paramsFrom === "training" ? 1 : 0;
}

function isEmpty(text: string): boolean {
  const root = parseJsonText(text);
  return root.kind === "object" && root.members.length === 0;
}
