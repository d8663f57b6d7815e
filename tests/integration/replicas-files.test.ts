import { expect, onTestFinished, test } from "vitest";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { startReplicas } from "../processes/replicas.js";
import { HAS_SEAWEED, SEAWEED_ACCOUNT, SeaweedProcess } from "../processes/seaweed.js";

test.skipIf(POSTGRES_BIN === undefined || !HAS_SEAWEED)(
  "a file of a run that one replica took is given out by another, from the bucket of --blobs",
  async () => {
    const seaweed = await SeaweedProcess.start();
    onTestFinished(() => seaweed.remove());
    await seaweed.makeBucket("shared");
    const replicas = await startReplicas({ count: 2, blobs: `s3://shared/ava?endpoint=${seaweed.endpoint}`, blobKeys: SEAWEED_ACCOUNT });
    onTestFinished(() => replicas.stop());
    const [one, two] = replicas.platforms.map(({ url }) => url);
    const headers = { "content-type": "application/json" };
    expect((await fetch(`${one}/v1/instances/filed`, { method: "PUT", headers, body: '{"training":"t"}' })).status).toBe(200);
    const body = "content of a file";
    const put = await fetch(`${one}/v1/instances/filed/files/a/b.txt`, {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body,
    });
    expect(put.status).toBe(200);
    expect(await (await fetch(`${two}/v1/instances/filed/files/a/b.txt`)).text()).toBe(body);
  },
);
