import { type InstanceFacts, type InstanceRow, nodeAt, strictJsonText, toWireNumber, type WireNumber } from "ava-protocol";
import { JsonSource } from "../json-source.js";
import { type InstanceHead, stateOf } from "../store/contract/instance.js";
import type { FactName, MetricField } from "../store/contract/list.js";
import { paramsOf } from "../store/listing/params.js";
import type { AtBest, Column } from "./filter/column.js";
import { type Clock, lostBeforeMs } from "./instances.js";
import { paramsAnswer } from "./params.js";

/** @returns names of the series that columns show */
export function seriesOf(columns: readonly Column[]): string[] {
  return [...new Set(columns.flatMap(({ shown }) => namesIn(shown)))];
}

function namesIn(shown: Column["shown"]): string[] {
  if (shown.kind === "atBest") return [shown.best.name, ...(typeof shown.what === "string" ? [] : [shown.what.series])];
  return shown.kind === "metric" ? [shown.name] : [];
}

/** What columns show of the series of an instance. */
export interface SeriesCells {
  figure: (field: MetricField) => number | undefined;
  atBest: (column: AtBest) => Promise<WireNumber | undefined>;
}

/** @returns an instance as a list of some columns shows it; what it has not is left out */
export async function rowOf(instance: InstanceHead, columns: readonly Column[], clock: Clock, series: SeriesCells): Promise<InstanceRow> {
  const { id, training, facts } = instance;
  const state = stateOf(instance, lostBeforeMs(clock));
  const values: Record<string, unknown> = {};
  for (const { key, shown } of columns) {
    const value = shown.kind === "atBest" ? await series.atBest(shown) : cellOf(instance, shown, state, series);
    // An own property even for names like `__proto__`.
    if (value !== undefined) Object.defineProperty(values, key, { value, enumerable: true });
  }
  return { id, training, ...(facts.name === undefined ? {} : { name: facts.name }), state, values };
}

function cellOf(instance: InstanceHead, shown: Exclude<Column["shown"], AtBest>, state: string, series: SeriesCells): unknown {
  const { facts } = instance;
  switch (shown.kind) {
    case "metric": {
      const value = series.figure(shown);
      return value === undefined ? undefined : toWireNumber(value);
    }
    case "param":
      return paramCell(facts, shown.key);
    case "whole":
      return shown.name === "params" ? paramsAnswer(facts).params : facts[shown.name];
    case "fact":
      return shown.name === "state" ? state : factCell(instance, shown.name);
  }
}

/** A param as JSON, digit for digit. */
function paramCell(facts: Readonly<InstanceFacts>, key: string): JsonSource | undefined {
  const { text, root } = paramsOf(facts);
  const node = nodeAt(root, key);
  return node === undefined ? undefined : new JsonSource(strictJsonText(text, node));
}

function factCell({ id, training, facts, heartbeatMs }: InstanceHead, name: Exclude<FactName, "state">): unknown {
  switch (name) {
    case "id":
      return id;
    case "training":
      return training;
    case "heartbeatTime":
      return new Date(heartbeatMs).toISOString();
    case "tag":
      return facts.tags;
    default:
      return facts[name];
  }
}
