import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { PlatformError, systemCode } from "../../../error.js";

/** Parameters of an address that name files, and what they hold to Node.js. */
const FILES = { sslrootcert: "ca", sslcert: "cert", sslkey: "key" } as const;

/**
 * Refuses an address whose certificates cannot be used: the client library would say so for each connection, and not which file it is.
 *
 * @param url - of one host
 * @throws PlatformError `usage`
 */
export function refuseBadCertificates(url: string): void {
  const params = new URLSearchParams(url.replace(/^[^?]*/, ""));
  if (params.get("sslmode") === "verify-ca" && !params.has("sslrootcert")) {
    const message =
      "The address of the database says sslmode=verify-ca, and names no authority: add sslrootcert=FILE with its certificate. For a server with a certificate of a public authority write sslmode=verify-full.";
    throw new PlatformError("usage", message);
  }
  const contents: { ca?: string; cert?: string; key?: string } = {};
  for (const [name, what] of Object.entries(FILES)) {
    const file = params.get(name);
    try {
      if (file !== null) contents[what] = readFileSync(file, "utf8");
    } catch (error) {
      throw new PlatformError("usage", `The file ${file} of ${name} in the address of the database cannot be read: ${systemCode(error)}.`);
    }
  }
  const { ca, ...own } = contents;
  try {
    // What Node.js does not know as certificates it passes over.
    createSecureContext({ ...own, ...(ca === undefined ? {} : { ca: new X509Certificate(ca).toString() }) });
  } catch (error) {
    const message = `The files of sslrootcert, sslcert and sslkey in the address of the database are not certificates with their key (${(error as Error).message}). All are PEM; the key is that of sslcert, without a passphrase.`;
    throw new PlatformError("usage", message);
  }
}
