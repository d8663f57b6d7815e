import { uploadToken } from "ava-kodo";
import type { KodoAccount } from "./kodo-client.js";

/** Life of a token in seconds: longer than any request, short enough for one that leaks. */
const TOKEN_LIFE_S = 3600;

/** The token of one upload, made anew when half of its life is over, or when the server calls it out of date. */
export class UploadCredential {
  private readonly account: KodoAccount;
  private readonly scope: string;
  private token = "";
  private madeMs = Number.NEGATIVE_INFINITY;

  /** @param account - keys @param bucket - where to @param key - the one key that may be written, also over an old object */
  constructor(account: KodoAccount, bucket: string, key: string) {
    this.account = account;
    this.scope = `${bucket}:${key}`;
  }

  /** @param nowMs - the time now @returns a token that lives for half an hour at least */
  current(nowMs: number = Date.now()): string {
    if (nowMs - this.madeMs > (TOKEN_LIFE_S * 1000) / 2) {
      this.madeMs = nowMs;
      this.token = uploadToken({ scope: this.scope, expires: TOKEN_LIFE_S }, this.account.accessKey, this.account.secretKey, nowMs);
    }
    return this.token;
  }

  /** The next token is a new one. @returns true: it may be what the server misses */
  renew(): true {
    this.madeMs = Number.NEGATIVE_INFINITY;
    return true;
  }
}
