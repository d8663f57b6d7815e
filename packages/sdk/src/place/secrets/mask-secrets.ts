import { maskFlagsOfPrograms } from "./program-flags.js";
import { MASK, maskPrivateKeys, SECRET_SHAPE } from "./secret-shapes.js";

/** The end of a name whose value is a secret: `--hf-token`, `API_KEY`, `db.password`; not `max_tokens`, not `tokenizer`. */
const SECRET_NAME = "[\\w.-]*(?:token|secret|key|passw(?:or)?d|pwd|passphrase|credentials?)";
/** Names that are not used for anything else, so that words without quotes are taken for their value, too. */
const CERTAIN_NAME = "[\\w.-]*(?:secret|passw(?:or)?d|passphrase|token|(?:api|access|secret|private|account)[_.-]?key)";
const QUOTED = `"[^"\\n]*"|'[^'\\n]*'`;
const NOT_WITHIN_A_NAME = "(?<![\\w.-])";

const SECRET_FLAG = new RegExp(`^(?:--?${SECRET_NAME}|--pass)$`, "i");
/** `--token=abc`, `TOKEN=abc`, `token: abc`, and within a line for a shell `--token abc`. */
const COMMAND_VALUE = new RegExp(
  `(${NOT_WITHIN_A_NAME}(?:(?:--?${SECRET_NAME}|--pass)(?:=| +)|${SECRET_NAME}(?:=|: *)))(?:${QUOTED}|[^\\s"'&;]+)`,
  "gi",
);
/** In code only values in quotes: `api_key = "abc"`, but not `sorted(rows, key=len)`. */
const CODE_VALUE = new RegExp(`(${NOT_WITHIN_A_NAME}${SECRET_NAME}["']?\\]?[ \\t]*[=:][ \\t]*)(?:${QUOTED})`, "gi");
/** The last word of a line of settings, of letters and digits: `password: hunter2`. */
const SETTING = new RegExp(
  `(^[+ -]?[ \\t]*(?:export )?${CERTAIN_NAME}[ \\t]*[:=][ \\t]*)(?=\\S*\\d)(?=\\S*[a-z])[^\\s"'()[\\]{},;]{6,}(?=[ \\t]*$)`,
  "gim",
);
/** Lines of files of variables: `AWS_SECRET_ACCESS_KEY=abc`. */
const VARIABLE = /(\b[A-Z0-9_]*(?:TOKEN|SECRET|KEY|PASSWORD|PASSWD)=)[^\s"']+/g;
/** In words for people `key: x` is not a secret, `password=x` is one. */
const TOLD_VALUE = new RegExp(`(${NOT_WITHIN_A_NAME}${CERTAIN_NAME}=)(?:${QUOTED}|[^\\s"'&;,)]+)`, "gi");

/** Passwords in addresses; a colon may stand before a port, too. Lengths are bounded, so that a search costs no more than the length of the text. */
const ADDRESS = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@"']{0,200}:)(?!\d{1,5}(?:[/?#\s]|$))[^\s"'`<>]{1,300}(?=@)/gi;
/** A token in the place of a user's name. */
const ADDRESS_USER = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s:/@"']{20,300}(?=@)/gi;
/** Signatures of addresses: everyone who has one gets in. */
const SIGNED_ADDRESS = /([?&](?:sig|sign|signature|x-amz-signature|x-amz-security-token|x-goog-signature|token)=)[^\s"'&]+/gi;
const BEARER = /(\bBearer +)[\w.~+/=-]+/g;
const AUTHORIZATION = /(\bAuthorization["']?\s*[:=]\s*["']?(?:[A-Za-z][\w-]* +)?)[^\s"',}]+/gi;
const COOKIE = /(\bCookie: *)[^"'\n]+/gi;

/** Secrets of any text. */
const EVERYWHERE = [ADDRESS, ADDRESS_USER, SIGNED_ADDRESS, BEARER, AUTHORIZATION, COOKIE];

/**
 * Masks what looks like a secret in a command line, by its name or by its shape. A secret with a harmless name and no shape is not found.
 *
 * @param command - program and arguments
 * @returns the same number of arguments
 */
export function maskCommand(command: readonly string[]): string[] {
  return maskFlagsOfPrograms(command).map((argument, index, all) => {
    const isValue = index > 0 && SECRET_FLAG.test(all[index - 1] as string) && !argument.startsWith("--");
    return isValue ? MASK : mask(argument, [CODE_VALUE, COMMAND_VALUE, ...EVERYWHERE]);
  });
}

/**
 * Masks what looks like a secret in source text.
 *
 * @param text - a diff
 * @returns the text with the same lines
 */
export function maskCode(text: string): string {
  return mask(text, [CODE_VALUE, SETTING, VARIABLE, ...EVERYWHERE]);
}

/**
 * Masks what looks like a secret in words for people: messages, causes of an end.
 *
 * @param text - of any length
 * @returns the text, secrets masked
 */
export function maskText(text: string): string {
  return mask(text, [TOLD_VALUE, ...EVERYWHERE]);
}

function mask(text: string, patterns: readonly RegExp[]): string {
  const named = patterns.reduce((masked, pattern) => masked.replace(pattern, `$1${MASK}`), maskPrivateKeys(text));
  return named.replace(SECRET_SHAPE, MASK);
}

/** @param told - an event or an end @returns it with the secrets in its message masked */
export function maskMessage<Told extends { message?: string }>(told: Told): Told {
  return told.message === undefined ? told : { ...told, message: maskText(told.message) };
}
