import type { LogMark } from "../store/contract/log.js";
import type { Store } from "../store/contract/store.js";
import type { LogPiece } from "./messages.js";

/** Bytes of a piece: a rule may read a point out of every second one. */
const PIECE_BYTES = 262_144;

/**
 * A log piece by piece, with the records that lie in each.
 *
 * @param id - of an instance
 * @param size - bytes of its log that are wanted
 * @param startNs - time of what was stored without times
 * @param tell - called with a sentence for each stretch that is damaged
 * @throws PlatformError `not_found`, `deleted`, `store_damaged`
 */
export async function* logPieces(
  store: Store,
  id: string,
  size: number,
  startNs: bigint,
  tell: (damage: string) => void,
): AsyncGenerator<LogPiece, void> {
  for (let at = 0; at < size; at += PIECE_BYTES) {
    const wanted = Math.min(PIECE_BYTES, size - at);
    const [{ bytes, damage, gaps }, found] = await Promise.all([
      store.readLog(id, { start: at, bytes: wanted }),
      store.readLogMarks(id, at, at + wanted),
    ]);
    for (const sentence of damage) tell(sentence);
    const isMarked = found[0] !== undefined && found[0].offset <= at;
    const marks: LogMark[] = isMarked ? found : [{ offset: at, timeNs: found[0]?.timeNs ?? startNs }, ...found];
    yield { offset: at, bytes, marks, gaps };
  }
}
