import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PlatformError, systemCode } from "../../error.js";
import { isFull } from "./log/refusal.js";

/** Mode of the files in a data folder. */
export const OWNER_ONLY = 0o600;

const FOLDER_OWNER_ONLY = 0o700;

/** Bits of group and others. */
const OF_OTHERS = 0o077;

const OUR_LOG_FILES = /^\d{8,}\.log(\.damaged\..*)?$|^room\.tmp$/;
const OUR_FILES = /^(README\.txt|lock|lock\.db|token|secret|bucket-owner|bucket-beats|ended-sessions\.json|store\.db.*)$/;

/** What may lie in a folder that is going to be ours: ours, files of runs that were copied there, what a file system makes. */
const MAY_BE_THERE = new Set(["log", "files", "lost+found"]);

/** What a start tries to write, to tell at once that there is no room. */
const PROBE_BYTES = 65_536;

const README = "Store of an ava-platform. Files belong together: copy the whole folder, and only while no ava-platform has it open.\n";

/**
 * Makes the data folder, or sees that an existing one is ours: what trainings record, and the token, are for its owner only.
 *
 * @param dataDir - the folder
 * @param warn - told when the folder was open to other users and is closed now
 * @throws PlatformError `data_dir_unusable`
 */
export function prepareFolder(dataDir: string, warn: (message: string) => void): void {
  try {
    if (isOthers(dataDir)) throw unusable(dataDir, "holds files that are not the platform's, and would be closed to other users");
    mkdirSync(join(dataDir, "log"), { recursive: true, mode: FOLDER_OWNER_ONLY });
    for (const folder of [dataDir, join(dataDir, "log")]) accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw unusable(dataDir, `cannot be written (${error instanceof Error ? error.message : String(error)})`, error);
  }
  const { uid, mode } = statSync(dataDir);
  const own = process.geteuid?.();
  if (own !== undefined && own !== 0 && uid !== own)
    throw unusable(dataDir, `belongs to another user (uid ${uid}, this process is uid ${own})`);
  if (own === undefined) return;
  for (const { path, uid: owner } of ourFiles(dataDir)) {
    // Another user who could write into the folder may have put it there: a token that is known, a database with a trap.
    if (owner === own || owner === uid || owner === 0) continue;
    const advice = `If you know it: chown ${own} ${path}. If you do not, move it away.`;
    throw new PlatformError("data_dir_unusable", `${path} belongs to another user (uid ${owner}, the folder to ${uid}). ${advice}`);
  }
  if (uid !== own) return;
  const isOpen = (mode & OF_OTHERS) !== 0;
  closeToOthers(dataDir);
  if (isOpen && (statSync(dataDir).mode & OF_OTHERS) !== 0) {
    throw unusable(dataDir, `is open to other users (mode ${octal(mode)}), and its file system does not let that be changed`);
  }
  if (isOpen) warn(`The data folder ${dataDir} was open to other users (mode ${octal(mode)}); it is for its owner only now.`);
}

/** @returns whether other users may use a folder that has no store yet, but other files: `/tmp`, `/srv`, a folder of a project */
function isOthers(dataDir: string): boolean {
  const facts = statSync(dataDir, { throwIfNoEntry: false });
  if (facts?.isDirectory() !== true || (facts.mode & OF_OTHERS) === 0 || facts.uid !== process.geteuid?.()) return false;
  const names = readdirSync(dataDir);
  return !names.includes("store.db") && names.some((name) => !OUR_FILES.test(name) && !MAY_BE_THERE.has(name));
}

/** What is ours in the folder, which may hold other files. A platform that has it open may remove some meanwhile. */
function ourFiles(dataDir: string): (Stats & { path: string })[] {
  const inLog = readdirSync(join(dataDir, "log")).filter((name) => OUR_LOG_FILES.test(name));
  const inFolder = readdirSync(dataDir).filter((name) => OUR_FILES.test(name));
  return ["log", ...inLog.map((name) => join("log", name)), ...inFolder].flatMap((name) => {
    const path = join(dataDir, name);
    const facts = lstatSync(path, { throwIfNoEntry: false });
    return facts === undefined ? [] : [Object.assign(facts, { path })];
  });
}

/** Marks a folder as one with a database. */
export function markUsed(dataDir: string): void {
  const readme = join(dataDir, "README.txt");
  if (!existsSync(readme)) writeWhereRoom(readme, README);
}

/** @returns whether a database was made in the folder before */
export function isUsed(dataDir: string): boolean {
  try {
    const text = readFileSync(join(dataDir, "README.txt"), "utf8");
    // An empty one is ours, cut short; another one is the user's.
    return text === "" || text.startsWith("Store of an ava-platform");
  } catch (error) {
    return systemCode(error) !== "ENOENT";
  }
}

/**
 * Makes an empty file for its owner only, unless it is there. It is never opened when it is: closing a file gives back the locks that this
 * process has on it (POSIX), those of SQLite too.
 *
 * @param path - the file
 */
export function makePrivate(path: string): void {
  try {
    writeFileSync(path, "", { flag: "wx", mode: OWNER_ONLY });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
}

/**
 * @param dataDir - a prepared folder
 * @returns whether its disk has room for anything
 */
export function hasRoom(dataDir: string): boolean {
  const probe = join(dataDir, "log", "room.tmp");
  const isWritten = writeWhereRoom(probe, Buffer.alloc(PROBE_BYTES));
  rmSync(probe, { force: true });
  return isWritten;
}

function writeWhereRoom(path: string, content: string | Uint8Array): boolean {
  try {
    writeFileSync(path, content, { mode: OWNER_ONLY });
    return true;
  } catch (error) {
    if (!isFull(error)) throw error;
    return false;
  }
}

/** Closes the folder and what is ours in it. */
function closeToOthers(dataDir: string): void {
  chmodSync(dataDir, FOLDER_OWNER_ONLY);
  for (const file of ourFiles(dataDir)) {
    if (file.uid !== process.geteuid?.() || file.isSymbolicLink() || (file.mode & OF_OTHERS) === 0) continue;
    chmodSync(file.path, file.isDirectory() ? FOLDER_OWNER_ONLY : OWNER_ONLY);
  }
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8);
}

function unusable(dataDir: string, why: string, cause?: unknown): PlatformError {
  return new PlatformError("data_dir_unusable", `The data folder ${dataDir} ${why}. Give a folder of yours with --data.`, { cause });
}
