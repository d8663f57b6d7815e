import type { Phase } from "../parser.js";
import { phaseOfSet } from "./phase.js";
import { digitsOf } from "./placed-plan.js";

/** What stood before the message of a line. */
export interface Prefix {
  /** Index of the message. */
  end: number;
  /** Number of the process that printed the line, where a launcher or the line says so. */
  rank: string | undefined;
  /** Name of the program that printed the line, where what gathers the output of several puts it in front. */
  program: string | undefined;
  /** Where that or the rank stands. */
  rankAt: readonly [start: number, end: number];
  /** Phase that the logger is named after. */
  phase: Phase | undefined;
  /** Severity, in capitals. */
  level: string | undefined;
}

const TIME = String.raw`(?:(?:(?:\d{4}[-/.]\d\d[-/.]\d\d|\d\d[-/.]\d\d(?:[-/.]\d{2,4})?|(?:[A-Z][a-z]{2},? )?\d{1,2}[- ][A-Z][a-z]{2}[- ]\d{2,4}|\w{3} \w{3} +\d+|\w{3} +\d{1,2})[ T_:,]{1,2})?\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:[AP]M|Z|\(?UTC\)?|[-+]\d\d:?\d\d))?(?: \d{4})?|\d{1,2}:\d\d[AP]M)`;
const LEVEL =
  "DEBUG|INFO|INF|WRN|DBG|ERR(?=\\]| +[A-Za-z])|WARNING|WARN|ERROR|CRITICAL|FATAL|NOTICE|TRACE|SUCCESS|Debug|Info|Warning|Warn|Error|info|debug|warning|error";
/** `[default0]:`, `[1,0]<stdout>:`, `[0]<stdout>:`, `[rank0]:`, `Node[0] `, `(pid=12)`, `worker-0: ` */
const LAUNCHER =
  /(?:\[(?:default|rank|node|Rank |rank |RANK )(\d+)\]:? ?|\[(?:\d+,)?(\d+)\]<(?:stdout|stderr|stddiag)>: ?|Node\[(\d+)\] |\((?:\w+ )?(?:pid=(\d+)|[\w ]+ pid=(\d+)(?:, [^)]*)?)\) ?|(?:worker|rank|node|gpu)[-_ ]?(\d+) ?[:|] ?|#011)/y;
/** Behind the time that what gathers the output puts in front: `[rank0]: `, and SageMaker's `[1,mpirank:0,algo-1]<stdout>:` */
const LAUNCHER_BEHIND = /\[(?:default|rank)(\d+)\]:? ?|\[\d+,(?:mpirank:)?(\d+)(?:,[\w-]+)?\]<(?:stdout|stderr)>: ?/y;
/** `0: ` of `srun --label`, `[0] ` of `mpirun -prepend-rank`: a number in front of a line that has its own counter, the first also in front of a date, or of the name of a host (`3: node004 loss 0.5`). */
const BARE_RANK =
  /(?: *(\d{1,4}): (?:(?:[a-z]+-?)?(?:node|host|gpu|worker|nid|compute)-?\d+ (?=[A-Za-z])|(?=[Ee]poch\b|\[?\d{4}-\d\d-\d\d[ T]))|(?: *(?=\d+: )|\[(?=\d+\]))(\d{1,4})(?:\]:?|:) ?(?=(?:[Gg]lobal[_ ])?(?:[Ss]tep|[Ii]ter|[Ii]teration)\b[ :=#]+\d))/y;
/** `(0/4) Epoch 1, batch 50`: rank and size of the world, in front of a line with an epoch and what is counted in it. */
const OF_WORLD = /\((\d{1,4})\/\d{1,4}\) (?=[Ee]poch[ :=]+\d+,? (?:batch|step|iter|validation|train)\b)/y;
/** What a message begins with that has a counter. */
const COUNTED = String.raw`(?=\[?(?:(?:[Gg]lobal|[Tt]rain)[_ ])?(?:[Ss]tep|[Ii]ter|[Ii]teration|[Ee]poch)\b[\] :=#[]+\d)`;
const NUMBERED = String.raw`(?!(?:epochs?|ep|episode|steps?|iters?|iteration|itr?|round|batch|update|tick|gen|generation|trial|chunk|sample|frame|file|fold|top|train|val|valid|test|eval)[-_.]?\d|(?:worker|rank|node|gpu)[-_]?\d+ ?\|)[a-z][\w.-]*[-_.]\d+`;
/** `trainer-1  | ` of Docker Compose, `[pod/trainer-0/main] ` of kubectl, `trainer-0 main ` of stern, `10.0.0.3: ` and `gpu01.cluster: ` of pdsh. */
const PROGRAM = new RegExp(
  String.raw`(?:(${NUMBERED}) +\| (?=[A-Za-z[({]|\d{4}-\d\d|\d+/\d+ |\d+%)|\[pod/([\w./-]+)\] |(${NUMBERED} (?:main|pytorch|tensorflow|trainer)) |(${NUMBERED} [a-z][a-z-]*) ${COUNTED}|(\d{1,3}(?:\.\d{1,3}){3}|[a-z-]+\d+(?:\.[a-z][\w-]*)+): ${COUNTED})`,
  "y",
);
/** `host trainer[123]: ` of journald, behind a time. */
const OF_JOURNAL = /([\w.-]+ [\w./@-]+)\[\d+\]: /y;
/** `[1] "Epoch 3"`: how R prints a text. */
const OF_R = /\[\d+\] (?=")/y;
/** What a file of UTF-16 or UTF-8 begins with. */
const BYTE_ORDER = /^[\ufeff\ufffd]+/y;
/** `stdout F ` of Kubernetes' log files. */
const STREAM = /std(?:out|err) [FP] /y;
/** `(rank 3)`, `rank=3, `, `| Rank 3 |`: told by the program itself. */
const OWN_RANK =
  /(?<=^|[\s|,;([])(?<![a-z] )(?:rank(?:[:=] ?| )|(?<=\[)gpu ?)(\d{1,4})(?=[\])|,;]|\s*$|\s+(?:[|-]|\w+[=:]|epoch|step|iter))/i;
const BRACKET = new RegExp(
  String.raw`[\[(](?:(?:[\w.]+: |(?:\w+ )?[IWEDF] )?${TIME}(?:[ ,|:]+@?[\w.:-]+)*|\d{4} ${TIME}(?: @[\w.:-]+)?|(?:${LEVEL}):\d+ [\w.-]+:\d+ ${TIME}|(?:${LEVEL})(?:[: |][\w.:=| -]*)?|[\w.]+:\d+(?::\w+)?|LightGBM|XGBoost|[IWEF] [\w.]+:\d+|[\w./-]+\.py[: ]\d+[^\])]*|[\w.]+ +(?:${LEVEL})) *[\])] ?:? ?`,
  "y",
);
const STAMP = new RegExp(String.raw`${TIME}(?=[\s|,;:\]-]|$)`, "y");
const LEVEL_WORD = new RegExp(String.raw`(?:[-|:] *)?(?:${LEVEL})(?:\s*[-|:]+\s*|\s+|(?=\[))`, "y");
/** `Error norm: 1` is not a severity. */
const FIRST_LEVEL = new RegExp(LEVEL_WORD.source.replace("|\\s+|", "|(?<=[A-Z])\\s+|"), "y");
/** Behind a time or a severity: `name - `, `name: `, `| name | `, `name INFO: `, `process 12 ` */
const LOGGER = new RegExp(
  String.raw`(?:[-|:] *)?(?!(?:[Ee]poch|[Ii]ter|[Ss]tep|[Bb]atch):)\[?([A-Za-z_][\w.]*)(?:\]?(?: - | ?\| | +(?=(?:${LEVEL})[: ]))|[\w.-]*\]?:(?=\S| {2,}[A-Za-z*])(?!//| *(?:[-+.\d]|nan\b|inf\b)))`,
  "y",
);
/** The same where bars or dashes have separated what stands before: the others are of the message. */
const DASHED_LOGGER = new RegExp(LOGGER.source.replace("| ?\\| ", ""), "y");
const ORIGIN = /(?:: [IWEF] [\w./-]+:\d+\] |(?:[A-Za-z_][\w./$-]*:\d+(?::\w+)?|[\w.-]+:\w+:\d+)(?:(?:\]| -| \||:)+ ?|\t))/y;
/** `[train_inner][INFO] - `: named before its severity. */
const NAMED_FIRST = new RegExp(String.raw`\[([A-Za-z_][\w.]*)\](?=\[(?:${LEVEL})\])`, "y");
const SEPARATOR = /[-|:>]+ +|\{\d+\} +/y;
const GLOG = /[IWEF]\d{4,8} \d\d:\d\d:\d\d(?:\.\d{6})? +\d+ [^\]]{1,200}:\d+\] ?/y;
const HOST = new RegExp(String.raw`\[[\w.-]+\] (?=${TIME})`, "y");

/**
 * Finds where the message of a line begins, behind what launchers, loggers and time stamps put in front.
 *
 * @param text - one line
 * @returns the prefix; its end is 0 where there is none
 */
export function prefixOf(text: string): Prefix {
  const prefix: Prefix = { end: 0, rank: undefined, program: undefined, rankAt: [0, 0], phase: undefined, level: undefined };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = prefix.end;
    const match = pattern.exec(text);
    if (match) prefix.end += match[0].length;
    return match;
  };
  take(BYTE_ORDER);
  prefix.program = take(PROGRAM)
    ?.slice(1)
    .find((name) => name !== undefined);
  for (let launcher = take(LAUNCHER); launcher; launcher = take(LAUNCHER)) {
    prefix.rank ??= launcher.slice(1).find((rank) => rank !== undefined);
  }
  if (prefix.program === undefined && prefix.rank === undefined && take(OF_R) === null) {
    const bare = take(BARE_RANK);
    prefix.rank = bare?.[1] ?? bare?.[2];
  }
  if (prefix.rank !== undefined || prefix.program !== undefined) prefix.rankAt = [0, prefix.end];
  // Nearly every line begins with a letter or a blank: look on only where a prefix could stand.
  let isLogged = false;
  for (let turn = 0; turn < 10; turn += 1) {
    const before = prefix.end;
    if (take(GLOG) ?? take(HOST) ?? take(BRACKET) ?? take(STAMP) ?? take(STREAM)) isLogged = true;
    else {
      const level = take(isLogged ? LEVEL_WORD : FIRST_LEVEL);
      if (level) {
        prefix.level = /[A-Za-z]+/.exec(level[0])?.[0].toUpperCase();
        isLogged = true;
      } else if (isLogged) {
        const launcher = prefix.rank === undefined ? take(LAUNCHER_BEHIND) : null;
        if (launcher) {
          prefix.rank = launcher[1] ?? launcher[2];
          prefix.rankAt = [before, prefix.end];
          continue;
        }
        const journal = prefix.program === undefined && prefix.rank === undefined ? take(OF_JOURNAL) : null;
        if (journal) {
          prefix.program = journal[1];
          prefix.rankAt = [before, prefix.end];
          continue;
        }
        const logger = take(NAMED_FIRST) ?? take(/ - *$/.test(text.slice(0, prefix.end)) ? DASHED_LOGGER : LOGGER);
        if (logger) prefix.phase = phaseOfSet(logger[1] as string) ?? prefix.phase;
        else if (take(ORIGIN) === null) take(SEPARATOR);
      }
    }
    if (prefix.end === before) break;
    skipBlanks(text, prefix);
  }
  const start = prefix.end;
  const ofWorld = prefix.rank === undefined ? take(OF_WORLD) : null;
  if (ofWorld !== null) {
    prefix.rank = ofWorld[1];
    prefix.rankAt = [start, prefix.end];
  }
  const own = prefix.rank === undefined ? OWN_RANK.exec(text) : null;
  if (own !== null) {
    prefix.rank = own[1];
    prefix.rankAt = [own.index, own.index + own[0].length];
  }
  return prefix;
}

/** @param prefix - of a line @returns the process that printed it: its rank, or else its program */
export function sourceOf({ rank, program }: Prefix): string | undefined {
  return rank ?? program;
}

/** @param text - a line @param prefix - of it @returns indexes of the digits that its process hangs on */
export function digitsOfSource(text: string, { rank, program, rankAt: [start, end] }: Prefix): number[] {
  return (rank ?? program) === undefined ? [] : digitsOf(text.slice(start, end), start);
}

function skipBlanks(text: string, prefix: Prefix): void {
  while (text.charCodeAt(prefix.end) === 0x20 || (prefix.end > 0 && text.charCodeAt(prefix.end) === 0x09)) prefix.end += 1;
}
