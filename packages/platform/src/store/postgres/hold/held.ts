import type { Series, Turn } from "../../held/series.js";
import { type Instance, newInstance } from "../../state/instance.js";
import type { BodyKey } from "../journal/pack-body.js";
import type { Changed } from "./changed.js";

/** A body whose points are counted in their series, and whose rows are wanted only by who asks for points: a sealer reads its own. */
export interface LateBody {
  key: BodyKey;
  bytes: Uint8Array;
  /** Size of the body; null where the bytes are the body as it came. */
  bodyBytes: number | null;
  /** Of its writer before it came. */
  ack: number;
}

/** An instance as a replica holds it: as of a position of its journal. */
export interface HeldInstance extends Instance {
  /** Its number in the database; one that is removed for good and made anew has another. */
  readonly no: number;
  /** The last command that it contains. */
  pos: number;
  /** What of it was sealed when it was loaded. */
  sealedPos: number;
  /** Each command behind this one was told to those who watch as it was applied. */
  toldFromPos: number;
  /** Bodies whose points are only counted in its series, in their order: see `bringRows`. */
  readonly late: LateBody[];
  /** Metrics that changed behind what was sealed, or behind a later position. */
  readonly changed: Changed;
  series: Map<string, Series>;
  /** Number of its next series: replicas count alike, as all of them apply the same commands. */
  nextSeriesNo: number;
}

/** `toldFromPos` of an instance as it was sealed, before what came since was applied. */
export const NEVER_TOLD = -1;

/** Series do not wait for a checkpoint here. */
export const TURN: Turn = { no: 1, isSaving: false };

/** @returns an instance that no command has reached yet */
export function emptyHeld(no: number, id: string, training: string, createdMs: number): HeldInstance {
  const changed = { fromPos: 0, names: new Set<string>() };
  const positions = { pos: 0, sealedPos: 0, toldFromPos: 0 };
  return { ...newInstance(id, training, createdMs), series: new Map(), no, ...positions, late: [], changed, nextSeriesNo: 1 };
}
