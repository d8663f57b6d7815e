import { join } from "node:path";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { testFolder } from "../../testing/folder.js";
import { openStore } from "./open.js";

test.each([
  ["DELETE FROM revisions WHERE revision = 2", "1 of 2 rows"],
  [`UPDATE revisions SET params = '{"lr": 3}' WHERE revision = 2`, "row training = t, revision = 2"],
])("params of which the newest revision is damaged are an error, never those before (%s)", async (statement, told) => {
  const dataDir = testFolder();
  const store = openStore({ dataDir });
  for (const lr of [1, 2]) await store.putParams("t", { paramsText: `{"lr": ${lr}}` });
  await store.close();
  const db = new Database(join(dataDir, "store.db"));
  expect(db.prepare(statement).run().changes).toBe(1);
  db.close();
  const warnings: string[] = [];
  const again = openStore({ dataDir, warn: (message) => warnings.push(message) });
  onTestFinished(() => again.close());
  expect(warnings.join("\n")).toMatch(told);
  await expect(again.revisions("t")).rejects.toMatchObject({ code: "store_damaged", message: expect.stringContaining("Revision 2") });
});
