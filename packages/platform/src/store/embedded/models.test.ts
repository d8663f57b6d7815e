import { join } from "node:path";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { testFolder } from "../../testing/folder.js";
import type { Model } from "../contract/model.js";
import { checkStore } from "./check.js";
import type { EmbeddedStore } from "./embedded.js";
import { openStore } from "./open.js";

function open(dataDir: string, warnings: string[] = []): EmbeddedStore {
  const store = openStore({ dataDir, warn: (message) => warnings.push(message) });
  onTestFinished(() => store.close());
  return store;
}

const named = (models: readonly Model[], name: string): string[] =>
  models.filter((model) => model.name === name).map(({ version }) => version);

test("models are the same whether they are stored, being stored or new, however many there are", async () => {
  const { below, pick } = randomOf(seedOfTest());
  const dataDir = testFolder();
  const store = open(dataDir);
  const right = new Map<string, { version: string; instance: string }[]>();
  const names = ["m", "n\u540d", "x"];
  const register = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const [name, instance] = [pick(names), `run-${below(3)}`];
      const versions = right.get(name) ?? [];
      // Some take the place of a version that is there.
      const version = below(10) === 0 && versions.length > 0 ? versions[below(versions.length)]!.version : undefined;
      const spec = {
        name,
        file: `of-${i}-${below(1e9)}`,
        trainingRef: { instanceID: instance },
        ...(version === undefined ? {} : { version }),
      };
      const model = await store.putModel(spec);
      right.set(name, [...versions.filter((one) => one.version !== model.version), { version: model.version, instance }]);
    }
  };
  const compare = async (one: EmbeddedStore): Promise<void> => {
    const all = await one.models({});
    expect(all).toHaveLength([...right.values()].flat().length);
    for (const [name, versions] of right) {
      expect(named(all, name)).toEqual(versions.map(({ version }) => version));
      expect(named(await one.models({ name }), name)).toEqual(versions.map(({ version }) => version));
      const ofOne = versions.filter(({ instance }) => instance === "run-1").map(({ version }) => version);
      for (const query of [{ instance: "run-1" }, { name, instance: "run-1" }]) expect(named(await one.models(query), name)).toEqual(ofOne);
    }
  };
  await register(2500);
  await compare(store);
  for (let round = 0; round < 3; round++) {
    const checkpoint = store.checkpoint();
    await register(5);
    await compare(store);
    await checkpoint;
    await compare(store);
    await register(round);
  }
  await store.close();
  expect(checkStore(dataDir).damage).toEqual([]);
  await compare(open(dataDir));
});

test("a start reads no model; one that is damaged is told when it is asked for, and a new version does not take another's place", async () => {
  const dataDir = testFolder();
  const store = open(dataDir);
  for (const file of ["a", "b", "c"]) await store.putModel({ name: "m", file });
  await store.putEvaluation("e", { right: 1 });
  await store.putEvaluation("f", { right: 2 });
  await store.close();
  const db = new Database(join(dataDir, "store.db"));
  db.exec("UPDATE models SET spec = CAST(x'ff' AS TEXT) WHERE version = '2'; UPDATE evaluations SET result = '{}' WHERE name = 'e'");
  db.close();
  const warnings: string[] = [];
  const again = open(dataDir, warnings);
  expect(warnings).toEqual([]);
  expect(named(await again.models({ name: "m" }), "m")).toEqual(["1", "3"]);
  expect(warnings).toEqual([expect.stringContaining("table models, row name = m, version = 2")]);
  expect([await again.evaluation("e"), (await again.evaluation("f"))?.result]).toEqual([undefined, { right: 2 }]);
  expect(warnings).toEqual([expect.any(String), expect.stringContaining("table evaluations, row name = e")]);
  expect((await again.putModel({ name: "m", file: "d" })).version).toBe("4");
  await again.checkpoint();
  expect(named(await again.models({}), "m")).toEqual(["1", "3", "4"]);
  expect(checkStore(dataDir).damage).toHaveLength(2);
});
