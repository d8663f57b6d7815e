import { BLOCK_BYTES, composedEtag } from "ava-kodo";
import { type Answer, Refusal } from "../answer.js";
import { type KodoRequest, readAll } from "../request.js";
import type { Block } from "../store/block-store.js";
import { checkUploadToken, type UploadPolicy } from "../upload-policy.js";
import { checkBucket } from "./check-bucket.js";
import { makeObject } from "./make-object.js";

const CTX_LIFE_S = 24 * 3600;

/** `POST /mkblk/<size>` */
export function makeBlock(request: KodoRequest): Promise<Answer> {
  checkPolicy(request);
  return takeChunk(request, request.stores.blocks.begin(Number(request.caught[0])));
}

/** `POST /bput/<ctx>/<offset>` */
export async function putChunk(request: KodoRequest): Promise<Answer> {
  checkPolicy(request);
  const [ctx = "", offset] = request.caught;
  const block = request.stores.blocks.find(ctx);
  if (block.offset !== Number(offset)) throw new Refusal(701, "the offset is not that of the ctx");
  return takeChunk(request, block);
}

/** `POST /mkfile/<size>[/key/<b64>][/mimeType/<b64>]...` */
export async function makeFile(request: KodoRequest): Promise<Answer> {
  const policy = checkPolicy(request);
  const { blocks } = request.stores;
  const [size, rest = ""] = request.caught;
  const fields = readFields(rest);
  const text = (await readAll(request.body)).toString();
  const contexts = text === "" ? [] : text.split(",");
  const found = contexts.map((ctx) => blocks.find(ctx));
  checkBlocks(found, Number(size));
  return makeObject(request, policy, {
    key: fields["key"],
    hash: composedEtag(found.map((block) => blocks.etagPartOf(block))),
    segments: found.map(({ file, bytes }) => ({ file, bytes })),
    mimeType: fields["mimeType"],
    fileName: fields["fname"] ?? "",
    variables: Object.fromEntries(Object.entries(fields).filter(([name]) => /^x(:|-qn-meta-)/.test(name))),
    isOldKind: true,
  });
}

function checkPolicy(request: KodoRequest): UploadPolicy {
  const [kind, token] = (request.headers.authorization ?? "").split(" ");
  const policy = checkUploadToken(request.account, kind === "UpToken" ? token : undefined, request.nowMs);
  checkBucket(request, policy);
  return policy;
}

async function takeChunk(request: KodoRequest, block: Block): Promise<Answer> {
  const chunk = await request.stores.blocks.append(block, request.body);
  const host = `http://${request.headers.host}`;
  return { status: 200, json: { ...chunk, host, expired_at: Math.floor(request.nowMs / 1000) + CTX_LIFE_S } };
}

function readFields(rest: string): Record<string, string> {
  const words = rest.split("/").filter(Boolean).map(decodeURIComponent);
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < words.length; at += 2) fields[words[at] ?? ""] = Buffer.from(words[at + 1] ?? "", "base64url").toString();
  return fields;
}

function checkBlocks(blocks: readonly Block[], size: number): void {
  const bytes = blocks.reduce((sum, block) => sum + block.bytes, 0);
  if (bytes !== size) throw new Refusal(400, `the blocks have ${bytes} bytes, not ${size}`);
  if (blocks.some(({ bytes: all, offset }) => offset !== all)) throw new Refusal(701, "a block is not complete");
  if (blocks.slice(0, -1).some((block) => block.bytes !== BLOCK_BYTES)) throw new Refusal(400, "only the last block may be short");
}
