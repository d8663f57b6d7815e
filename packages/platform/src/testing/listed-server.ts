import { BatchWriter } from "./batch-writer.js";
import { type TestServer, testServer } from "./test-server.js";

/** @returns a server with three instances, for tests of lists */
export async function listedServer(): Promise<TestServer> {
  const server = await testServer();
  const { store } = server;
  const odd = '{"a b":1,"c`d":2,"flag":true,"text":"0.10","none":null,"big":9007199254740993}';
  const paramsText = `{"lr":0.10,"net":{"depth":50},"odd":${odd}}`;
  await store.putFacts("one", {
    training: "图像",
    name: "第一 run",
    host: "gpu-1",
    startTime: "2026-01-01T00:00:00Z",
    paramsText,
    tags: ["base line", "good"],
  });
  await store.putFacts("two", {
    training: "demo",
    host: "gpu-2",
    startTime: "2026-01-02T12:00:00+02:00",
    params: { lr: 1e-3 },
    state: "done",
    note: "lr=0.1 was worse",
  });
  await store.putFacts("three", { training: "demo", state: "failed", params: { lr: 1 } });
  await store.takeRecords("one", new BatchWriter("writer-1").log({ loss: 3, "val/loss": 0.5 }, 1).log({ loss: 1 }, 2).body());
  await store.takeRecords("two", new BatchWriter("writer-2").log({ loss: 2, "odd {name}": 7 }, 1).body());
  for (const rank of ["0", "1"]) {
    const writer = new BatchWriter(`writer-3-${rank}`, { rank, "big name": "a,b" });
    await store.takeRecords("three", writer.log({ loss: rank === "0" ? 9 : Number.NaN }, 1).body());
  }
  await store.checkpoint();
  return server;
}
