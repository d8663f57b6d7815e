import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

let platform: PlatformProcess;
let env: Record<string, string>;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
  env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
  for (const id of ["one", "two"]) await runAva(["run", "--quiet", "--id", id, "--", "true"], env);
});

afterAll(() => platform.stop());

async function ava(...args: string[]): Promise<[exitCode: number | null, stdout: string, stderr: string]> {
  const { exitCode, stdout, stderr } = await runAva(args, env);
  return [exitCode, stdout.toString(), stderr.toString()];
}

test("tags are added to an instance and removed from several, and printed", async () => {
  expect(await ava("tag", "one", "good", "基线", "good")).toEqual([0, "one\tgood\t基线\n", ""]);
  expect(await ava("tag", "one")).toEqual([0, "one\tgood\t基线\n", ""]);
  expect(await ava("tag", "one", "two", "--add", "night", "--remove", "good")).toEqual([0, "one\t基线\tnight\ntwo\tnight\n", ""]);
  const [, json] = await ava("tag", "two", "--remove", "night", "--json");
  expect(JSON.parse(json)).toEqual({ id: "two", tags: [] });
  expect((await ava("ls", "--filter", "tag=night", "--columns", "state"))[1]).toBe("one\tdone\n");
  expect(await ava("tag", "one", "x".repeat(200))).toEqual([1, "", expect.stringContaining("tag")]);
  expect(await ava("tag", "one", "--add", "a", "--remove", "a")).toEqual([2, "", "ava-sdk: tag a is to be added and to be removed\n"]);
});

test("what is deleted is gone from lists and comes back; one that is not there is told, the others are done", async () => {
  const [exitCode, stdout, stderr] = await ava("rm", "two", "none");
  expect([exitCode, stdout]).toEqual([1, "two is deleted; for seven days it comes back with: ava-sdk rm --undo two\n"]);
  expect(stderr).toContain("There is no instance none.");
  expect((await ava("ls", "--columns", "state"))[1]).toBe("one\tdone\n");
  expect((await ava("show", "two"))[2]).toContain("was deleted");
  const [, json] = await ava("rm", "--undo", "--json", "two");
  expect(JSON.parse(json)).toEqual({ id: "two", deleted: false, state: "done" });
  expect((await ava("show", "two"))[0]).toBe(0);
});

test("stop tells that a run is asked to, with its state and the reason as JSON", async () => {
  const run = startAva(["run", "--quiet", "--id", "long", "--grace", "5", "--", "sh", "-c", "while echo on; do sleep 0.2; done"], env);
  await waitFor(async () => (await ava("show", "long"))[0] === 0, "the run is on the platform");
  const [, json] = await ava("stop", "long", "--reason", "enough", "--json");
  expect(JSON.parse(json)).toEqual({ id: "long", state: "running", stopRequested: { reason: "enough", time: expect.any(String) } });
  await run.result;
  expect((await ava("ls", "--filter", "id=long"))[1]).toContain("\tfailed\t");
  expect(await ava("stop", "long")).toEqual([0, "long is asked to stop\n", ""]);
});
