import { constants, createWriteStream, Stats } from "node:fs";
import { access, mkdir, mkdtemp, rename, rm, stat, symlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { AvaError } from "../../place/error.js";
import { makeFolder } from "../../place/workspace/make-folder.js";
import { resolveFile } from "../../storage/transfer/download/target.js";
import { openRegular } from "../../storage/transfer/upload/source-file.js";
import { createEntryCheck } from "./entry-check.js";
import { gzipMembers } from "./gzip-members.js";
import { moveInto } from "./move-into.js";

export { hasZstd } from "./has-zstd.js";

/** How the folders begin in which archives are made and unpacked. */
const PARTIAL = ".ava-partial-";

/** How {@link tarFiles} packs. */
export interface TarOptions {
  /** Compress. Default true: `.tar.gz`. */
  gzip?: boolean;
  /** Compress by zstd instead, several times faster: `.tar.zst`. Only where {@link hasZstd} says so. */
  zstd?: boolean;
  /** Level of gzip's compression, 1 to 9. Default 6; for model weights 1 is as small and faster. */
  level?: number;
}

/**
 * Packs files and folders into one archive, each under its own name at the top. Links are packed as what they lead to. The archive has its
 * final name only when it is whole; the folder for it is made.
 *
 * @param sources - paths of files and folders
 * @param targetFile - path of the archive; an older one is replaced
 * @param options - compression
 * @throws AvaError FILE_UNREADABLE when a source is missing, two have one name, or the archive cannot be written
 */
export async function tarFiles(sources: readonly string[], targetFile: string, options: TarOptions = {}): Promise<void> {
  const names = new Map<string, string>();
  for (const source of sources.map((path) => resolve(path))) {
    const name = basename(source);
    const other = names.get(name);
    if (other !== undefined && other !== source) {
      throw new AvaError("FILE_UNREADABLE", `${other} and ${source} have one name and cannot be in one archive; rename one of them`);
    }
    names.set(name, source);
    await checkContent(source).catch((cause: NodeJS.ErrnoException) => {
      throw new AvaError("FILE_UNREADABLE", `${source} cannot be packed: ${cause.code ?? cause.message}`, { cause });
    });
  }
  let target = resolve(targetFile);
  let work: string | undefined;
  try {
    makeFolder(dirname(target));
    target = await resolveFile(target);
    work = await mkdtemp(join(dirname(target), PARTIAL));
    const [links, archive] = [join(work, "links"), join(work, "archive")];
    await mkdir(links);
    for (const [name, source] of names) await symlink(source, join(links, name));
    const { create } = await import("tar");
    // Its own work is left out where the archive is made inside of a source.
    // Pipes, sockets and devices are left out, as their content is nothing to keep.
    const isContent = (facts: object) => !(facts instanceof Stats) || facts.isFile() || facts.isDirectory();
    const filter = (path: string, facts: object) => !path.includes(`/${PARTIAL}`) && isContent(facts);
    // '@name' would mean an archive to copy from.
    const paths = [...names.keys()].map((name) => (name.startsWith("@") ? `./${name}` : name));
    const zstd = options.zstd ?? false;
    const packed = create({ cwd: links, follow: true, portable: true, filter, strict: true, zstd }, paths) as AsyncIterable<Uint8Array>;
    const isGzip = !zstd && (options.gzip ?? true);
    await pipeline(isGzip ? gzipMembers(packed, options.level ?? 6) : packed, createWriteStream(archive));
    await rename(archive, target);
  } catch (cause) {
    throw new AvaError("FILE_UNREADABLE", `archive ${target} cannot be written: ${(cause as Error).message}`, { cause });
  } finally {
    if (work) await rm(work, { recursive: true, force: true });
  }
}

async function checkContent(source: string): Promise<void> {
  await access(source, constants.R_OK);
  const facts = await stat(source);
  if (facts.isDirectory()) return;
  const handle = await openRegular(source);
  try {
    const hasContent = (await handle.read(Buffer.alloc(1), 0, 1, 0)).bytesRead > 0;
    if (facts.size === 0 && hasContent) throw new Error("its size is 0 although it has content: copy it to a file, and pack that");
  } finally {
    await handle.close();
  }
}

/**
 * Unpacks an archive, compressed or not. Everything is unpacked beside first and moved in place when the whole archive was read, so that
 * a damaged or unsafe one leaves nothing behind.
 *
 * @param file - path of the archive
 * @param targetFolder - made if need be; files that exist are replaced
 * @throws AvaError ARCHIVE_UNSAFE when an entry would leave the folder, or is a device or pipe; ARCHIVE_UNREADABLE when the archive is missing
 *   or damaged, or the folder cannot be written
 */
export async function untarFile(file: string, targetFolder: string): Promise<void> {
  const { extract } = await import("tar");
  const target = resolve(targetFolder);
  const reasonAgainst = createEntryCheck();
  let unsafe: AvaError | undefined;
  let partial: string | undefined;
  try {
    makeFolder(target);
    partial = await mkdtemp(join(target, PARTIAL));
    await extract({
      file: resolve(file),
      cwd: partial,
      strict: true,
      preserveOwner: false,
      // Weights that are all zero reach the most that gzip can do.
      maxDecompressionRatio: Number.POSITIVE_INFINITY,
      filter: (path, entry) => {
        if (unsafe || !("type" in entry)) return false;
        const reason = reasonAgainst({ type: entry.type, path, linkpath: entry.linkpath ?? "" });
        if (reason !== undefined) unsafe = new AvaError("ARCHIVE_UNSAFE", `${file} is not unpacked: entry '${path}': ${reason}`);
        return reason === undefined;
      },
    });
    if (!unsafe) await moveInto(partial, target);
  } catch (cause) {
    unsafe ??= new AvaError("ARCHIVE_UNREADABLE", `${file} cannot be unpacked to ${target}: ${(cause as Error).message}`, { cause });
  } finally {
    if (partial) await rm(partial, { recursive: true, force: true });
  }
  if (unsafe) throw unsafe;
}
