import { MessageReader } from "../protobuf/message-reader.js";

/** `SessionLog.status`: a writer began, maybe again. */
const SESSION_START = 1;

/** One record of an event file. */
export interface TensorEvent {
  /** Seconds since 1970. */
  wallTime: number;
  step: number;
  values: SummaryValue[];
  /** A writer began here. */
  isStart: boolean;
  /** What else it holds, by kind: a graph and the like. */
  other: string | undefined;
}

/** A value of one tag. */
export interface SummaryValue {
  tag: string;
  simpleValue?: number;
  /** Messages of the kinds that the first version had. */
  image?: Uint8Array;
  histogram?: Uint8Array;
  audio?: Uint8Array;
  /** A `TensorProto`. */
  tensor?: Uint8Array;
  metadata?: TagMetadata;
}

/** What the first value of a tag says of all of them. */
export interface TagMetadata {
  plugin: string;
  content: Uint8Array;
  isScalar: boolean;
}

/** @param content - of a record @returns the event @throws DamagedMessageError */
export function readEvent(content: Uint8Array): TensorEvent {
  const reader = new MessageReader(content);
  const event: TensorEvent = { wallTime: 0, step: 0, values: [], isStart: false, other: undefined };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        event.wallTime = reader.number();
        break;
      case 2:
        event.step = reader.integer();
        break;
      case 4:
      case 9:
        event.other = "graphs";
        break;
      case 5:
        event.values = readSummary(reader.message());
        break;
      case 7:
        event.isStart = readStatus(reader.message()) === SESSION_START;
        break;
      case 8:
        event.other = "run metadata";
        break;
    }
  }
  return event;
}

function readSummary(reader: MessageReader): SummaryValue[] {
  const values: SummaryValue[] = [];
  while (reader.next()) if (reader.field === 1) values.push(readValue(reader.message()));
  return values;
}

function readValue(reader: MessageReader): SummaryValue {
  const value: SummaryValue = { tag: "" };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        value.tag = reader.text();
        break;
      case 2:
        value.simpleValue = reader.number();
        break;
      case 4:
        value.image = reader.content();
        break;
      case 5:
        value.histogram = reader.content();
        break;
      case 6:
        value.audio = reader.content();
        break;
      case 8:
        value.tensor = reader.content();
        break;
      case 9:
        value.metadata = readMetadata(reader.message());
        break;
    }
  }
  return value;
}

function readMetadata(reader: MessageReader): TagMetadata {
  const metadata: TagMetadata = { plugin: "", content: new Uint8Array(), isScalar: false };
  while (reader.next()) {
    if (reader.field === 4) metadata.isScalar ||= reader.integer() === 1;
    if (reader.field !== 1) continue;
    const plugin = reader.message();
    while (plugin.next()) {
      if (plugin.field === 1) metadata.plugin = plugin.text();
      else if (plugin.field === 2) metadata.content = plugin.content();
    }
  }
  metadata.isScalar ||= metadata.plugin === "scalars";
  return metadata;
}

function readStatus(reader: MessageReader): number {
  let status = 0;
  while (reader.next()) if (reader.field === 1) status = reader.integer();
  return status;
}
