import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  composedEtag,
  decodeUploadToken,
  encodedEntry,
  operationPath,
  privateUrl,
  qboxAuthorization,
  qetag,
  qiniuAuthorization,
  uploadToken,
  urlsafeBase64,
} from "./index.js";

interface Vector {
  name: string;
  input: Record<string, never>;
  output: Record<string, never>;
}

const file = JSON.parse(readFileSync(new URL("../../../tests/vectors/kodo-vectors.json", import.meta.url), "utf8")) as {
  credentials: { accessKey: string; secretKey: string };
  groups: Record<string, { vectors: Vector[] }>;
};
const { accessKey, secretKey } = file.credentials;

function contentOf({ size, text }: { size?: number; text?: string }): Buffer {
  if (text !== undefined) return Buffer.from(text);
  const bytes = Buffer.alloc(size ?? 0);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = (i * 31 + 7) % 251;
  return bytes;
}

function split(content: Buffer, partBytes: readonly number[]): Buffer[] {
  let at = 0;
  return partBytes.map((bytes) => content.subarray(at, (at += bytes)));
}

async function hashAllWays(content: Buffer): Promise<string[]> {
  const odd = Array.from({ length: Math.ceil(content.length / 100_003) }, (_, i) => content.subarray(i * 100_003, (i + 1) * 100_003));
  return Promise.all([qetag(content), qetag(odd), qetag(Readable.from(odd))]);
}

const base64Parts = (path: string) => path.split("/");

/** What each group of vectors asks for: input to output. */
const CHECKS: Record<string, (input: never, output: never) => unknown> = {
  uploadToken: (
    { putPolicy, nowUnix }: { putPolicy: { scope: string }; nowUnix: number },
    output: { token: string; policyJson: string },
  ) => {
    expect(uploadToken(putPolicy, accessKey, secretKey, nowUnix * 1000)).toBe(output.token);
    expect(uploadToken(JSON.parse(output.policyJson), accessKey, secretKey)).toBe(output.token);
  },
  decodeUploadToken: ({ token }: { token: string }, output: object) => expect(decodeUploadToken(token)).toMatchObject(output),
  privateUrl: ({ domain, key, deadline }: { domain: string; key: string; deadline: number }, { url }: { url: string }) =>
    expect(privateUrl(`${domain}/${key}`, deadline, accessKey, secretKey)).toBe(url),
  privateUrlFromBase: ({ baseUrl, deadline }: { baseUrl: string; deadline: number }, { url }: { url: string }) =>
    expect(privateUrl(baseUrl, deadline, accessKey, secretKey)).toBe(url),
  qboxAuthorization: (input: { url: string }, output: { authorization: string }) =>
    expect(qboxAuthorization(input, accessKey, secretKey)).toBe(output.authorization),
  qiniuAuthorization: (input: { url: string }, output: { authorization: string }) =>
    expect(qiniuAuthorization(input, accessKey, secretKey)).toBe(output.authorization),
  qiniuAuthorizationPort: (input: { url: string }, output: { authorization: string }) =>
    expect(qiniuAuthorization(input, accessKey, secretKey)).toBe(output.authorization),
  // That client signs another Host than it sends; code that has to agree with it gives the Host that was signed.
  qiniuAuthorizationNodePortQuirk: (input: { url: string }, output: { authorization: string }) => {
    const { host, port } = new URL(input.url);
    const headers = { ...(input as { headers?: Record<string, string> }).headers, Host: `${host}:${port}` };
    expect(qiniuAuthorization({ ...input, headers }, accessKey, secretKey)).toBe(output.authorization);
  },
  encodedEntry: ({ bucket, key }: { bucket: string; key?: string }, output: { encodedEntryURI: string }) =>
    expect(encodedEntry(bucket, key)).toBe(output.encodedEntryURI),
  urlsafeBase64: ({ text }: { text: string }, { encoded }: { encoded: string }) => expect(urlsafeBase64(text)).toBe(encoded),
  operationPath: ({ op, args }: { op: keyof typeof operationPath; args: [] }, { path }: { path: string }) =>
    expect((operationPath[op] as (...all: unknown[]) => string)(...args)).toBe(path),
  qetag: async (input: { size?: number; text?: string }, { etag }: { etag: string }) =>
    expect(new Set(await hashAllWays(contentOf(input)))).toEqual(new Set([etag])),
  composedEtag: async (input: { size: number; partSizes: number[] }, output: { etag: string; partEtags: string[] }) => {
    const parts = split(contentOf(input), input.partSizes);
    expect(await Promise.all(parts.map((part) => qetag(part)))).toEqual(output.partEtags);
    expect(composedEtag(parts)).toBe(output.etag);
    expect(composedEtag(output.partEtags.map((etag, i) => ({ etag, size: input.partSizes[i] as number })))).toBe(output.etag);
  },
  blockChecksum: ({ size, blockSize }: { size: number; blockSize: number }, output: unknown) => {
    const sizes = Array.from({ length: Math.ceil(size / blockSize) }, (_, i) => Math.min(blockSize, size - i * blockSize));
    const checksums = split(contentOf({ size }), sizes).map((block, i) => ({
      offset: i * blockSize,
      size: block.length,
      crc32: crc32(block),
      md5Hex: createHash("md5").update(block).digest("hex"),
      sha1UrlsafeBase64: urlsafeBase64(createHash("sha1").update(block).digest()),
    }));
    expect(checksums).toEqual(output);
  },
  // What an upload sends is replayed against the emulator; here: that its paths are made of our pieces.
  wire: ({ call, args, key, mimeType, fname, size, version }: WireInput, requests: { path: string }[]) => {
    const paths = requests.map(({ path }) => path);
    if (call === "stat" || call === "delete" || call === "copy") {
      expect(paths).toEqual([(operationPath[call] as (...all: unknown[]) => string)(...(args ?? []))]);
    } else if (call === "resume.putFileV2" && version === "v1") {
      const keyPath = key === null ? "" : `/key/${urlsafeBase64(key)}`;
      const mkfile = `/mkfile/${size}${keyPath}/mimeType/${urlsafeBase64(mimeType)}/fname/${urlsafeBase64(fname)}`;
      expect(paths.at(-1)?.startsWith(mkfile)).toBe(true);
    } else if (call === "resume.putFileV2") {
      expect(base64Parts(paths[0] ?? "")[4]).toBe(key === null ? "~" : urlsafeBase64(key));
    } else {
      expect(call).toMatch(/^(form\.|listPrefix|listBucketDomains)/);
    }
  },
};

interface WireInput {
  call: string;
  args?: unknown[];
  key: string | null;
  mimeType: string;
  fname: string;
  size: number;
  version?: string;
}

describe.each(Object.entries(file.groups))("vectors of %s", (group, { vectors }) => {
  it.each(vectors)("$name", async ({ input, output }) => {
    await CHECKS[group]?.(input as never, output as never);
    expect(CHECKS[group]).toBeDefined();
  });
});
