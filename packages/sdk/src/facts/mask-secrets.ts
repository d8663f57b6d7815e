/** Stands in the place of a secret. */
const MASK = "***";

/** The end of a name whose value is a secret: `--hf-token`, `API_KEY`, `db.password`; not `max_tokens`, not `tokenizer`. */
const SECRET_NAME = "[\\w.-]*(?:token|secret|key|passw(?:or)?d|pwd|passphrase|credentials?)";
const QUOTED = `"[^"]*"|'[^']*'`;

const SECRET_FLAG = new RegExp(`^--?${SECRET_NAME}$`, "i");
/** `--token=abc`, `TOKEN=abc`, `token: abc`, and within a line for a shell `--token abc`. */
const COMMAND_VALUE = new RegExp(`((?<![\\w-])(?:--?${SECRET_NAME}(?:=| +)|${SECRET_NAME}(?:=|: *)))(?:${QUOTED}|[^\\s"'&;]+)`, "gi");
/** In code only values in quotes: `api_key = "abc"`, but not `sorted(rows, key=len)`. */
const CODE_VALUE = new RegExp(`((?<![\\w-])${SECRET_NAME}["']?\\]?\\s*[=:]\\s*)(?:${QUOTED})`, "gi");
/** Lines of files of variables: `AWS_SECRET_ACCESS_KEY=abc`. */
const VARIABLE = /(\b[A-Z0-9_]*(?:TOKEN|SECRET|KEY|PASSWORD|PASSWD)=)[^\s"']+/g;
/** Passwords in addresses, and what stands after `Bearer` in a header. */
const ADDRESS = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s/@]+(?=@)/gi;
const BEARER = /(\bBearer +)[\w.~+/=-]+/g;

/**
 * Masks what looks like a secret in a command line. It knows names, not values: a secret with a harmless name is not found.
 *
 * @param command - program and arguments
 * @returns the same number of arguments
 */
export function maskCommand(command: readonly string[]): string[] {
  return command.map((argument, index) => {
    const isValue = index > 0 && SECRET_FLAG.test(command[index - 1] as string) && !argument.startsWith("--");
    return isValue ? MASK : mask(argument, [COMMAND_VALUE, ADDRESS, BEARER]);
  });
}

/**
 * Masks what looks like a secret in source text.
 *
 * @param text - a diff
 * @returns the text with the same lines
 */
export function maskCode(text: string): string {
  return mask(text, [CODE_VALUE, VARIABLE, ADDRESS, BEARER]);
}

function mask(text: string, patterns: readonly RegExp[]): string {
  return patterns.reduce((masked, pattern) => masked.replace(pattern, `$1${MASK}`), text);
}
