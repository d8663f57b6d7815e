import { toWireNumber } from "ava-protocol";
import { MessageReader } from "../protobuf/message-reader.js";
import type { Tensor } from "./tensor.js";

const encoder = new TextEncoder();

/** Content of a file, and the end of its name. */
export interface Media {
  extension: string;
  content: Uint8Array;
}

/** First bytes of pictures and sounds. */
const SIGNATURES: readonly [extension: string, bytes: string][] = [
  ["png", "\x89PNG"],
  ["jpg", "\xff\xd8\xff"],
  ["gif", "GIF8"],
  ["webp", "RIFF....WEBP"],
  ["wav", "RIFF"],
];

/** @param bytes - a `Summary.Image` or `Summary.Audio`, whose encoded content is the field 4 @returns the file that it holds @throws DamagedMessageError */
export function mediaOfMessage(bytes: Uint8Array): Media {
  const reader = new MessageReader(bytes);
  let content: Uint8Array = new Uint8Array();
  while (reader.next()) if (reader.field === 4) content = reader.content();
  return mediaOf(content);
}

/** @param tensor - of the plugin `images`: width, height, then pictures @returns the pictures */
export function imagesOf({ texts }: Tensor): Media[] {
  return texts.slice(2).map(mediaOf);
}

/** @param tensor - of the plugin `audio`: a sound and its label in turn @returns the sounds */
export function soundsOf({ texts, shape }: Tensor): Media[] {
  const width = shape[1] ?? 1;
  return texts.filter((_, index) => index % width === 0).map(mediaOf);
}

/** @param bytes - a `HistogramProto` @returns it as JSON: buckets with their bounds @throws DamagedMessageError */
export function histogramOfMessage(bytes: Uint8Array): Media {
  const reader = new MessageReader(bytes);
  const [limits, counts]: [number[], number[]] = [[], []];
  let [least, most] = [Number.NaN, Number.NaN];
  while (reader.next()) {
    if (reader.field === 1) least = reader.number();
    else if (reader.field === 2) most = reader.number();
    else if (reader.field === 6) reader.addNumbers("double", limits);
    else if (reader.field === 7) reader.addNumbers("double", counts);
  }
  // A bucket ends at its limit; the outer ones at what was met.
  const within = (value: number) => Math.min(Math.max(value, least), most);
  return histogramOf(limits.map((limit, at) => [within(at === 0 ? least : (limits[at - 1] as number)), within(limit), counts[at] ?? 0]));
}

/** @param tensor - of the plugin `histograms`: left, right and count of each bucket @returns it as JSON */
export function histogramOfTensor({ numbers }: Tensor): Media {
  const rows = Array.from({ length: Math.floor(numbers.length / 3) }, (_, row) => numbers.slice(row * 3, row * 3 + 3));
  return histogramOf(rows);
}

function histogramOf(rows: readonly (readonly number[])[]): Media {
  const buckets = rows.filter(([, , count]) => count !== 0).map((row) => row.map(toWireNumber));
  return { extension: "json", content: encoder.encode(`${JSON.stringify({ buckets })}\n`) };
}

function mediaOf(content: Uint8Array): Media {
  const isLike = (signature: string) =>
    [...signature].every((char, index) => char === "." || content[index] === char.charCodeAt(0)) && content.length >= signature.length;
  return { extension: SIGNATURES.find(([, signature]) => isLike(signature))?.[0] ?? "bin", content };
}
