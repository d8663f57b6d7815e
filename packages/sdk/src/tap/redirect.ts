import { randomInt } from "node:crypto";
import { type Dialect, influxDialect, mlflowDialect, TENSORBOARD, trackioDialect, wandbDialect } from "ava-dialects";
import { AvaError } from "../place/error.js";
import { accountOf, type UserPlace } from "./accounts.js";
import { whyElsewhere } from "./other-hosts.js";

/** Names that `--dialects` takes. */
export const DIALECT_NAMES: readonly string[] = ["mlflow", "wandb", "trackio", "influx", TENSORBOARD];
/** Those of which a tap answers the clients. */
export const DIALECTS: readonly Dialect[] = [mlflowDialect, wandbDialect, trackioDialect, influxDialect];
/** InfluxDB is more than a tracker: that a program finds its variables may switch on what it does not do otherwise. */
const BY_THEMSELVES: readonly Dialect[] = DIALECTS.filter(({ name }) => name !== influxDialect.name);

const TOKEN_CHARS = 40;
const TOKEN_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Which trackers a command's clients are pointed at the tap. */
export interface Redirects {
  dialects: readonly Dialect[];
  /** Why one that `auto` could mean is left as it is. */
  notes: readonly string[];
}

/**
 * Reads `--dialects`.
 *
 * @param text - `auto`, `none`, or names with commas between
 * @returns the names; `auto` alone stays
 * @throws AvaError SETTING_INVALID for a name that is not known
 */
export function parseDialects(text: string): "auto" | readonly string[] {
  if (text === "auto") return text;
  const names = text === "none" ? [] : text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !DIALECT_NAMES.includes(name));
  if (wrong === undefined) return names;
  throw new AvaError("SETTING_INVALID", `--dialects ${text}: "${wrong}" is not one of auto, none, ${DIALECT_NAMES.join(", ")}`);
}

/**
 * Chooses whose clients are redirected: those that were named, or by themselves those for which the user has no account and no server, where all processes of the
 * command run on this host.
 *
 * @param wanted - of {@link parseDialects}
 * @param command - of the run
 * @param place - of the user
 * @returns the choice
 */
export function chooseRedirects(wanted: "auto" | readonly string[], command: readonly string[], place: UserPlace): Redirects {
  if (wanted !== "auto") return { dialects: DIALECTS.filter(({ name }) => wanted.includes(name)), notes: [] };
  const elsewhere = whyElsewhere(command, place.env);
  if (elsewhere !== undefined) {
    const words = `clients of other trackers are left as they are, since processes may run on other hosts (${elsewhere})`;
    const names = BY_THEMSELVES.map(({ name }) => name).join(",");
    return { dialects: [], notes: [`${words}; to record them all the same: --dialects ${names}`] };
  }
  const accounts = BY_THEMSELVES.map((dialect) => ({ dialect, account: accountOf(dialect.name, place) }));
  return {
    dialects: accounts.flatMap(({ dialect, account }) => (account === undefined ? [dialect] : [])),
    notes: accounts.flatMap(({ dialect: { name }, account }) =>
      account === undefined ? [] : [`${name} is left as it is (${account}); to record what it logs: --dialects ${name}`],
    ),
  };
}

/** @returns a token for the clients of one run */
export function newToken(): string {
  return Array.from({ length: TOKEN_CHARS }, () => TOKEN_LETTERS[randomInt(TOKEN_LETTERS.length)]).join("");
}

/**
 * The variables that point clients at the tap; what the user has set stays. Where he has set a key, the address carries the token.
 *
 * @param dialects - whose clients
 * @param origin - of the tap: `http://127.0.0.1:PORT`
 * @param token - of the tap
 * @param env - of the command, so far
 */
export function redirectVariables(
  dialects: readonly Dialect[],
  origin: string,
  token: string,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const added: Record<string, string> = {};
  for (const { name, environment } of dialects) {
    const isSet = (variable: string) => Boolean(env[variable]);
    const hasKey = Object.keys(environment("", "")).some(
      (variable) => isSet(variable) && !variable.endsWith("_URL") && !variable.endsWith("_URI"),
    );
    const told = environment(hasKey ? `${origin}/${token}/${name}` : `${origin}/${name}`, token);
    for (const [variable, value] of Object.entries(told)) if (!isSet(variable)) added[variable] = value;
  }
  // Clients of proxies would ask the proxy for our loopback address.
  for (const [variable, other] of [
    ["NO_PROXY", "no_proxy"],
    ["no_proxy", "NO_PROXY"],
  ] as const) {
    const told = env[variable] || env[other];
    added[variable] = told ? `${told},127.0.0.1` : "127.0.0.1";
  }
  return added;
}
