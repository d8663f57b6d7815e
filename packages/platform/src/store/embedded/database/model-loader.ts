import { damaged } from "../../../error.js";
import type { Evaluation, Model, ModelQuery } from "../../contract/model.js";
import { isBrokenFile } from "../damage.js";
import type { ModelSource } from "../models.js";
import { BLOCK_ROWS } from "./light-rows.js";
import { RowLoader } from "./row-loader.js";
import { MODEL_INSTANCE, type Value } from "./tables.js";

/** Reads models and results of evaluations when they are asked for. */
export abstract class ModelLoader extends RowLoader implements ModelSource {
  versionsOf(name: string): Model[] {
    return this.models("WHERE name = ? ORDER BY rowid", [name]);
  }

  *readModels({ name, instance }: ModelQuery, found: Model[]): Generator<void, void> {
    if (name !== undefined) found.push(...this.versionsOf(name));
    else if (instance !== undefined) found.push(...this.models(`WHERE ${MODEL_INSTANCE} = ? ORDER BY rowid`, [instance]));
    else {
      for (let after = -1; after < Number.MAX_SAFE_INTEGER; yield) {
        const end = this.endOfBlock(after);
        found.push(...this.models("WHERE rowid > ? AND rowid <= ? ORDER BY rowid", [after, end]));
        after = end;
      }
    }
  }

  evaluation(name: string): Evaluation | undefined {
    return this.evaluations("WHERE name = ?", [name])[0];
  }

  allEvaluations(): Evaluation[] {
    return this.evaluations("", []);
  }

  /** Reads all to find damage; those of format 1 are marked as changed. */
  protected loadAllModels(): void {
    const { changed } = this.memory;
    this.models("ORDER BY rowid", [], (model) => changed.models.add(model));
    this.evaluations("", [], (evaluation) => changed.evaluations.add(evaluation));
  }

  private models(rest: string, values: readonly Value[], onUnsummed: (model: Model) => void = () => undefined): Model[] {
    const found: Model[] = [];
    type Row = { name: string; version: string; created_ms: number; spec: string };
    this.eachOrDamaged<Row>("models", rest, values, ({ name, version, created_ms: createdMs, spec }, isSummed) => {
      const model = { name, version, createdMs, spec: JSON.parse(spec) };
      found.push(model);
      if (!isSummed) onUnsummed(model);
    });
    return found;
  }

  private evaluations(rest: string, values: readonly Value[], onUnsummed: (one: Evaluation) => void = () => undefined): Evaluation[] {
    const found: Evaluation[] = [];
    type Row = { name: string; created_ms: number; result: string };
    this.eachOrDamaged<Row>("evaluations", rest, values, ({ name, created_ms: createdMs, result }, isSummed) => {
      const evaluation = { name, createdMs, result: JSON.parse(result) };
      found.push(evaluation);
      if (!isSummed) onUnsummed(evaluation);
    });
    return found;
  }

  private endOfBlock(after: number): number {
    const row = this.orDamaged("models", () =>
      this.db.prepare(`SELECT rowid AS last FROM models WHERE rowid > ? ORDER BY rowid LIMIT 1 OFFSET ${BLOCK_ROWS - 1}`).get(after),
    ) as { last: number } | undefined;
    return row !== undefined && row.last > after ? row.last : Number.MAX_SAFE_INTEGER;
  }

  private eachOrDamaged<Row>(
    table: "models" | "evaluations",
    rest: string,
    values: readonly Value[],
    take: (row: Row, isSummed: boolean) => void,
  ): void {
    this.orDamaged(table, () => this.eachRow<Row>(table, rest, values, take));
  }

  /** @throws PlatformError `store_damaged` where SQLite cannot read it */
  private orDamaged<Result>(table: string, read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      if (!isBrokenFile(error)) throw error;
      throw damaged(this.damage.add(`table ${table}`, `SQLite cannot read it (${error.message})`));
    }
  }
}
