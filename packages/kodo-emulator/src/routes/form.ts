import { rmSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type Answer, Refusal } from "../answer.js";
import { readForm } from "../multipart-form.js";
import { type KodoRequest, readAll } from "../request.js";
import { type WrittenSegment, writeSegment } from "../store/write-segment.js";
import { checkUploadToken } from "../upload-policy.js";
import { checkBucket } from "./check-bucket.js";
import { makeObject } from "./make-object.js";

/** Documented limit of an upload by form. */
const MAX_FORM_FILE_BYTES = 1024 ** 3;

/** `POST /`: one object by form. */
export async function uploadForm(request: KodoRequest): Promise<Answer> {
  const fields: Record<string, string> = {};
  let crc = 0;
  let file: (WrittenSegment & { fileName: string; mimeType?: string }) | undefined;
  async function* checked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      crc = crc32(piece, crc);
      yield piece;
    }
  }
  try {
    await readForm(request.headers["content-type"], request.body, async ({ name, fileName, contentType }, bytes) => {
      if (name !== "file") {
        fields[name] = (await readAll(bytes)).toString();
        return;
      }
      if (file) throw new Refusal(400, "two files in one form");
      const written = await writeSegment(request.stores.objects.newSegment(), checked(bytes), MAX_FORM_FILE_BYTES);
      file = { ...written, fileName: fileName ?? "", ...(contentType === undefined ? {} : { mimeType: contentType }) };
    });
    const policy = checkUploadToken(request.account, fields["token"], request.nowMs);
    checkBucket(request, policy);
    if (!file) throw new Refusal(400, "the form has no file");
    if (fields["crc32"] !== undefined && Number(fields["crc32"]) !== crc) throw new Refusal(406, "crc32 is not that of the file");
    const { etag, bytes, fileName, mimeType } = file;
    return makeObject(request, policy, {
      key: fields["key"],
      hash: etag,
      segments: [{ file: file.file, bytes }],
      mimeType,
      fileName,
      variables: Object.fromEntries(Object.entries(fields).filter(([name]) => /^x(:|-qn-meta-)/.test(name))),
    });
  } catch (error) {
    if (file) rmSync(file.file, { force: true });
    throw error;
  }
}
