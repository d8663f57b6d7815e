import type { InstanceFacts } from "ava-protocol";
import { RememberedFacts } from "../../listing/remembered.js";
import { inSlices, type Steps } from "../../slices.js";
import type { Ask } from "../connect/database.js";
import type { LightRow } from "./light.js";

/** Instances of which facts are read at a time: what is not remembered is let go of before more is read. */
export const FACTS_ROWS = 500;

type Facts = Readonly<InstanceFacts>;

/** @returns whether facts stay in memory */
type Remember = (row: LightRow, facts: Facts, characters: number) => boolean;

/** Reads all facts of instances, and remembers them until they change. */
export class FactsReader {
  private readonly known: RememberedFacts<number, { factsPos: number; facts: Facts }>;

  /** @param maxCharacters - as of `RememberedFacts` */
  constructor(maxCharacters?: number) {
    this.known = new RememberedFacts(maxCharacters);
  }

  /** Forgets all: positions of a database that went back come again with other facts. */
  clear(): void {
    this.known.clear();
  }

  /** @param no - of an instance that is deleted */
  forget(no: number): void {
    this.known.forget(no);
  }

  /**
   * @param ask - sees the moment of which the rows are
   * @param rows - {@link FACTS_ROWS} at most
   * @returns the rows with all their facts; those that are remembered stay with the row
   */
  withFacts(ask: Ask, rows: readonly LightRow[]): Promise<readonly LightRow[]> {
    return this.read(ask, rows, (row, facts, characters) => this.known.put(row.no, { factsPos: row.factsPos, facts }, characters));
  }

  /** Reads facts to remember them. @returns whether more would fit into memory; the rows are as of {@link withFacts} */
  async remember(ask: Ask, rows: readonly LightRow[]): Promise<boolean> {
    return (await this.withFacts(ask, rows)).every((row, i) => row === rows[i]);
  }

  /** @returns as of {@link withFacts}, but facts that were not remembered are as they are now */
  withNewestFacts(ask: Ask, rows: readonly LightRow[]): Promise<readonly LightRow[]> {
    return this.read(ask, rows, () => false);
  }

  private async read(ask: Ask, rows: readonly LightRow[], remember: Remember): Promise<readonly LightRow[]> {
    const missing = rows.filter((row) => !this.isWhole(row));
    if (missing.length === 0) return rows;
    const text = "SELECT instance AS no, facts FROM ava.facts WHERE instance = ANY ($1::bigint[])";
    const found = await ask<{ no: number; facts: string }>(text, [missing.map(({ no }) => no)]);
    return inSlices(this.put(rows, remember, new Map(found.map(({ no, facts }) => [no, facts]))));
  }

  private *put(rows: readonly LightRow[], remember: Remember, found: ReadonlyMap<number, string>): Steps<LightRow[]> {
    const whole: LightRow[] = [];
    for (const row of rows) {
      const json = found.get(row.no);
      if (json === undefined || this.isWhole(row)) {
        whole.push(row);
        continue;
      }
      const facts = JSON.parse(json) as Facts;
      // Of facts that are not remembered only the answer to this question knows.
      if (remember(row, facts, json.length)) {
        keep(row, facts);
        whole.push(row);
      } else whole.push({ ...row, facts, has: "all once", params: new Map() });
      yield;
    }
    return whole;
  }

  /** @returns whether a row has all its facts, or gets them of what is remembered */
  private isWhole(row: LightRow): boolean {
    if (row.has !== "row") return true;
    const known = this.known.get(row.no);
    if (known?.factsPos !== row.factsPos) return false;
    keep(row, known.facts);
    return true;
  }
}

function keep(row: LightRow, facts: Facts): void {
  row.facts = facts;
  row.params = new Map();
  row.has = "all";
}
