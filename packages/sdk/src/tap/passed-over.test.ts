import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openIntakes } from "./intake.js";

test("what a tap that was killed had counted is told by the next one, with what that one counts", async () => {
  const workspace = mkdtempSync(join(tmpdir(), "ava-tap-"));
  const facts = { token: "t", dialects: ["wandb"], instanceId: "wrapped", hasName: false, paramsText: "{}" };
  const config = { ...facts, workspace, startMs: 0, command: ["train"], workingFolder: "/", platformUrl: "http://127.0.0.1:9" };
  const notices: string[] = [];
  const open = () => openIntakes(config, { onJoined: () => undefined, onNotice: (message) => void notices.push(message) });
  const killed = await open();
  const { id } = await killed.clients.memory.open({ dialect: "wandb", training: "t", run: "r" }, {});
  killed.clients.memory.passOver(id, "media", 2);
  await killed.instances.close(0);
  const { clients, instances } = await open();
  clients.memory.passOver(id, "media", 1);
  clients.outlet.tellPassedOver();
  await instances.close(0);
  expect(notices.filter((message) => message.includes("no place"))).toEqual([
    "what instance wrapped logged and AVA has no place for: 3 media",
  ]);
});
