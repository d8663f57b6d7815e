import { MessageWriter } from "../protobuf/message-writer.js";
import { encodeTfRecord } from "./tf-record.js";

const VERSION = "brain.Event:2";

/** @param wallTime - seconds since 1970 @returns the record with which an event file begins */
export function encodeVersion(wallTime: number): Uint8Array {
  return encodeTfRecord(new MessageWriter().double(1, wallTime).content(3, VERSION).finish());
}

/** A value of a chart. */
export interface ScalarEvent {
  tag: string;
  /** An integer. */
  step: number;
  /** Seconds since 1970. */
  wallTime: number;
  value: number;
}

/** @param event - what is written @returns a record with it, in the form that every reader knows: the value is a float32 */
export function encodeScalar({ tag, step, wallTime, value }: ScalarEvent): Uint8Array {
  return summaryRecord(wallTime, step, new MessageWriter().content(1, tag).float(2, value));
}

/**
 * @param params - by name; what is not a number, a text or a boolean is its JSON text
 * @param wallTime - seconds since 1970
 * @returns a record with the hyper-parameters of a run
 */
export function encodeHparams(params: Readonly<Record<string, unknown>>, wallTime: number): Uint8Array {
  const session = Object.entries(params).reduce(
    (start, [name, value]) => start.content(1, new MessageWriter().content(1, name).content(2, encodeValue(value))),
    new MessageWriter(),
  );
  const content = new MessageWriter().content(3, session).finish();
  const plugin = new MessageWriter().content(1, "hparams").content(2, content);
  const metadata = new MessageWriter().content(1, plugin);
  return summaryRecord(wallTime, 0, new MessageWriter().content(1, "_hparams_/session_start_info").content(9, metadata));
}

function encodeValue(value: unknown): MessageWriter {
  if (typeof value === "number") return new MessageWriter().double(2, value);
  if (typeof value === "boolean") return new MessageWriter().integer(4, Number(value));
  return new MessageWriter().content(3, typeof value === "string" ? value : JSON.stringify(value));
}

function summaryRecord(wallTime: number, step: number, value: MessageWriter): Uint8Array {
  const summary = new MessageWriter().content(1, value);
  return encodeTfRecord(new MessageWriter().double(1, wallTime).integer(2, step).content(5, summary).finish());
}
