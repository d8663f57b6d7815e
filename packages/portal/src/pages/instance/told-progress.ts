/** What a run prints of how far it is. */
export interface ToldProgress {
  /** As it is printed: mostly from 1. */
  epoch: number;
  totalEpochs: number;
  /** Within the epoch, where a bar tells. */
  batch: { at: number; of: number } | undefined;
}

const EPOCH = /(?:\bepochs?|轮次|周期)[\s:：#[(]*(\d+)\s*(?:\/|of)\s*(\d+)/gi;
/** The bar of Keras, and the like: `45/1875 [==>`, `45/1875 ━━━`. */
const BAR = /^\s*(\d+)\/(\d+)\s+[[━─|]/gm;

/**
 * Reads how far a run is from what it printed last: `Epoch 2/300`.
 *
 * @param text - end of its log, as a terminal shows it
 * @returns what it says; `undefined` where it says nothing of epochs
 */
export function toldProgress(text: string): ToldProgress | undefined {
  const last = [...text.matchAll(EPOCH)].at(-1);
  if (last === undefined) return undefined;
  const [epoch, totalEpochs] = [Number(last[1]), Number(last[2])];
  if (totalEpochs === 0 || epoch > totalEpochs) return undefined;
  const bar = [...text.slice(last.index).matchAll(BAR)].at(-1);
  const batch = bar === undefined ? undefined : { at: Number(bar[1]), of: Number(bar[2]) };
  return { epoch, totalEpochs, batch: batch !== undefined && batch.at <= batch.of ? batch : undefined };
}
