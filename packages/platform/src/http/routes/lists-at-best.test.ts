import { describe, expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { testServer } from "../../testing/test-server.js";

describe("a column of what there was where a series was at its best", () => {
  test.each([
    ["at:step@min:val/loss", 3],
    ["at:epoch@min:val/loss", 1],
    ["at:loss@min:val/loss", 7],
    ["at:loss@max:val/loss", 9],
    ["at:step@max:val/loss", 1],
    // Of equal ones the last counts; what was not recorded there is what was recorded last before it.
    ["at:rare@min:val/loss", 100],
    ["at:step@min:negative", 2],
    ["at:step@min:zero", 4],
    ["at:`odd {name}`@min:`val/loss`", 5],
    ["at:step@min:val/loss{rank=0}", undefined],
    ["at:step@min:none", undefined],
    ["at:none@min:val/loss", undefined],
    ["at:step@min:`nothing but nan`", undefined],
  ])("%s", async (column, expected) => {
    const { app, store } = await testServer();
    const writer = new BatchWriter("writer-1");
    writer.log({ loss: 9, "val/loss": 5, rare: 100, negative: -1, zero: 0 }, 1, 0);
    writer.log({ loss: 8, "val/loss": 0.1, negative: -1.5, "nothing but nan": Number.NaN }, 2, 0);
    writer.log({ loss: 7, "val/loss": 0.1, negative: Number.NaN, zero: 0.5, "odd {name}": 5 }, 3, 1);
    writer.log({ loss: 6, "val/loss": 0.2, zero: 0 }, 4, 1);
    await store.takeRecords("one", writer.body());
    const read = async (): Promise<unknown> => {
      const answer = await app.inject({
        url: "/v1/instances",
        query: { columns: column },
      });
      expect(answer.statusCode).toBe(200);
      return Object.values(answer.json<{ instances: { values: object }[] }>().instances[0]!.values)[0];
    };
    expect(await read()).toBe(expected);
    // A better point later is found, whatever was answered before.
    if (column !== "at:step@min:val/loss") return;
    await store.takeRecords("one", writer.log({ "val/loss": 0.05 }, 9).body());
    expect(await read()).toBe(9);
  });
});
