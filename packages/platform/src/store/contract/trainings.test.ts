import { createHash } from "node:crypto";
import { type InstanceFacts, LIMITS } from "ava-protocol";
import { describe, expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { DRIVERS } from "../../testing/drivers.js";

const START_MS = Date.parse("2026-01-01T00:00:00Z");
const DAY_MS = 24 * 3_600_000;

describe.each(DRIVERS)("trainings of a store: %s", (_name, openDriver) => {
  test("a training is there before its instances; absent facts stay, an empty text removes one", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await store.putTraining("t", { displayName: "Détection", note: "first try" });
    await replica.putTraining("t", { note: "" });
    await store.putFacts("one", { training: "u" });
    const again = (await reopen?.()) ?? replica;
    expect(await again.training("t")).toEqual({ name: "t", displayName: "Détection", createdMs: START_MS, newestRevision: 0 });
    expect(await again.training("u")).toBeUndefined();
    expect(await again.trainings(0)).toMatchObject([
      { name: "t", displayName: "Détection", instances: 0, running: 0 },
      { name: "u", instances: 1, running: 1 },
    ]);
  });

  test("what clients of a dialect keep is found without asking each training; of a deleted one, nothing", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await store.putTraining("b", { kept: { "mlflow 0": "zero", "mlflow 1 x": "one", "wandb 0": "other" } });
    await store.putTraining("a", { kept: { "mlflow 2": "two" } });
    await store.putTraining("c", { note: "nothing kept" });
    await store.putTraining("d", { kept: { "mlflow 3": "three" } });
    await store.deleteTraining("d");
    const again = (await reopen?.()) ?? replica;
    expect(await again.keptTexts("mlflow")).toEqual([
      { training: "a", key: "2", text: "two" },
      { training: "b", key: "0", text: "zero" },
      { training: "b", key: "1 x", text: "one" },
    ]);
    expect(await again.keptTexts("trackio")).toEqual([]);
  });

  test("texts that two replicas keep with a training at once are all there; an empty one removes that one alone", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await Promise.all([
      store.putTraining("t", { kept: { "mlflow a": "1", "mlflow b": "2" } }),
      replica.putTraining("t", { kept: { "mlflow c": "3" } }),
    ]);
    await Promise.all([store.putTraining("t", { kept: { "mlflow a": "" } }), replica.putTraining("t", { kept: { "mlflow c": "4" } })]);
    const again = (await reopen?.()) ?? replica;
    expect((await again.training("t"))?.kept).toEqual({ "mlflow b": "2", "mlflow c": "4" });
    await again.putTraining("t", { kept: { "mlflow b": "", "mlflow c": "" } });
    expect(await again.training("t")).toEqual({ name: "t", createdMs: START_MS, newestRevision: 0 });
  });

  test("params that are put once more with the same base, as after an answer that was lost, are the same revision; others are refused", async () => {
    const { store, replica } = await openDriver(() => START_MS);
    const put = { paramsText: '{"lr": 0.1}', note: "first", baseRevision: 0 };
    const made = await store.putParams("t", put);
    expect(await replica.putParams("t", put)).toEqual(made);
    expect(await replica.revisions("t")).toEqual([made]);
    await expect(replica.putParams("t", { ...put, note: "of another" })).rejects.toMatchObject({ code: "conflict" });
    await replica.putParams("t", { paramsText: "{}", baseRevision: 1 });
    await expect(store.putParams("t", put)).rejects.toMatchObject({ code: "conflict" });
  });

  test("every revision of params is kept digit for digit; the newest once more makes none", async () => {
    let nowMs = START_MS;
    const { store, replica, reopen } = await openDriver(() => nowMs);
    const first = { paramsText: '{"lr": 0.10, "seed": 9223372036854775807}', note: "base" };
    const second = { paramsText: '{"lr": NaN}' };
    expect(await store.putParams("t", first)).toEqual({ training: "t", revision: 1, createdMs: START_MS, ...first });
    nowMs += 5;
    expect(await replica.putParams("t", second)).toMatchObject({ revision: 2, createdMs: nowMs });
    expect(await store.putParams("t", { ...second, note: "again" })).toEqual({ training: "t", revision: 2, createdMs: nowMs, ...second });
    expect(await store.putParams("t", first)).toMatchObject({ revision: 3 });
    const again = (await reopen?.()) ?? replica;
    expect(await again.revisions("t")).toMatchObject([
      { ...first, revision: 1 },
      { ...second, revision: 2 },
      { ...first, revision: 3 },
    ]);
    expect(await again.revisions("none")).toEqual([]);
    expect(await again.trainings(0)).toEqual([{ name: "t", paramsRevision: 3, instances: 0, running: 0 }]);
  });

  test("of two that change the same revision at once one is taken", async () => {
    const { store, replica } = await openDriver(() => START_MS);
    await store.putParams("t", { paramsText: "{}", baseRevision: 0 });
    const both = await Promise.allSettled([
      store.putParams("t", { paramsText: '{"by":"a"}', baseRevision: 1 }),
      replica.putParams("t", { paramsText: '{"by":"b"}', baseRevision: 1 }),
    ]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const refused = both.find((one) => one.status === "rejected");
    expect(refused).toMatchObject({ reason: { code: "conflict", message: expect.stringContaining("revision 2") } });
    expect(await replica.revisions("t")).toHaveLength(2);
  });

  test(`more than ${LIMITS.paramsRevisions} revisions are refused`, async () => {
    const { store } = await openDriver(() => START_MS);
    for (let made = 0; made < LIMITS.paramsRevisions; made += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, i) => store.putParams("t", { paramsText: `{"n":${made + i}}` })));
    }
    await expect(store.putParams("t", { paramsText: "{}" })).rejects.toMatchObject({ code: "limit_exceeded" });
  });

  test("params that an instance was given are not replaced by those that a run found, whatever order they come in", async () => {
    const { store, replica } = await openDriver(() => START_MS);
    const given = { paramsText: '{"lr": 1}' };
    const found = { paramsText: '{"lr": 2}', paramsFrom: "workspace" } as const;
    const ofTraining = { paramsText: '{"lr": 3}', paramsFrom: "training", paramsRevision: 3 } as const;
    const paramsAfter = async (id: string, ...told: InstanceFacts[]) => {
      for (const facts of told) await store.putFacts(id, facts);
      const { paramsText, paramsRevision, paramsFrom } = (await replica.instance(id)).facts;
      return [paramsText, paramsRevision, paramsFrom];
    };
    expect(await paramsAfter("a", given, found)).toEqual(['{"lr": 1}', undefined, undefined]);
    expect(await paramsAfter("b", given, ofTraining)).toEqual(['{"lr": 1}', undefined, undefined]);
    expect(await paramsAfter("c", { paramsText: "{ }" }, ofTraining)).toEqual(['{"lr": 3}', 3, "training"]);
    expect(await paramsAfter("d", found, ofTraining, given)).toEqual(['{"lr": 1}', undefined, undefined]);
    // A process of the run that reads the same from its folder does not know the revision.
    const sameAsFound = { ...found, paramsText: ofTraining.paramsText };
    for (const [id, facts] of [
      ["e", [ofTraining, sameAsFound]],
      ["f", [sameAsFound, ofTraining]],
    ] as const) {
      expect(await paramsAfter(id, ...facts, { host: "node-7" })).toEqual(['{"lr": 3}', 3, "training"]);
    }
  });

  test("params that one process of a run adds to those of another are kept, whichever of both comes first", async () => {
    const { store, replica } = await openDriver(() => START_MS);
    const paramsBaseSum = createHash("sha256").update('{"lr": 1}').digest("hex");
    const base = { paramsText: '{"lr": 1}', paramsFrom: "training", paramsRevision: 3 } as const;
    const added = { paramsText: '{"lr": 1, "seed": 7}', paramsBaseSum };
    const addedAgain = { paramsText: '{"lr": 1, "seed": 7, "opt": "sgd"}', paramsBaseSum };
    for (const [id, told] of [
      ["a", [base, added, addedAgain]],
      ["b", [added, base, addedAgain]],
      ["c", [added, addedAgain, base]],
    ] as const) {
      for (const facts of told) await store.putFacts(id, facts);
      const { paramsText, paramsRevision } = (await replica.instance(id)).facts;
      expect([paramsText, paramsRevision]).toEqual([addedAgain.paramsText, 3]);
    }
    // Params that are new are taken: the program was started anew with others.
    await store.putFacts("a", { paramsText: '{"lr": 2}' });
    expect((await replica.instance("a")).facts).toMatchObject({ paramsText: '{"lr": 2}' });
  });

  test("a deleted training is in no list; putting it, or restoring one of its instances, brings it back with its params", async () => {
    const { store, replica, reopen } = await openDriver(() => START_MS);
    await store.putParams("t", { paramsText: '{"a":1}' });
    await store.putParams("u", { paramsText: '{"a":2}' });
    await store.takeRecords("one", new BatchWriter("writer-one", undefined, "u").log({ loss: 1 }, 1).body());
    await store.deleteInstance("one");
    for (const name of ["t", "u", "none"]) await store.deleteTraining(name);
    const again = (await reopen?.()) ?? replica;
    expect(await again.trainings(0)).toEqual([]);
    await expect(again.training("t")).rejects.toMatchObject({ code: "deleted" });
    await expect(again.revisions("t")).rejects.toMatchObject({ code: "deleted" });
    await again.putTraining("t", {});
    await again.restoreInstance("one");
    for (const name of ["t", "u"]) expect(await again.revisions(name)).toMatchObject([{ training: name, revision: 1 }]);
  });

  test("a deleted training is removed for good after seven days, with its params", async () => {
    let nowMs = START_MS;
    const { store, reopen } = await openDriver(() => nowMs);
    for (const name of ["kept", "old"]) await store.putParams(name, { paramsText: '{"a":1}' });
    await store.deleteTraining("old");
    await store.prune();
    nowMs += 8 * DAY_MS;
    await store.prune();
    const again = (await reopen?.()) ?? store;
    expect(await again.training("old")).toBeUndefined();
    expect(await again.putParams("old", { paramsText: "{}" })).toMatchObject({ revision: 1 });
    expect(await again.revisions("kept")).toHaveLength(1);
  });
});
