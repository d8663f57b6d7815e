import { Refusal } from "./answer.js";

/** The head of one part of a form. */
export interface FormPart {
  name: string;
  fileName?: string;
  contentType?: string;
}

const MAX_HEAD_BYTES = 16 * 1024;

/**
 * Reads a `multipart/form-data` body of any length, in any order of its parts.
 *
 * @param contentType - the request's header
 * @param body - its bytes
 * @param take - gets each part with its bytes, which it has to read to the end
 * @throws Refusal 400 for a body that is not a form, or that breaks off
 */
export async function readForm(
  contentType: string | undefined,
  body: AsyncIterable<Uint8Array>,
  take: (part: FormPart, bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const [, quoted, bare] = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? "") ?? [];
  const boundary = quoted ?? bare;
  if (!boundary) throw new Refusal(400, "not a multipart/form-data body with a boundary");
  const source = body[Symbol.asyncIterator]();
  const mark = Buffer.from(`\r\n--${boundary}`);
  // A line end in front makes the first boundary look like the others.
  let held = Buffer.from("\r\n");
  const more = async () => {
    const { value, done } = await source.next();
    if (done) throw new Refusal(400, "the form breaks off");
    held = held.length === 0 ? Buffer.from(value) : Buffer.concat([held, value]);
  };
  async function* untilMark(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = held.indexOf(mark);
      const sure = at === -1 ? Math.max(0, held.length - mark.length + 1) : at;
      if (sure > 0) yield held.subarray(0, sure);
      held = held.subarray(at === -1 ? sure : at + mark.length);
      if (at !== -1) return;
      await more();
    }
  }
  for await (const preamble of untilMark()) if (preamble.length > MAX_HEAD_BYTES) throw new Refusal(400, "no form begins");
  for (;;) {
    while (held.length < 2) await more();
    if (held.subarray(0, 2).toString() === "--") break;
    let end = held.indexOf("\r\n\r\n");
    for (; end === -1; end = held.indexOf("\r\n\r\n")) {
      if (held.length > MAX_HEAD_BYTES) throw new Refusal(400, "a part's head is too long");
      await more();
    }
    const head = held.subarray(0, end).toString();
    held = held.subarray(end + 4);
    await take(readHead(head), untilMark());
  }
  for (let rest = await source.next(); !rest.done; rest = await source.next());
}

function readHead(head: string): FormPart {
  const disposition = /^content-disposition:\s*form-data;(.*)$/im.exec(head)?.[1] ?? "";
  const [, name] = /(?:^|[;\s])name="([^"]*)"/.exec(disposition) ?? [];
  const [, fileName] = /filename="((?:[^"\\]|\\.)*)"/.exec(disposition) ?? [];
  const [, contentType] = /^content-type:\s*(\S+)/im.exec(head) ?? [];
  if (name === undefined) throw new Refusal(400, "a part has no name");
  return { name, ...(fileName === undefined ? {} : { fileName }), ...(contentType === undefined ? {} : { contentType }) };
}
