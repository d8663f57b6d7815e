import { systemCode } from "../../../error.js";

/** What to do where nothing more is known. */
export const SEE_THAT_IT_RUNS = "See that PostgreSQL runs, and that its address is right.";

/** What senders of records are told; a person who runs a command has nothing to send again. */
export const FOR_SENDERS = "Nothing that was acknowledged is lost; send it again in a moment.";

/** Forms of code and message of what fails on the way to a database, and what a person can do. The first that fits is told. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:ENOTFOUND|EAI_AGAIN)/,
    "The name of the host is not known here: see that the address names it rightly, and that the name server answers.",
  ],
  [/^ECONNREFUSED/, SEE_THAT_IT_RUNS],
  [
    /does not support SSL/,
    "The server has no TLS: switch it on (ssl = on in postgresql.conf), or write sslmode=disable in the address, with which everything goes unencrypted.",
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID/,
    "The certificate of the server is for other names: name the host in the address as the certificate does, or write sslmode=verify-ca, which does not compare the name.",
  ],
  [/^CERT_HAS_EXPIRED/, "The certificate of the server, or of its authority, has expired: renew it, or set the clock of this machine."],
  [/^CERT_NOT_YET_VALID/, "The certificate of the server is not valid yet: set the clock of this machine, or of the one that made it."],
  [
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|INVALID_CA)/,
    "The certificate of the server is not from an authority that is known here: name the authority's certificate with sslrootcert=FILE in the address, for a self-signed one that itself.",
  ],
  [
    /certificate required|valid client certificate|ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)|alert unknown ca/i,
    "The server wants a certificate of the platform that its ssl_ca_file proves: name it with sslcert=FILE and sslkey=FILE in the address.",
  ],
  [
    /^28000.*no encryption/,
    "The server lets this user in with TLS only, or not from this address: write sslmode=verify-full in the address, or add the platform to pg_hba.conf.",
  ],
  [/^28000.*pg_hba/, "The server does not let this user in from this address: add the platform to pg_hba.conf."],
  [/^(?:28...|3D000)|^ ?SASL/, "Check user, password and name of the database in its address."],
  [/^42501/, "Give its user the right: GRANT CONNECT, CREATE ON DATABASE, and make it the owner of the schema ava where that is there."],
  [
    /^53300/,
    "All connections of the server, or of this user, are taken: raise max_connections (or the limit of the user), or put PgBouncer between. A replica takes up to 13.",
  ],
];

/**
 * @param error - of a connection to a database
 * @returns a sentence about what a person can do; `undefined` where it says nothing that is known
 */
export function adviceFor(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const text = `${systemCode(error) ?? ""} ${error.message}`;
  return ADVICE.find(([form]) => form.test(text))?.[1];
}
