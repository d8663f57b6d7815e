import { counted } from "../../../counted.js";
import { damaged } from "../../../error.js";
import type { ChunkBody } from "../../levels/chunk.js";
import { edgeGroups } from "../../levels/runs.js";
import type { Window } from "../../levels/series.js";
import { inSlices, type Steps } from "../../slices.js";
import type { SegmentBodies, Stretch } from "./bodies.js";
import { ChunkCache, type ReadChunk } from "./chunk-cache.js";
import type { PlacedChunk } from "./overview.js";
import { areEdgesWhole, type ChunkKey, evenSteps, groupRange, levelsRange, openChunk, openEdges } from "./packed-chunk.js";

/** Bytes of chunks that are remembered. */
const CACHE_BYTES = 128 * 1024 * 1024;

/** Groups of a chunk from which on all of it is read. */
const MOST_GROUPS = 8;

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
}

/** What one question has read and still needs. What it has read stays with it, however much others read meanwhile. */
interface Question {
  read: Map<string, ReadChunk>;
  missing: Map<string, Need>;
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
    return this.ask({ read: new Map(), missing: new Map() }, make);
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
    const question: Question = { read: new Map(), missing: new Map() };
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
    this.note(key, placed, undefined);
    throw NOT_AT_HAND;
  }

  /** @returns what filling the buckets of a window reads of a chunk; `undefined` where all of the chunk is to be read. @throws as {@link body} */
  edges(key: ChunkKey, placed: PlacedChunk, window: Window): ChunkBody | undefined {
    const { head, shape } = placed;
    if (window.axis !== "step" || !shape.hasEvenSteps || shape.valueBytes === 0) return undefined;
    const read = this.at(placed);
    if (read?.body !== undefined || read?.damage !== undefined) return undefined;
    const { base, stride } = evenSteps(head);
    const groups = edgeGroups(head, (row) => (stride === 0 ? base : base + row * stride), window);
    if (groups.length > MOST_GROUPS) return undefined;
    const { edges } = read ?? {};
    if (edges !== undefined && groups.every((group) => edges.groups.has(group))) return openEdges(head, shape, edges);
    this.note(key, placed, groups);
    throw NOT_AT_HAND;
  }

  private at(placed: PlacedChunk): ReadChunk | undefined {
    const place = placeOf(placed);
    const known = this.current?.read.get(place);
    if (known !== undefined) return known;
    const cached = this.cache.get(place);
    if (cached !== undefined) this.current?.read.set(place, cached);
    return cached;
  }

  private note(key: ChunkKey, placed: PlacedChunk, groups: number[] | undefined): void {
    if (this.current === undefined) throw new Error("Chunks are only given to questions that wait for them.");
    const place = placeOf(placed);
    const need = this.current.missing.get(place);
    if (need === undefined) this.current.missing.set(place, { key, placed, groups });
    else need.groups = groups && need.groups && [...new Set([...need.groups, ...groups])];
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
    let needs = [...missing.values()];
    missing.clear();
    while (needs.length > 0) {
      const turn: { need: Need; stretches: Stretch[] }[] = [];
      let stretches = 0;
      let bytes = 0;
      for (const need of needs) {
        if (turn.length > 0 && (stretches >= TURN_STRETCHES || bytes >= TURN_BYTES)) break;
        const of = stretchesOf(need, read.get(placeOf(need.placed)));
        turn.push({ need, stretches: of });
        stretches += of.length;
        bytes += of.reduce((sum, stretch) => sum + stretch.bytes, 0);
      }
      needs = needs.slice(turn.length);
      const found = await this.bodies.read(turn.flatMap((one) => one.stretches));
      let at = 0;
      for (const one of turn) {
        const parts = found.slice(at, (at += one.stretches.length));
        const chunk = this.open(one.need, parts, read.get(placeOf(one.need.placed)));
        // Edges that are not whole: the whole chunk says whether it is.
        if (chunk === undefined) needs.push({ ...one.need, groups: undefined });
        else {
          read.set(placeOf(one.need.placed), chunk);
          if (chunk.damage === undefined) this.cache.put(placeOf(one.need.placed), chunk);
        }
      }
    }
  }

  private open(
    { key, placed, groups }: Need,
    parts: readonly (Uint8Array | undefined)[],
    before: ReadChunk | undefined,
  ): ReadChunk | undefined {
    const { head, shape } = placed;
    if (groups === undefined) {
      const body = parts[0] && openChunk(key, head, shape, parts[0]);
      if (body !== undefined) return { body, bytes: shape.bytes };
      const { segment, at } = placed;
      const damage = `Chunk ${key.index} of series ${key.series} of the instance with number ${key.instance} is missing or its checksum is wrong (segment ${segment}, from byte ${at}): ${counted(head.count, "point is", "points are")} missing.`;
      this.tellDamage(damage);
      return { damage, bytes: 0 };
    }
    const [levels, ...values] = parts;
    if (levels === undefined || values.includes(undefined)) return undefined;
    const all = new Map(before?.edges?.groups);
    for (const [i, group] of newGroups(groups, before).entries()) all.set(group, values[i]!);
    const edges = { levels, groups: all };
    return areEdgesWhole(key, head, shape, edges) ? { edges, bytes: levels.length + all.size * 512 } : undefined;
  }
}

function placeOf({ segment, at }: PlacedChunk): string {
  return `${segment}:${at}`;
}

function newGroups(groups: number[], before: ReadChunk | undefined): number[] {
  return before?.edges === undefined ? groups : groups.filter((group) => before.edges?.groups.has(group) !== true);
}

function stretchesOf({ placed: { head, shape, segment, at }, groups }: Need, before: ReadChunk | undefined): Stretch[] {
  if (groups === undefined) return [{ segment, at, bytes: shape.bytes }];
  const { levelsAt, end } = levelsRange(head, shape);
  const values = newGroups(groups, before).map((group) => {
    const [start, stop] = groupRange(head, shape, group);
    return { segment, at: at + start, bytes: stop - start };
  });
  return [{ segment, at: at + levelsAt, bytes: end - levelsAt }, ...values];
}
