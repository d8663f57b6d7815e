import type { Below } from "./line-plan.js";
import { phaseOfSet } from "./phase.js";
import { emptyReading } from "./reading.js";
import { readSection } from "./section.js";
import { TableHeader } from "./table.js";

/** A word in front of a table of commas: `copypaste: AP,AP50`. */
const LEAD = /^[a-z]\w*: (?=[^\s,]+,\S+$)/;
const TABLE_OF =
  /\b(?:results?|metrics|scores?) (?:for|of|on) ['"]?([\w-]+)['"]?\s*:?\s*$|(?:^|: )(?:task|dataset): ['"]?([A-Za-z][\w-]*)['"]?\s*$/i;
const OF_RESULTS = /\b(?:results?|metrics|scores?)\b/i;
const HEADING = /^[\s*=#>-]*([A-Za-z]\w*)[\w ]*(?:\*{3,}|={3,}|:)\s*$/;
/** `complete scores on valid set:` */
const OF_SET = /\b(?:results?|metrics|scores?|performance)\b.* (?:on|for|of) (?:the )?([A-Za-z]+)(?: (?:set|data|split|dataset))? ?:\s*$/i;

/** @param message - a line without its prefix @returns how long the word is that stands in front of a table of commas; 0 where there is none */
export function lengthOfLead(message: string): number {
  return LEAD.exec(message)?.[0].length ?? 0;
}

/**
 * @param message - a line without its prefix that tells neither values nor counters
 * @param above - the line above it, where that may be half of a header; else empty
 * @param isUnderWay - whether a training is under way: only then every phase with a colon is a heading
 * @returns what its words say of the lines below; undefined where they say nothing
 */
export function saidBelow(message: string, above: string, isUnderWay: boolean): Below | undefined {
  const below: Below = {};
  const isOfTwoLines = TableHeader.isOfTwoLines(message);
  if (isOfTwoLines) below.above = [message];
  const header =
    (isOfTwoLines ? TableHeader.ofTwoLines(above, message) : undefined) ?? TableHeader.of(message.slice(lengthOfLead(message)));
  if (header !== undefined) below.header = header;
  const of = TABLE_OF.exec(message);
  const tableOf = of?.[1] ?? of?.[2];
  if (tableOf !== undefined) below.tableOf = tableOf;
  const word = HEADING.exec(message)?.[1] ?? OF_SET.exec(message)?.[1];
  const phase = word === undefined ? undefined : phaseOfSet(word);
  if (phase !== undefined && (isUnderWay || OF_RESULTS.test(message))) below.block = phase;
  const reading = emptyReading();
  readSection(`${message.trim()} `, reading);
  if (reading.section !== undefined) below.section = reading.section;
  return Object.keys(below).length === 0 && phase === undefined ? undefined : below;
}
