import type { Random } from "../random.js";

/** JSON Schema, as far as the platform's document uses it. */
export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
}

const DEEP = [150, 5000, 20_000];

/** Texts that have broken programs; JSON escapes of half characters and NUL reach the platform as such. */
const TEXTS = [
  "",
  " ",
  "a",
  "..",
  "a/b",
  "a\0b",
  "a\nb\r\n",
  "\ud800",
  "\udc00x",
  "😀".repeat(300),
  "n".repeat(600),
  "x".repeat(100_000),
  "__proto__",
  "constructor",
  "toString",
  "=1+1",
  "e\u0301",
  "\u202e\ufeff",
  "\u001b[2J",
  "NaN",
  "-0",
  "1e400",
  "2026-01-01T00:00:00Z",
  "file:///etc/passwd",
  "file:///a\0b",
  "file://host/x",
  "qiniu://z0/b/\u00e9\n k",
  "qiniu://",
  "s3://b/k",
  '{"rank":"0"}',
  '{"a":NaN,"b":1e400,"c":-0.0,"d":12345678901234567890,"__proto__":{"a":1}}',
  `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  `{"a":"${"\\n".repeat(50_000)}"}`,
  '{"a":{"toString":1}}',
  "rank=0,phase=val",
  "=,=",
  "running",
];

const NUMBERS = [0, -0, 1, -1, 0.5, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21];

/** @returns JSON text of something that no schema expects */
export function hostileJson(random: Random): string {
  const depth = random.pick(DEEP);
  switch (random.below(9)) {
    case 0:
      return `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    case 1:
      return `${"[".repeat(depth)}${"]".repeat(depth)}`;
    case 2:
      return "[".repeat(depth);
    case 3:
      return '{"toString":1,"valueOf":1,"toJSON":1}';
    case 4:
      return random.pick([
        '{"__proto__":{"a":1}}',
        '{"constructor":{"prototype":{"a":1}}}',
        "{",
        "[1,",
        '{"a":1,}',
        "nul",
        "\ufeff{}",
        "NaN",
      ]);
    case 5:
      return String(random.pick([...NUMBERS, "1e400", "-1e400", "-0.0"]));
    case 6:
      return `"${"\\ud800".repeat(1 + random.below(3))}"`;
    default:
      return JSON.stringify(random.pick<unknown>([...TEXTS, ...NUMBERS, null, true, [], {}, [[]], [null]]));
  }
}

/** @returns a text, often a hostile one */
export function anyText(random: Random): string {
  return random.chance(0.5) ? random.pick(["one", "two", "loss", "mnist", "m", "1"]) : random.pick(TEXTS);
}

/**
 * @param schema - of a value; `undefined` where anything goes
 * @returns JSON text that mostly fits it
 */
export function jsonOf(schema: Schema | undefined, random: Random): string {
  if (random.chance(0.12)) return hostileJson(random);
  if (schema?.enum !== undefined) return JSON.stringify(random.pick(schema.enum));
  const type = Array.isArray(schema?.type) ? random.pick(schema.type) : schema?.type;
  switch (type ?? random.pick(["string", "number", "object", "array", "boolean"])) {
    case "object":
      return objectOf(schema ?? {}, random);
    case "array":
      return `[${Array.from({ length: random.below(4) }, () => jsonOf(schema?.items, random)).join(",")}]`;
    case "integer":
    case "number":
      return String(random.pick(NUMBERS));
    case "boolean":
      return String(random.chance(0.5));
    case "null":
      return "null";
    default:
      return JSON.stringify(anyText(random));
  }
}

function objectOf({ properties = {}, required = [] }: Schema, random: Random): string {
  const names = Object.keys(properties).filter((name) => random.chance(required.includes(name) ? 0.95 : 0.4));
  if (random.chance(0.2)) names.push(anyText(random));
  return `{${names.map((name) => `${JSON.stringify(name)}:${jsonOf(properties[name], random)}`).join(",")}}`;
}
