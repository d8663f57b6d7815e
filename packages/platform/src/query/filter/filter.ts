import type { Field, Operand, Operator, Term } from "../../store/contract/list.js";
import { fieldOf, takeWord } from "./field.js";
import { numberOf } from "./number.js";
import { Scanner } from "./scan.js";

/** Words that other languages have and this one has not: in quotation marks they are looked for. */
const NO_WORDS: ReadonlySet<string> = new Set(["and", "or", "not"]);

const STATES: ReadonlySet<string> = new Set(["running", "done", "failed", "lost"]);
const TIMES: ReadonlySet<string> = new Set(["startTime", "stopTime", "heartbeatTime"]);

/**
 * Reads `TERM (and TERM)*`; a space alone joins terms, too. A term is `FIELD OP VALUE`, or text that is looked for.
 *
 * @param filter - what a client wrote, see docs/formats/filter.md
 * @throws PlatformError `bad_request`, which names the place
 */
export function parseFilter(filter: string): Term[] {
  const scanner = new Scanner(filter, "filter");
  const terms: Term[] = [];
  scanner.skipSpace();
  while (!scanner.isAtEnd) {
    terms.push(...takeTerm(scanner));
    const hasSpace = scanner.take(/\s+/y) !== undefined;
    if (scanner.isAtEnd) break;
    if (!hasSpace) scanner.fail('a space or "and" is expected between terms');
    if (scanner.take(/and(?=\s|$)\s*/iy) !== undefined && scanner.isAtEnd) scanner.fail('a term is expected behind "and"');
  }
  return terms;
}

function takeTerm(scanner: Scanner): Term[] {
  const start = scanner.at;
  const quoted = scanner.text[start] === '"' ? scanner.takeQuoted() : undefined;
  if (quoted !== undefined) return [{ text: quoted.toLowerCase() }];
  const word = takeWord(scanner);
  if (word === undefined || word.text.startsWith("("))
    return scanner.fail("a term is expected: FIELD OP VALUE, or text to look for", start);
  const isMetric = /^(last|min|max|count):/.test(word.text);
  const field = isMetric ? fieldOf(scanner, word) : undefined;
  const before = scanner.at;
  scanner.skipSpace();
  const operatorAt = scanner.at;
  const operator = scanner.take(/!=|<=|>=|[=<>~]/y) as Operator | undefined;
  if (operator !== undefined) return takeOperand(scanner, field ?? fieldOf(scanner, word), operator, operatorAt);
  if (isMetric) scanner.fail("one of = != < <= > >= is expected behind the field", operatorAt);
  scanner.at = before;
  if (!word.isQuoted && NO_WORDS.has(word.text.toLowerCase())) {
    scanner.fail(`"${word.text}" has no place here; write it in quotation marks to look for it`, start);
  }
  const rest = scanner.take(/[^\s=<>~]+/y) ?? "";
  return [{ text: `${word.text}${rest}`.toLowerCase() }];
}

function takeOperand(scanner: Scanner, field: Field, operator: Operator, operatorAt: number): Term[] {
  scanner.skipSpace();
  const start = scanner.at;
  const quoted = scanner.text[start] === '"' ? scanner.takeQuoted() : undefined;
  const text =
    quoted ?? scanner.take(/[^\s=<>~"]\S*/y) ?? scanner.fail("a value is expected (in quotation marks if it begins oddly)", start);
  const isTime = field.kind === "fact" && TIMES.has(field.name);
  if (operator === "~") {
    if (isTime || field.kind === "metric") scanner.fail("a number or time cannot be searched with ~", operatorAt);
    return [{ field, operator, operand: { text: checkedPattern(scanner, text, start) } }];
  }
  if (field.kind === "fact" && field.name === "state") return stateTerms(scanner, field, operator, text, start);
  // An id has no comma.
  if (field.kind === "fact" && field.name === "id" && operator === "=") return [{ field, oneOf: text.split(",") }];
  // A store may have an index of trainings.
  if (field.kind === "fact" && field.name === "training" && operator === "=") return [{ field, oneOf: [text.normalize("NFC")] }];
  return [{ field, operator, operand: operandOf(scanner, field, isTime, text, quoted !== undefined, start) }];
}

function operandOf(scanner: Scanner, field: Field, isTime: boolean, text: string, isQuoted: boolean, start: number): Operand {
  if (isTime)
    return { text, number: timeOf(text) ?? scanner.fail("a date is expected, such as 2026-01-31 or 2026-01-31T09:30:00Z", start) };
  if (field.kind === "metric") return { text, number: numberOf(text) ?? scanner.fail("a number is expected", start) };
  const number = field.kind === "param" && !isQuoted ? numberOf(text) : undefined;
  return { text: text.normalize("NFC"), ...(number === undefined ? {} : { number }) };
}

/** `state=running,lost` is one of both, `state!=running,lost` none. */
function stateTerms(scanner: Scanner, field: Field, operator: Operator, text: string, start: number): Term[] {
  const states = text.split(",");
  const unknown = states.find((state) => !STATES.has(state));
  if (unknown !== undefined) scanner.fail(`${JSON.stringify(unknown)} is not a state (${[...STATES].join(", ")})`, start);
  if (operator === "=") return [{ field, oneOf: states }];
  if (operator === "!=") return states.map((state) => ({ field, operator, operand: { text: state } }));
  return scanner.fail("a state is compared by = or !=", start);
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** @returns milliseconds since 1970; a time without a zone is in UTC */
function timeOf(text: string): number | undefined {
  const [, day, time = "00:00", zone = "Z"] = TIME.exec(text) ?? [];
  const timeMs = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function checkedPattern(scanner: Scanner, pattern: string, start: number): string {
  try {
    void new RegExp(pattern, "u");
    return pattern;
  } catch (error) {
    return scanner.fail(`${(error as Error).message.replace(/^Invalid regular expression: /, "not a regular expression: ")}`, start);
  }
}
