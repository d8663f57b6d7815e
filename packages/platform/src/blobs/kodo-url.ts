import { escapeKey, privateUrl } from "ava-kodo";
import { unescapeAddressKey } from "ava-protocol";
import { PlatformError } from "../error.js";
import { checkKey } from "../models/model-file.js";
import { KODO_VARIABLES, type KodoAccount } from "./kodo-account.js";

/** Life of a URL of Kodo, in seconds. */
const URL_SECONDS = 600;

/**
 * @param file - `qiniu://[uid@]zone/bucket/key`
 * @param nowMs - milliseconds since 1970
 * @returns a URL that downloads the object for ten minutes
 * @throws PlatformError `conflict` when the address is not that of a model, or the account lacks something
 */
export function kodoDownload(file: string, account: KodoAccount, nowMs: number): string {
  // Split by hand: a URL parser changes `.`, `//` and escapes, which a key may hold.
  const [, text] = /^qiniu:\/\/[^/]*\/[^/]+\/(.+)$/s.exec(file) ?? [];
  if (text === undefined) throw new PlatformError("conflict", `The model's file is not a qiniu://ZONE/BUCKET/KEY address: ${file}.`);
  const key = unescapeAddressKey(text);
  checkKey(key);
  const { accessKey, secretKey, domain } = account;
  if (accessKey === undefined || secretKey === undefined || domain === undefined) {
    const missing = Object.entries(KODO_VARIABLES).filter(([field]) => account[field as keyof KodoAccount] === undefined);
    const names = missing.map(([, variable]) => variable).join(", ");
    throw new PlatformError("conflict", `The file lies at ${file}. To give it out, start the platform with ${names} in its environment.`);
  }
  const base = `${/^https?:\/\//.test(domain) ? domain.replace(/\/+$/, "") : `http://${domain}`}/${escapeKey(key)}`;
  return privateUrl(base, Math.floor(nowMs / 1000) + URL_SECONDS, accessKey, secretKey);
}
