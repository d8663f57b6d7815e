import { statSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { EventTranslator, nsOfSeconds, print64, TENSORBOARD, timeText } from "ava-dialects";
import { EventFile } from "../../event-files/event-file.js";
import { findEventFiles, placeOf, type RunPlace } from "../../event-files/find-event-files.js";
import { firstRecords, isSession } from "../../event-files/first-records.js";
import type { ImportSource, SourcePiece, SourceRun, SourceStream } from "../source.js";

/** Read at a time. */
const PIECE_BYTES = 4_194_304;

/** What is imported of a log folder. */
export interface TensorboardSourceOptions {
  /** Training of all runs. */
  training: string;
  /** Every folder is a run, as TensorBoard shows them, also those that belong to one run. */
  isSeparate: boolean;
}

/**
 * @param root - folder with event files in it or below, or one event file
 * @param options - what is imported
 * @returns its runs: files of one folder are one run, in the order of their names
 */
export function tensorboardSource(root: string, options: TensorboardSourceOptions): ImportSource {
  const isFolder = statSync(root).isDirectory();
  const files = isFolder ? findEventFiles(root) : [root];
  const byFolder = new Map<string, string[]>();
  for (const file of files) byFolder.set(dirname(file), [...(byFolder.get(dirname(file)) ?? []), file]);
  const folders = new Set(byFolder.keys());
  const standsAlone = (folder: string) => options.isSeparate || isSession(byFolder.get(folder)?.[0] ?? "");
  const top = isFolder ? root : dirname(root);
  const byRun = new Map<string, Part[]>();
  for (const [folder, own] of byFolder) {
    const place = placeOf(folder, top, folders, standsAlone);
    byRun.set(place.folder, [...(byRun.get(place.folder) ?? []), { ...place, files: own }]);
  }
  return {
    totalBytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
    runs: [...byRun].map(([folder, parts]) => {
      // What is imported has no path below itself.
      const name = relative(top, folder).split(sep).join("/") || basename(resolve(root));
      return runOf(name, parts, options.training);
    }),
  };
}

type Part = RunPlace & { files: readonly string[] };

function runOf(name: string, parts: readonly Part[], training: string): SourceRun {
  const times = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  return {
    key: { dialect: TENSORBOARD, training, run: JSON.stringify([name, identityOf(parts[0]?.files[0] ?? "")]) },
    streams: parts.flatMap(({ part, files }) => {
      const translator = new EventTranslator(part === "" ? {} : { run: part }, part);
      return files.map((file) => streamOf(file, part, translator, times));
    }),
    facts: () => ({
      name,
      state: "done",
      ...(times.first <= times.last ? { startTime: timeText(nsOfSeconds(times.first)), stopTime: timeText(nsOfSeconds(times.last)) } : {}),
    }),
  };
}

/** Of two folders with the same name only one has this first file: its name has time, host and process in it, and its first record a time to the microsecond. */
function identityOf(file: string): string {
  return `${basename(file)} ${print64(String(firstRecords(file)[0] ?? "")).toString(36)}`;
}

function streamOf(path: string, part: string, translator: EventTranslator, times: { first: number; last: number }): SourceStream {
  return {
    name: `${part}/${basename(path)}`,
    *pieces(): Generator<SourcePiece> {
      const file = new EventFile(path, translator);
      let readBytes = 0;
      for (let events = file.read(PIECE_BYTES); events; events = file.read(PIECE_BYTES)) {
        const { wallTimes, endOffset } = events;
        if (wallTimes) {
          times.first = Math.min(times.first, wallTimes.first);
          times.last = Math.max(times.last, wallTimes.last);
        }
        yield { ...events, bytes: endOffset - readBytes };
        readBytes = endOffset;
      }
    },
  };
}
