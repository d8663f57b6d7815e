import { phaseOfSet, phaseOfWord } from "./phase.js";
import type { Reading } from "./reading.js";

const IN_BRACKETS = /\[(\w+|[\u4e00-\u9fff]+)\]/;
const BEFORE_COLON =
  /(?:^|[\s[\]|>*#;]|(?:^|\s)-)([A-Za-z]\w*|[\u4e00-\u9fff]{2,4})(?:[ _](?:set|results?|metrics|stats|statistics|summary|loop|phase|scores?|performance|data)){0,2}(?: \(\w+\)|\])?\s*(?::(?=\s|$)|\s[-|>](?=\s|$))/i;
const CELL = /(?:^|\|)\s*([A-Za-z_]+)\s*\|/;
/** `Train net output #0: ` */
const FIRST_OF_FEW = /^\W*([A-Za-z]+)(?: [\w#]+){0,3}:\s*$/;
/** `"mode": "train"` */
const MODE = /\b(?:mode|phase|split|stage)["']?\s*[:=]\s*["']?([A-Za-z]+)\b/;
/** `val: n/a` */
const NO_VALUE = /(?<![\w./-])[\w./-]+[:=]\s*(?:n\/a|nan?|none|null|--?)(?=[\s,|;])/gi;
const SUMMARY = /^\W*(?:averaged|average|overall|mean|summary)\b[\w ]*:\s*$/i;

/**
 * Takes the phase out of the words that stand before a key and are not part of it: `Test set: `, `[valid] `, `| valid | `.
 *
 * @param printed - those words
 * @param reading - told the phase
 */
export function readSection(printed: string, reading: Reading): void {
  if (!/[a-zA-Z]{3}|[\u4e00-\u9fff]{2}/.test(printed)) return;
  const lead = printed.replace(NO_VALUE, "");
  const mode = MODE.exec(lead)?.[1];
  if (mode !== undefined && phaseOfWord(mode) !== undefined) {
    reading.phase = phaseOfWord(mode);
    return;
  }
  const bracketed = IN_BRACKETS.exec(lead)?.[1];
  if (bracketed !== undefined && phaseOfSet(bracketed) !== undefined) {
    reading.section = bracketed;
    return;
  }
  const cell = CELL.exec(lead)?.[1];
  const cellPhase = cell === undefined ? undefined : phaseOfWord(cell);
  if (cellPhase !== undefined) {
    reading.phase = cellPhase;
    return;
  }
  const before = BEFORE_COLON.exec(lead)?.[1] ?? FIRST_OF_FEW.exec(lead)?.[1];
  if (before !== undefined && phaseOfSet(before) !== undefined) reading.section = before;
  else if (SUMMARY.test(lead)) reading.isSummary = true;
}
