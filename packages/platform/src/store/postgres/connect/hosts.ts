import { PlatformError } from "../../../error.js";

/** A database as its URL names it: the same one on each of the hosts, of which one is the primary. */
const URL_FORM = /^(postgres(?:ql)?:\/\/)(?:([^@/]*)@)?([^/?@#]*)(\/[^?]*)?(\?.*)?$/;

/** Parameters of libpq that the driver does itself, for whatever they say: it always asks for the primary. */
const OURS: ReadonlySet<string> = new Set(["target_session_attrs", "load_balance_hosts"]);

/** What libpq and the client library know of TLS. A name or a mode with a slip would be passed over, and the connection not be encrypted. */
const TLS_PARAMS =
  /^(?:ssl|sslmode|sslcert|sslkey|sslrootcert|sslpassword|sslnegotiation|sslsni|sslcompression|sslcertmode|sslcrl|sslcrldir)$/;
const TLS_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"];

/** Lets `sslmode` mean what it means to libpq: `require` encrypts and looks at no certificate. To the client library it is `verify-full`, with a warning. */
const AS_LIBPQ = "uselibpqcompat";

/**
 * Takes a URL with several hosts apart.
 *
 * @param url - `postgres://user:password@host1:5432,host2:5432/name?sslmode=require`
 * @returns a URL for each host, in their order
 * @throws PlatformError `usage`
 */
export function hostUrls(url: string): string[] {
  const [, scheme, user, hosts = "", name = "", params = ""] = URL_FORM.exec(url) ?? [];
  const kept = [...new URLSearchParams(params)].filter(([key]) => !OURS.has(key));
  if (kept.some(([key]) => key === "sslmode") && !kept.some(([key]) => key === AS_LIBPQ)) kept.push([AS_LIBPQ, "true"]);
  const rest = kept.length === 0 ? "" : `?${new URLSearchParams(kept)}`;
  const urls = hosts.split(",").map((host) => `${scheme}${user === undefined ? "" : `${user}@`}${host}${name}${rest}`);
  // Without a host, where a parameter names the socket's folder.
  const areValid = urls.every((one) => URL.canParse(one.replace("@/", "@host/")));
  if (scheme === undefined || name.length < 2 || !areValid) {
    const message = `The address of the database is not one: ${withoutPassword(url)}. Give it as postgres://USER:PASSWORD@HOST:5432/NAME, with %2F, %40 and the like for / @ : # ? in the password; several hosts are separated by commas.`;
    throw new PlatformError("usage", message);
  }
  for (const [key, value] of kept) {
    const isMode = key !== "sslmode" || TLS_MODES.includes(value);
    if (isMode && (TLS_PARAMS.test(key) || !/^(?:ssl|tls)/i.test(key))) continue;
    throw new PlatformError(
      "usage",
      `The address of the database says ${key}=${value}, which is not known. For TLS write sslmode=${TLS_MODES.join("|")}, sslrootcert, sslcert and sslkey.`,
    );
  }
  return urls;
}

/** @returns a URL that can be shown */
export function withoutPassword(url: string): string {
  return url
    .replace(/^((?:[^:/]*:)?\/\/[^:@/]*|(?![^:/]*:\/\/)[^:@/]*):.*@/s, "$1@")
    .replaceAll(/((?:^|[?&\s])(?:ssl)?password\s*=)[^&\s]*/g, "$1...");
}

/** @param url - of {@link hostUrls} @returns its host and port, for messages */
export function shownHost(url: string): string {
  return URL_FORM.exec(url)?.[3] ?? "";
}
