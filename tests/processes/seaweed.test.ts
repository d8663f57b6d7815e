import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { HAS_SEAWEED, SEAWEED_ACCOUNT, SeaweedProcess } from "./seaweed.js";

it.skipIf(!HAS_SEAWEED)("SeaweedFS keeps an object, gives a range of it, and does not replace it where that is asked", async () => {
  const seaweed = await SeaweedProcess.start();
  const { accessKey: accessKeyId, secretKey: secretAccessKey } = SEAWEED_ACCOUNT;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint: seaweed.endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  const object = { Bucket: "runs", Key: "a/b" };
  await client.send(new CreateBucketCommand({ Bucket: "runs" }));
  const put = { ...object, Body: "0123456789", IfNoneMatch: "*" };
  await client.send(new PutObjectCommand(put));
  await expect(client.send(new PutObjectCommand({ ...put, Body: "other" }))).rejects.toMatchObject({ name: "PreconditionFailed" });
  const { Body } = await client.send(new GetObjectCommand({ ...object, Range: "bytes=2-4" }));
  expect(await Body?.transformToString()).toBe("234");
  client.destroy();
  await seaweed.remove();
});
