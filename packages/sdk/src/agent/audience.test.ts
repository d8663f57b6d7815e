import { expect, test } from "vitest";
import type { SnapshotJob } from "../snapshot/job.js";
import { Audience, type RunClient } from "./audience.js";
import type { AnswerFields } from "./request.js";

class Listener implements RunClient {
  readonly told: AnswerFields[] = [];
  readonly host: string;

  constructor(host = "here") {
    this.host = host;
  }

  tell(event: AnswerFields): void {
    this.told.push(event);
  }
}

test("each client is told by the name that it has for the run, and one that is gone is not", () => {
  const [audience, one, other] = [new Audience(), new Listener(), new Listener("there")];
  audience.add(one, "/a/run");
  audience.add(other, "/b/run");
  audience.onNotice("first");
  audience.remove(one);
  audience.onNotice("second");
  expect(one.told).toEqual([{ event: "notice", message: "first", run: "/a/run" }]);
  expect(other.told.map(({ message, run }) => [message, run])).toEqual([
    ["first", "/b/run"],
    ["second", "/b/run"],
  ]);
  expect([audience.size, audience.has(one), audience.has(other)]).toEqual([1, false, true]);
});

test("one that comes late is told of a stop and of a trouble that lasts, not of one that is over", () => {
  const [audience, early] = [new Audience(), new Listener()];
  audience.onTrouble("ECONNREFUSED");
  audience.add(early, "/run");
  audience.catchUp(early);
  audience.onRecovered();
  audience.onStop("enough");
  const late = new Listener();
  audience.add(late, "/run");
  audience.catchUp(late);
  expect(early.told.map(({ event }) => event)).toEqual(["trouble", "recovered", "stop"]);
  expect(late.told).toEqual([{ event: "stop", run: "/run", reason: "enough" }]);
});

test("one that does not attend the run catches up with nothing", () => {
  const [audience, stranger] = [new Audience(), new Listener()];
  audience.onStop("enough");
  audience.catchUp(stranger);
  expect(stranger.told).toEqual([]);
});

test("what becomes of snapshots is told to clients, and to those who wait for one", () => {
  const [audience, client] = [new Audience(), new Listener()];
  audience.add(client, "/run");
  const results: object[] = [];
  audience.snapshotListeners.add((result) => void results.push(result));
  const job = { model: "m", stored: { url: "file:///m" } } as SnapshotJob;
  audience.onRegistered(job);
  audience.onSnapshotTrouble({ kind: "note", message: "slow" });
  expect(client.told).toEqual([
    { event: "registered", model: "m", url: "file:///m", run: "/run" },
    { event: "notice", message: "slow", run: "/run" },
  ]);
  expect(results).toEqual([{ registered: job }, { trouble: { kind: "note", message: "slow" } }]);
});
