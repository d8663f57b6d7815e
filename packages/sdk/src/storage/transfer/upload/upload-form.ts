import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { qetag } from "ava-kodo";
import type { KodoClient } from "./kodo-client.js";
import type { ProgressMeter } from "./progress-meter.js";
import type { SourceFile } from "./source-file.js";
import { checkStored, type UploadTarget } from "./stored-answer.js";

/**
 * Uploads a small file in one request.
 *
 * @param kodo - the services
 * @param source - the file, which is read into memory
 * @param target - where to
 * @param meter - told the bytes
 * @param signal - ends the upload
 * @returns the hash, which Kodo's answer agreed with
 * @throws AvaError SOURCE_CHANGED, HASH_MISMATCH, ABORTED, HTTP_STATUS, and those of the network
 */
export async function uploadForm(
  kodo: KodoClient,
  source: SourceFile,
  target: UploadTarget,
  meter: ProgressMeter,
  signal?: AbortSignal,
): Promise<string> {
  const content = Buffer.allocUnsafeSlow(source.bytes);
  await source.read(content, 0);
  await source.assertUnchanged();
  const hash = await qetag(content);
  const boundary = `ava-${randomBytes(16).toString("hex")}`;
  const body = () => {
    const fields = { token: target.credential.current(), key: target.key, crc32: String(crc32(content)) };
    return formBody(boundary, fields, target.fileName, content);
  };
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
  const renew = () => target.credential.renew();
  await kodo.call(target.hosts, { method: "POST", path: "/", headers, body, renew, signal }, (answer) => checkStored(answer, target, hash));
  meter.add(source.bytes);
  return hash;
}

function formBody(boundary: string, fields: Readonly<Record<string, string>>, fileName: string, content: Uint8Array): Buffer {
  const head = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const name = fileName.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return Buffer.concat([Buffer.from(head.join("") + file), content, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}
