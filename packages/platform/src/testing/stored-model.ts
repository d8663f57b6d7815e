import { createHash } from "node:crypto";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { testFolder } from "./folder.js";

/** A file as the SDK stores it, and the spec that the SDK registers it with. */
export interface StoredModel {
  path: string;
  spec: Record<string, unknown> & { name: string; file: string; key: string; bytes: number; hash: string };
}

/**
 * Stores a file in a new folder.
 *
 * @param name - name of the model
 * @param content - of the file
 * @param instance - that made it
 */
export function storedModel(name: string, content: Buffer | string, instance = "ins-1"): StoredModel {
  const key = `ava/default/models/${name}/snapshots/model.tar.gz`;
  const path = join(realpathSync(testFolder()), key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  const bytes = Buffer.byteLength(content);
  const hash = createHash("sha256").update(content).digest("hex");
  const trainingRef = { instanceID: instance, training: "t", metric: { epoch: 3 } };
  return { path, spec: { name, type: "snapshot", file: pathToFileURL(path).href, key, hash, bytes, params: { lr: 1 }, trainingRef } };
}
