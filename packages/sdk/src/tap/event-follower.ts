import { dirname, relative } from "node:path";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { EventTranslator, nsOfSeconds, type Read, type Sink, TENSORBOARD, timeText } from "ava-dialects";
import type { Labels } from "ava-protocol";
import { EventFile, type ReadEvents } from "../event-files/event-file.js";
import type { EventFileFinder } from "../event-files/event-file-finder.js";
import { placeOf } from "../event-files/find-event-files.js";
import { isSession } from "../event-files/first-records.js";

/** Read of one file at a time, in some milliseconds: clients of other trackers are answered in between. */
const PIECE_BYTES = 262_144;
/** Files of one command that are followed; a sweep writes some for each of its trials. */
const MOST_FILES = 2_000;

/** What is followed, and for whom. */
export interface EventFollowerOptions {
  finder: EventFileFinder;
  /** The first run joins the wrapped instance. */
  sink: Sink & Read;
  training: string;
  /** Of the wrapped instance: a folder is written to by many commands. */
  instanceId: string;
  workingFolder: string;
  /** A client of another tracker logs to the same instance. */
  hasClient: () => boolean;
  onNotice(message: string): void;
}

/** A folder with event files. */
interface Followed {
  id: string;
  part: string;
  translator: EventTranslator;
}

/** Reads the event files that a command writes, as they grow, into its instance. */
export class EventFollower {
  private readonly options: EventFollowerOptions;
  private readonly files = new Map<string, EventFile>();
  private readonly folders = new Map<string, Followed>();
  private readonly ids = new Map<string, string>();
  private readonly told = new Set<string>();
  private lastSeconds = 0;

  /** @param options - what is followed */
  constructor(options: EventFollowerOptions) {
    this.options = options;
  }

  /**
   * Reads what has come since the last time. Never rejects.
   *
   * @param isLast - the command has ended: it is looked for all that it left
   */
  async look(isLast: boolean): Promise<void> {
    try {
      await this.findMore(isLast);
    } catch (error) {
      this.tell(`event files of TensorBoard cannot be looked for: ${(error as Error).message}`);
    }
    for (const [path, file] of this.files) {
      try {
        while (await this.readPiece(path, file)) await setImmediate();
      } catch (error) {
        this.tell(`${path} is not read on: ${(error as Error).message}`);
      }
    }
  }

  /** The command has ended, and all was read: runs beside the wrapped one are done. */
  async end(): Promise<void> {
    const stopTime = timeText(nsOfSeconds(this.lastSeconds));
    for (const id of new Set(this.ids.values())) {
      if (id !== this.options.instanceId) await this.options.sink.append(id, [{ kind: "facts", facts: { state: "done", stopTime } }]);
    }
  }

  private async findMore(isLast: boolean): Promise<void> {
    const found = this.options.finder.find([...this.folders.keys()], isLast).filter((path) => !this.files.has(path));
    const folders = new Set([...this.folders.keys(), ...found.map((path) => dirname(path))]);
    for (const path of found) {
      if (this.files.size >= MOST_FILES) return this.tell(`more than ${MOST_FILES} event files: the others are not read`);
      const { translator } = this.folders.get(dirname(path)) ?? (await this.addFolder(path, folders));
      this.files.set(path, new EventFile(path, translator));
    }
  }

  private async addFolder(path: string, folders: ReadonlySet<string>): Promise<Followed> {
    const folder = dirname(path);
    const place = placeOf(folder, "/", folders, (one) => one === folder && isSession(path));
    const id = this.ids.get(place.folder) ?? (await this.open(place.folder));
    const followed = { id, part: place.part, translator: new EventTranslator({}, place.part) };
    this.folders.set(folder, followed);
    return followed;
  }

  private async open(folder: string): Promise<string> {
    const { sink, training, instanceId, workingFolder } = this.options;
    const name = relative(workingFolder, folder) || ".";
    const key = { dialect: TENSORBOARD, training, run: JSON.stringify([instanceId, folder]) };
    const facts = { training, state: "running" as const, startTime: new Date().toISOString(), ...(this.ids.size === 0 ? {} : { name }) };
    const known = await sink.find(key);
    const id = known ?? (await sink.open(key, facts)).id;
    this.ids.set(folder, id);
    return id;
  }

  /** @returns whether there may be more */
  private async readPiece(path: string, file: EventFile): Promise<boolean> {
    const followed = this.folders.get(dirname(path));
    if (!followed) return false;
    followed.translator.labels = this.labelsOf(followed);
    const events = file.read(PIECE_BYTES);
    if (!events) return false;
    if (events.wallTimes) this.lastSeconds = Math.max(this.lastSeconds, events.wallTimes.last);
    await this.keep(followed.id, path, events);
    return true;
  }

  private async keep(id: string, path: string, { records, offsets, endOffset, files, passedOver }: ReadEvents): Promise<void> {
    const { sink } = this.options;
    if (records.length > 0) await sink.append(id, records, { stream: path, lines: offsets, nextLine: endOffset });
    for (const file of files) await sink.putFile(id, file.path, Readable.from([file.content]));
    for (const [kind, count] of passedOver) sink.passOver(id, kind, count);
  }

  /** What the client logs of the same name is not to be mixed with it. */
  private labelsOf({ part }: Followed): Labels {
    return { ...(this.options.hasClient() ? { source: TENSORBOARD } : {}), ...(part === "" ? {} : { run: part }) };
  }

  private tell(message: string): void {
    if (this.told.has(message)) return;
    this.told.add(message);
    this.options.onNotice(message);
  }
}
