import type { Labels } from "ava-protocol";
import type { RunRecord } from "../ports.js";
import { DamagedMessageError } from "../protobuf/message-reader.js";
import { nsOfSeconds } from "../seconds.js";
import { readEvent, type SummaryValue, type TagMetadata, type TensorEvent } from "./event.js";
import { readHparams } from "./hparams.js";
import { histogramOfMessage, histogramOfTensor, imagesOf, type Media, mediaOfMessage, soundsOf } from "./media.js";
import { readTensor } from "./tensor.js";

/** Name of this dialect, and of the member of the params for what TensorBoard alone has of a run. */
export const TENSORBOARD = "tensorboard";

/** Longest text that stands among the params; every text is a file, too. */
const MOST_TEXT_CHARS = 16_384;
/** Files that are kept of one folder: histograms of all layers in every epoch are more than a person looks at, and than a file system likes. */
const MOST_FILES = 10_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A file of a run, with its content. */
export interface FileContent {
  /** Below the files of the run. */
  path: string;
  content: Uint8Array;
}

/** What events mean. */
export interface Translation {
  records: RunRecord[];
  files: FileContent[];
  /** Understood and not kept, by kind. */
  passedOver: Map<string, number>;
  /** Least and greatest time of an event, in seconds since 1970; absent before the first. */
  wallTimes?: { first: number; last: number };
}

/** @returns a translation to which events can be added */
export function newTranslation(): Translation {
  return { records: [], files: [], passedOver: new Map() };
}

/** Reads the events of one folder, whose files are one run: what the first value of a tag says holds for the others. Without I/O. */
export class EventTranslator {
  /** Of all series from now on. */
  labels: Labels;
  private readonly folder: string;
  private readonly tags = new Map<string, TagMetadata>();
  /** Tags of which a text stands among the params. */
  private readonly texts = new Set<string>();
  private files = 0;

  /** @param labels - of all its series @param subfolder - below the folder of the run, `/` between; empty for the folder itself */
  constructor(labels: Labels = {}, subfolder = "") {
    this.labels = labels;
    this.folder = [TENSORBOARD, ...subfolder.split("/").filter(Boolean)].join("/");
  }

  /**
   * @param content - of a record
   * @param to - gets what it means; of what is not an event, the count
   */
  translate(content: Uint8Array, to: Translation): void {
    try {
      this.add(readEvent(content), to);
    } catch (error) {
      if (!(error instanceof DamagedMessageError)) throw error;
      count(to, "damaged records");
    }
  }

  private add(event: TensorEvent, to: Translation): void {
    if (Number.isNaN(event.wallTime)) return count(to, "events without a time");
    const { first, last } = to.wallTimes ?? { first: event.wallTime, last: event.wallTime };
    to.wallTimes = { first: Math.min(first, event.wallTime), last: Math.max(last, event.wallTime) };
    if (event.other !== undefined) count(to, event.other);
    if (event.isStart && event.step > 0) {
      to.records.push({ kind: "event", event: { event: "resume", step: event.step, timeNs: String(nsOfSeconds(event.wallTime)) } });
    }
    for (const value of event.values) {
      // The first one of a tag speaks for all.
      if (value.metadata && !this.tags.has(value.tag)) this.tags.set(value.tag, value.metadata);
      this.addValue(value, event, to);
    }
  }

  private addValue(value: SummaryValue, event: TensorEvent, to: Translation): void {
    const { tag, simpleValue, tensor } = value;
    if (simpleValue !== undefined) return this.addPoint(tag, simpleValue, event, to);
    if (value.image) return this.addFiles("images", tag, event.step, [mediaOfMessage(value.image)], to);
    if (value.audio) return this.addFiles("audio", tag, event.step, [mediaOfMessage(value.audio)], to);
    if (value.histogram) return this.addFiles("histograms", tag, event.step, [histogramOfMessage(value.histogram)], to);
    const metadata = value.metadata?.plugin ? value.metadata : this.tags.get(tag);
    if (metadata?.plugin === "hparams") return addHparams(metadata.content, to);
    if (tensor) this.addTensor(tag, tensor, metadata, event, to);
  }

  private addTensor(tag: string, bytes: Uint8Array, metadata: TagMetadata | undefined, event: TensorEvent, to: Translation): void {
    const tensor = readTensor(bytes);
    const [first] = tensor.numbers;
    if (metadata?.isScalar && tensor.numbers.length === 1) return this.addPoint(tag, first as number, event, to);
    switch (metadata?.plugin) {
      case "images":
        return this.addFiles("images", tag, event.step, imagesOf(tensor), to);
      case "audio":
        return this.addFiles("audio", tag, event.step, soundsOf(tensor), to);
      case "histograms":
        return this.addFiles("histograms", tag, event.step, [histogramOfTensor(tensor)], to);
      case "text":
        return this.addText(tag.replace(/\/text_summary$/, ""), tensor.texts.map((text) => decoder.decode(text)).join("\n\n"), event, to);
      default:
        return count(to, metadata?.plugin || "tensors");
    }
  }

  private addPoint(name: string, value: number, { step, wallTime }: TensorEvent, to: Translation): void {
    to.records.push({ kind: "points", series: [{ name, labels: this.labels }], step, timeNs: nsOfSeconds(wallTime), values: [value] });
  }

  private addText(tag: string, text: string, { step }: TensorEvent, to: Translation): void {
    this.addFiles("texts", tag, step, [{ extension: "md", content: encoder.encode(text) }], to);
    // The first one is the configuration, where it is one; a sample of each step is not to make the params longer and longer.
    if (text.length > MOST_TEXT_CHARS || this.texts.has(tag)) return;
    this.texts.add(tag);
    to.records.push({ kind: "params", within: [TENSORBOARD, "texts"], members: new Map([[tag, JSON.stringify(text)]]) });
  }

  private addFiles(kind: string, tag: string, step: number, media: readonly Media[], to: Translation): void {
    for (const [index, { extension, content }] of media.entries()) {
      if (this.files >= MOST_FILES) {
        count(to, `${kind} beyond the first ${MOST_FILES} files`);
        continue;
      }
      this.files += 1;
      const name = media.length > 1 ? `${step}-${index}` : String(step);
      to.files.push({ path: `${this.folder}/${kind}/${pathOf(tag)}/${name}.${extension}`, content });
    }
  }
}

function addHparams(content: Uint8Array, to: Translation): void {
  const { params, end } = readHparams(content);
  if (params.size > 0) to.records.push({ kind: "params", within: [], members: params });
  if (end === "failed") to.records.push({ kind: "facts", facts: { state: end, end: {} } });
}

/** @param tag - with `/` between its parts @returns a path below a folder, on every system */
function pathOf(tag: string): string {
  const parts = tag.normalize("NFC").split("/").filter(Boolean);
  const plain = parts.map((part) =>
    part
      .replaceAll(/[\\:*?"<>|\p{Cc}\p{Cs}]/gu, "_")
      .replace(/^\.+$/, "_")
      .slice(0, 100),
  );
  return plain.slice(0, 8).join("/") || "_";
}

function count({ passedOver }: Translation, kind: string): void {
  passedOver.set(kind, (passedOver.get(kind) ?? 0) + 1);
}
