/**
 * Secrets that are known by how they look, wherever they stand. Python has the same list (`python/ava/masking.py`), and both read the
 * vectors in `tests/vectors/secrets.json`.
 */
const SHAPES: readonly string[] = [
  // GitHub, GitLab
  "gh[pousr]_[A-Za-z0-9]{6,}",
  "github_pat_\\w{6,}",
  "gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|imt)-[\\w-]{6,}",
  // OpenAI, Anthropic and who took after them; Groq, Replicate, Tavily, NVIDIA
  "sk-[\\w-]{12,}",
  "gsk_[A-Za-z0-9]{16,}",
  "r8_[A-Za-z0-9]{16,}",
  "tvly-[\\w-]{12,}",
  "nvapi-[\\w-]{12,}",
  // Stripe, Slack, SendGrid
  "[sr]k_(?:live|test)_[A-Za-z0-9]{6,}",
  "xox[a-z]-[\\w-]{6,}",
  "xapp-[\\w-]{6,}",
  "SG\\.[\\w-]{12,}\\.[\\w-]{12,}",
  // AWS, Google, DigitalOcean
  "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}",
  "AIza[\\w-]{20,}",
  "ya29\\.[\\w-]{12,}",
  "dop_v1_[a-f0-9]{16,}",
  // Hugging Face, npm, PyPI, Docker, Databricks
  "hf_[A-Za-z0-9]{12,}",
  "npm_[A-Za-z0-9]{16,}",
  "pypi-[\\w-]{16,}",
  "dckr_pat_[\\w-]{6,}",
  "dapi[a-f0-9]{32}",
  // JSON web tokens
  "eyJ[\\w-]{5,}\\.[\\w-]{5,}\\.[\\w-]*",
];

/** One of the shapes, not within a word. */
export const SECRET_SHAPE: RegExp = new RegExp(`(?<![\\w-])(?:${SHAPES.join("|")})`, "g");

/** Stands in the place of a secret. */
export const MASK = "***";

const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
const BLANK_LINE = /^[+ -]?\s*$/;
/** Base64, or a header such as `Proc-Type: 4,ENCRYPTED`, as it stands in a file, in a diff, in quotes. */
const KEY_LINE = /^([+ -]?[ \t]*["']?)(?:[A-Za-z0-9+/=]{1,100}|[A-Za-z-]{1,30}: [^"']{1,200})(?:\\n)?["']?,?\r?$/;

/**
 * @param text - may hold private keys in PEM form, also cut off, in a diff, or in one line with `\n` in it
 * @returns the text with the same lines, those of keys masked
 */
export function maskPrivateKeys(text: string): string {
  if (!text.includes("PRIVATE KEY")) return text;
  let isInKey = false;
  return text
    .split("\n")
    .map((line) => {
      const begins = KEY_BEGINS.exec(line);
      const from = begins === null ? 0 : begins.index + begins[0].length;
      if (begins === null && !isInKey) return line;
      const end = line.indexOf("-----END ", from);
      isInKey = end < 0 && (begins !== null || KEY_LINE.test(line) || BLANK_LINE.test(line));
      if (end >= 0) return begins === null || end === from ? line : line.slice(0, from) + MASK + line.slice(end);
      if (begins !== null) return from === line.trimEnd().length ? line : line.slice(0, from) + MASK;
      return isInKey ? line.replace(KEY_LINE, `$1${MASK}`) : line;
    })
    .join("\n");
}
