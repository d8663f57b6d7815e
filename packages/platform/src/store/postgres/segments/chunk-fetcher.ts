import { counted } from "../../../counted.js";
import { damaged } from "../../../error.js";
import type { ChunkBody } from "../../levels/chunk.js";
import type { Window } from "../../levels/series.js";
import { inSlices, type Steps } from "../../slices.js";
import type { SegmentBodies, Stretch } from "./bodies.js";
import { ChunkCache, type ReadChunk } from "./chunk-cache.js";
import type { PlacedChunk } from "./overview.js";
import { type ChunkKey, groupRange, levelsRange, openChunk, openEdges } from "./packed-chunk.js";
import { areOf, groupsToRead, haveAll, newGroups, takeEdges } from "./window-edges.js";

/** Bytes of chunks that are remembered. */
const CACHE_BYTES = 128 * 1024 * 1024;

/** Stretches and bytes that are asked for in one turn. */
const TURN_STRETCHES = 4096;
const TURN_BYTES = 16 * 1024 * 1024;

/** Thrown a thousand times for a chart: one of its own for each, with its stack, would take as long as the rest. */
const NOT_AT_HAND = damaged("A chunk is not at hand.");

interface Need {
  key: ChunkKey;
  placed: PlacedChunk;
  /** Groups of values whose edges are needed; absent where all of the chunk is. */
  groups: number[] | undefined;
  /** Whose edges these are; of several the last. */
  window: Window | undefined;
}

/** What one question has read and still needs. What it has read stays with it, however much others read meanwhile. */
interface Question {
  read: Map<PlacedChunk, ReadChunk>;
  missing: Map<PlacedChunk, Need>;
  /** Nothing was read for it yet. */
  isNew: boolean;
}

function newQuestion(): Question {
  return { read: new Map(), missing: new Map(), isNew: true };
}

/**
 * Gives chunks to questions that walk over series without waiting. A chunk that is not at hand is noted, and the walk goes on as past one that is damaged; then
 * all that were noted are read in one turn, and the question is asked again, until nothing is missing.
 */
export class ChunkFetcher {
  private readonly bodies: SegmentBodies;
  private readonly cache: ChunkCache;
  private readonly tellDamage: (sentence: string) => void;
  private current: Question | undefined;

  /** @param tellDamage - told of each chunk that cannot be read */
  constructor(bodies: SegmentBodies, tellDamage: (sentence: string) => void, cacheBytes: number = CACHE_BYTES) {
    this.bodies = bodies;
    this.cache = new ChunkCache(cacheBytes);
    this.tellDamage = tellDamage;
  }

  /** Forgets what was read: a database that went back gives numbers of segments again. */
  forget(): void {
    this.cache.clear();
  }

  /**
   * Asks a question whose answer may take chunks.
   *
   * @param make - begins to answer; called again when chunks have come
   * @returns the answer that was made with all chunks
   * @throws what `make` throws; PlatformError `store_failed`
   */
  answer<Result>(make: () => Steps<Result>): Promise<Result> {
    return this.ask(newQuestion(), make);
  }

  private async ask<Result>(question: Question, make: () => Steps<Result>): Promise<Result> {
    for (;;) {
      let result: Result | undefined;
      let failure: unknown;
      try {
        result = await inSlices(this.within(question, make()));
      } catch (error) {
        failure = error;
      }
      if (question.missing.size === 0 && failure !== undefined) throw failure;
      if (question.missing.size === 0) return result as Result;
      question.isNew = false;
      await this.fetch(question);
    }
  }

  /**
   * Reads the chunks that a synchronous piece of work will ask for.
   *
   * @param make - asks for them
   * @returns does the work with these chunks at hand
   */
  async ready(make: () => Steps): Promise<<Result>(work: () => Result) => Result> {
    const question = newQuestion();
    await this.ask(question, make);
    return (work) => {
      this.current = question;
      try {
        return work();
      } finally {
        this.current = undefined;
      }
    };
  }

  /** @returns a chunk. @throws PlatformError `store_damaged`, also for one that is not at hand yet */
  body(key: ChunkKey, placed: PlacedChunk): ChunkBody {
    const read = this.at(placed);
    if (read?.damage !== undefined) throw damaged(read.damage);
    if (read?.body !== undefined) return read.body;
    this.note({ key, placed, groups: undefined, window: undefined });
    throw NOT_AT_HAND;
  }

  /** Whether {@link expect} has anything to note: later walks of a question have what the first noted. */
  get isNoting(): boolean {
    return this.current?.isNew === true;
  }

  /** Notes what a walk over a series will ask for: all of a chunk, or what filling the buckets of a window reads. @returns whether it is at hand */
  expect(key: ChunkKey, placed: PlacedChunk, window: Window | undefined): boolean {
    const read = this.at(placed);
    if (read?.body !== undefined || read?.damage !== undefined) return true;
    const groups = window && groupsToRead(placed, window);
    if (groups !== undefined && haveAll(read?.edges, groups, window!)) return true;
    this.note({ key, placed, groups, window });
    return false;
  }

  /** @returns what filling the buckets of a window reads of a chunk; `undefined` where all of the chunk is to be read. @throws as {@link body} */
  edges(key: ChunkKey, placed: PlacedChunk, window: Window): ChunkBody | undefined {
    const { head, shape } = placed;
    const read = this.at(placed);
    if (read?.body !== undefined || read?.damage !== undefined) return undefined;
    const edges = read?.edges;
    if (areOf(edges, window)) return openEdges(head, shape, edges);
    const groups = groupsToRead(placed, window);
    if (groups === undefined) return undefined;
    if (haveAll(edges, groups, window)) return openEdges(head, shape, edges);
    this.note({ key, placed, groups, window });
    throw NOT_AT_HAND;
  }

  private at(placed: PlacedChunk): ReadChunk | undefined {
    const known = this.current?.read.get(placed);
    if (known !== undefined) return known;
    const cached = this.cache.get(placeOf(placed));
    if (cached !== undefined) this.current?.read.set(placed, cached);
    return cached;
  }

  private note(need: Need): void {
    if (this.current === undefined) throw new Error("Chunks are only given to questions that wait for them.");
    const { missing } = this.current;
    const known = missing.get(need.placed);
    if (known === undefined) missing.set(need.placed, need);
    else {
      known.groups = known.groups && need.groups && [...new Set([...known.groups, ...need.groups])];
      known.window = need.window;
    }
  }

  private *within<Result>(question: Question, steps: Steps<Result>): Steps<Result> {
    for (;;) {
      this.current = question;
      let step: IteratorResult<void, Result>;
      try {
        step = steps.next();
      } finally {
        this.current = undefined;
      }
      if (step.done === true) return step.value;
      yield;
    }
  }

  private async fetch({ missing, read }: Question): Promise<void> {
    const needs = [...missing.values()];
    missing.clear();
    for (let next = 0; next < needs.length; ) {
      const start = next;
      const stretches: Stretch[] = [];
      for (let bytes = 0; next < needs.length && stretches.length < TURN_STRETCHES && bytes < TURN_BYTES; next++)
        bytes += addStretches(stretches, needs[next]!, read.get(needs[next]!.placed));
      const found = await this.bodies.read(stretches);
      let at = 0;
      for (const need of needs.slice(start, next)) {
        const { placed } = need;
        const before = read.get(placed)?.edges;
        const groups = need.groups && newGroups(need.groups, before);
        const chunk =
          groups === undefined ? this.openWhole(need, found[at]) : takeEdges(need.key, placed, groups, found, at, before, need.window);
        at += 1 + (groups?.length ?? 0);
        // Edges that are not whole: the whole chunk says whether it is.
        if (chunk === undefined) needs.push({ ...need, groups: undefined });
        else {
          read.set(placed, chunk);
          if (chunk.damage === undefined) this.cache.put(placeOf(placed), chunk);
        }
      }
    }
  }

  private openWhole({ key, placed: { head, shape, segment, at } }: Need, bytes: Uint8Array | undefined): ReadChunk {
    const body = bytes && openChunk(key, head, shape, bytes);
    if (body !== undefined) return { body, bytes: shape.bytes };
    const damage = `Chunk ${key.index} of series ${key.series} of the instance with number ${key.instance} is missing or its checksum is wrong (segment ${segment}, from byte ${at}): ${counted(head.count, "point is", "points are")} missing.`;
    this.tellDamage(damage);
    return { damage, bytes: 0 };
  }
}

function placeOf({ segment, at }: PlacedChunk): string {
  return `${segment}:${at}`;
}

/** Adds what is to be read for a need. @returns its bytes */
function addStretches(stretches: Stretch[], { placed: { head, shape, segment, at }, groups }: Need, before: ReadChunk | undefined): number {
  if (groups === undefined) {
    stretches.push({ segment, at, bytes: shape.bytes });
    return shape.bytes;
  }
  const { levelsAt, end } = levelsRange(head, shape);
  stretches.push({ segment, at: at + levelsAt, bytes: end - levelsAt });
  let bytes = end - levelsAt;
  for (const group of newGroups(groups, before?.edges)) {
    const [start, stop] = groupRange(head, shape, group);
    stretches.push({ segment, at: at + start, bytes: stop - start });
    bytes += stop - start;
  }
  return bytes;
}
