import { type FieldParam, flattenParams, type InstanceFacts, parseJsonText } from "ava-protocol";
import { paramsTextOf } from "../store/listing/params.js";

/** Values of a param, and params, that an answer has at most. */
const MOST_VALUES = 50;
const MOST_PARAMS = 2000;
/** Distinct values of a param that are counted: of a seed there are as many as instances. */
const MOST_COUNTED = 1000;

/** Counts params of instances and their values. */
export class ParamCounts {
  private readonly params = new Map<string, { instances: number; values: Map<string, number> }>();

  /** @param facts - of an instance that comes */
  add(facts: Readonly<InstanceFacts>): void {
    for (const { path, value } of flat(facts)) {
      let one = this.params.get(path);
      if (one === undefined) {
        if (this.params.size >= MOST_PARAMS) continue;
        this.params.set(path, (one = { instances: 0, values: new Map() }));
      }
      one.instances += 1;
      const known = one.values.get(value);
      if (known !== undefined || one.values.size < MOST_COUNTED) one.values.set(value, (known ?? 0) + 1);
    }
  }

  /** @param facts - of an instance that goes, as they were added */
  remove(facts: Readonly<InstanceFacts>): void {
    for (const { path, value } of flat(facts)) {
      const one = this.params.get(path);
      if (one === undefined) continue;
      one.instances -= 1;
      if (one.instances <= 0) this.params.delete(path);
      const known = one.values.get(value);
      if (known === 1) one.values.delete(value);
      else if (known !== undefined) one.values.set(value, known - 1);
    }
  }

  /** @returns params that most instances have first, each with its most frequent values */
  told(): FieldParam[] {
    const told = [...this.params].map(([path, { instances, values }]): FieldParam => {
      const frequent = [...values].sort((a, b) => b[1] - a[1]).slice(0, MOST_VALUES);
      return { path, instances, values: frequent.map(([value]) => value) };
    });
    return told.sort((a, b) => b.instances - a.instances);
  }
}

function flat(facts: Readonly<InstanceFacts>): ReturnType<typeof flattenParams> {
  // Each is looked at when it comes and when it goes: its nodes are not remembered.
  const text = paramsTextOf(facts);
  return flattenParams(text, parseJsonText(text));
}
