import type { InstanceFacts } from "ava-protocol";
import { MessageReader } from "../protobuf/message-reader.js";

/** `session_end_info.status` of a run that failed. */
const FAILED = 2;

/** What `HParamsPluginData` tells of a run. */
export interface Hparams {
  /** JSON texts by name. */
  params: Map<string, string>;
  end?: InstanceFacts["state"];
}

/** @param content - of the plugin `hparams` @returns what it tells; nothing for lists of what other runs may have @throws DamagedMessageError */
export function readHparams(content: Uint8Array): Hparams {
  const reader = new MessageReader(content);
  const hparams: Hparams = { params: new Map() };
  while (reader.next()) {
    if (reader.field === 3) readStart(reader.message(), hparams.params);
    else if (reader.field === 4) hparams.end = readEnd(reader.message()) === FAILED ? "failed" : "done";
  }
  return hparams;
}

function readStart(reader: MessageReader, params: Map<string, string>): void {
  while (reader.next()) {
    if (reader.field !== 1) continue;
    const entry = reader.message();
    let [name, value] = ["", "null"];
    while (entry.next()) {
      if (entry.field === 1) name = entry.text();
      else if (entry.field === 2) value = readValue(entry.message());
    }
    params.set(name, value);
  }
}

/** A `google.protobuf.Value` as JSON text; numbers that are not finite stand in params as Python writes them. */
function readValue(reader: MessageReader): string {
  let text = "null";
  while (reader.next()) {
    if (reader.field === 2) text = String(reader.number());
    else if (reader.field === 3) text = JSON.stringify(reader.text());
    else if (reader.field === 4) text = String(reader.boolean());
  }
  return text;
}

function readEnd(reader: MessageReader): number {
  let status = 0;
  while (reader.next()) if (reader.field === 1) status = reader.integer();
  return status;
}
