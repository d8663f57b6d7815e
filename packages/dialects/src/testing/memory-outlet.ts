import type { InstanceFacts } from "ava-protocol";
import type { AppendEntry, MemoryEntry } from "../memory/memory-entry.js";
import type { Outlet, OutletRecord } from "../memory/outlet.js";
import type { RunFile, RunKey } from "../ports.js";
import { RefusedError } from "../refused-error.js";

/** An outlet that keeps all in memory, for tests. */
export class MemoryOutlet implements Outlet {
  readonly opened: { key: RunKey; facts: InstanceFacts; id: string }[] = [];
  readonly written = new Map<string, OutletRecord[]>();
  readonly passedOver: [id: string, kind: string, count: number][] = [];
  /** While it is set, nothing is kept. */
  isFull = false;
  private readonly stored = new Map<string, Uint8Array>();

  /** Of the files, behind the id of their run. */
  get paths(): Iterable<string> {
    return this.stored.keys();
  }

  open(key: RunKey, facts: InstanceFacts): { id: string; isNew: boolean } {
    const id = key.run ?? `run-${this.opened.length + 1}.x`;
    const isNew = !this.opened.some((other) => other.id === id);
    this.opened.push({ key, facts, id });
    return { id, isNew };
  }

  async note(_entry: MemoryEntry): Promise<void> {}

  async write(id: string, records: readonly OutletRecord[], entry: AppendEntry): Promise<void> {
    if (this.isFull) throw new RefusedError("unavailable", "the disk is full");
    this.written.set(id, [...(this.written.get(id) ?? []), ...records]);
    await this.note(entry);
  }

  async putFile(id: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    const place = `${id}/${path}`;
    const isInTheWay = [...this.stored.keys()].some((other) => other.startsWith(`${place}/`) || place.startsWith(`${other}/`));
    if (isInTheWay) throw new RefusedError("exists", "a file or a folder is in the way");
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    const content = Buffer.concat(chunks);
    this.stored.set(place, content);
    return { bytes: content.length };
  }

  async stage(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    const name = `staged-${this.stored.size}`;
    await this.putFile("", name, bytes);
    return name;
  }

  async putStaged(id: string, path: string, staged: string): Promise<boolean> {
    const content = this.stored.get(`/${staged}`);
    if (content) this.stored.set(`${id}/${path}`, content);
    return content !== undefined;
  }

  async removeFiles(id: string, path: string): Promise<void> {
    for (const name of this.stored.keys()) if (name === `${id}/${path}` || name.startsWith(`${id}/${path}/`)) this.stored.delete(name);
  }

  async files(id: string, folder: string): Promise<RunFile[]> {
    const prefix = folder === "" ? `${id}/` : `${id}/${folder}/`;
    const found = new Map<string, RunFile>();
    for (const [name, { length }] of this.stored) {
      if (!name.startsWith(prefix)) continue;
      const [first = "", ...rest] = name.slice(prefix.length).split("/");
      found.set(first, { name: first, isFolder: rest.length > 0, bytes: rest.length > 0 ? 0 : length });
    }
    return [...found.values()];
  }

  async readFile(id: string, path: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const content = this.stored.get(`${id}/${path}`);
    return content && chunksOf(content);
  }

  passOver(id: string, kind: string, count: number): void {
    this.passedOver.push([id, kind, count]);
  }
}

/** @param content - text or bytes @returns it as a body */
export async function* chunksOf(content: string | Uint8Array): AsyncIterable<Uint8Array> {
  if (content.length > 0) yield typeof content === "string" ? new TextEncoder().encode(content) : content;
}
