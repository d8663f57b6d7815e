import { MASK } from "./secret-shapes.js";

/** A flag that only with some programs stands before a secret: `-p` of another one may be a port. */
interface ProgramFlag {
  program: RegExp;
  /** The flag with its value in one word; what follows the group is the secret. */
  attached?: RegExp;
  /** The flag, whose value is the next word. */
  separate?: RegExp;
}

const PROGRAM_FLAGS: readonly ProgramFlag[] = [
  // `mysql -p DB` asks for the password and names a database.
  { program: /^(?:mysql\w*|mariadb[\w-]*|mycli)$/, attached: /^(-p)(?![=-])./ },
  { program: /^(?:sshpass|mongo\w*|login)$/, attached: /^(-p)./, separate: /^-p$/ },
  { program: /^7z[ar]?$/, attached: /^(-p)./ },
  { program: /^(?:zip|unzip)$/, attached: /^(-P)./, separate: /^(?:-P|--password)$/ },
  { program: /^redis-cli$/, attached: /^(-a)./, separate: /^-a$/ },
  { program: /^(?:curl|wget|https?)$/, attached: /^((?:-u|-U|--user=|--proxy-user=)[^:]+:)./, separate: /^(?:-u|-U|--user|--proxy-user)$/ },
];

/** A word of a line for a shell: quotes hold it together. */
const WORD = /(?:"[^"]*"|'[^']*'|\S)+/g;
/** What may stand behind a word without a blank. */
const CLOSING: ReadonlySet<string> = new Set(["'", '"', ";", "|", "&"]);

/**
 * Masks the values of such flags; a line for a shell is taken word by word.
 *
 * @param command - program and arguments
 * @returns the same number of arguments
 */
export function maskFlagsOfPrograms(command: readonly string[]): string[] {
  let flag: ProgramFlag | undefined;
  let isValue = false;
  const maskWord = (word: string): string => {
    const start = /^["']/.test(word) ? 1 : 0;
    let end = word.length;
    while (end > start && CLOSING.has(word[end - 1] as string)) end -= 1;
    const bare = word.slice(start, end);
    const wasValue = isValue;
    isValue = false;
    const masked = wasValue ? maskValue(bare) : maskFlag(bare);
    // A program has one password; what follows may be another program, as after `sshpass`.
    if (masked !== bare) flag = undefined;
    if (/[;|&]/.test(word.slice(end))) flag = undefined;
    return word.slice(0, start) + masked + word.slice(end);
  };
  const maskFlag = (word: string): string => {
    const name = word.slice(word.lastIndexOf("/") + 1);
    flag = PROGRAM_FLAGS.find(({ program }) => program.test(name)) ?? flag;
    isValue = flag?.separate?.test(word) === true;
    const [, kept] = flag?.attached?.exec(word) ?? [];
    return isValue || kept === undefined ? word : kept + MASK;
  };
  return command.map((argument) => argument.replace(WORD, maskWord));
}

/** Of `user:password` the user stays. */
function maskValue(word: string): string {
  const colon = word.indexOf(":");
  return colon < 0 ? MASK : word.slice(0, colon + 1) + MASK;
}
