import { closeSync, openSync, readSync } from "node:fs";
import { beginsSession, TfRecordReader } from "ava-dialects";

/** The first records of a file are within these bytes. */
const BEGINNING_BYTES = 65_536;
/** Version, experiment, session. */
const MOST_RECORDS = 3;

/** @param file - an event file @returns the contents of its first records; none of a file that cannot be read */
export function firstRecords(file: string): Uint8Array[] {
  const reader = new TfRecordReader();
  try {
    const fd = openSync(file, "r");
    try {
      const bytes = new Uint8Array(BEGINNING_BYTES);
      reader.feed(bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0)));
    } finally {
      closeSync(fd);
    }
  } catch {
    // What reads the file to its end tells why it cannot be read.
    return [];
  }
  const records: Uint8Array[] = [];
  while (records.length < MOST_RECORDS) {
    const record = reader.next();
    if (!record) break;
    records.push(record.content);
  }
  return records;
}

/** @param file - the first event file of a folder @returns whether the folder is a run of its own, with params: what `add_hparams` writes below the folder of its writer */
export function isSession(file: string): boolean {
  return firstRecords(file).some(beginsSession);
}
