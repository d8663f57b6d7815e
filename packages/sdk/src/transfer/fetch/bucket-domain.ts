import { DEFAULT_CONTENT_TYPE, qiniuAuthorization } from "../../kodo/authorization.js";
import { decide } from "../retry/policy.js";
import { TransferError } from "../transfer-error.js";
import type { HttpClient, TimeLimits } from "./http-client.js";
import { qiniuDate } from "./qiniu-date.js";
import { readWhole, refusalOf } from "./read-body.js";
import type { KeyPair } from "./signed-url.js";

/** Where buckets are asked about, in this order; the next one where one can't be reached. */
export const QUERY_HOSTS: readonly string[] = ["https://uc.qiniuapi.com", "https://kodo-config.qiniuapi.com", "https://uc.qbox.me"];

const MAX_ANSWER_BYTES = 1024 * 1024;

/** Finds the domains under which buckets can be downloaded from, and remembers them. */
export class BucketDomains {
  private readonly known = new Map<string, Promise<string>>();
  private readonly client: HttpClient;
  private readonly limits: TimeLimits;
  private readonly hosts: readonly string[];
  private readonly keys: KeyPair;

  /**
   * @param client - sends the requests
   * @param limits - time-outs of each
   * @param hosts - `[http://]host[:port]`, see {@link QUERY_HOSTS}
   * @param keys - of the account that owns the buckets
   */
  constructor(client: HttpClient, limits: TimeLimits, hosts: readonly string[], keys: KeyPair) {
    this.client = client;
    this.limits = limits;
    this.hosts = hosts;
    this.keys = keys;
  }

  /**
   * @param bucket - name of a bucket
   * @returns the first domain bound to it; where none is, its source-site domain
   * @throws TransferError DOMAIN_UNKNOWN, and those of the request
   */
  find(bucket: string): Promise<string> {
    const known = this.known.get(bucket) ?? this.ask(bucket);
    this.known.set(bucket, known);
    // A failure is not remembered.
    known.catch(() => this.known.delete(bucket));
    return known;
  }

  private async ask(bucket: string): Promise<string> {
    const bound = (await this.get(`/v2/domains?tbl=${encodeURIComponent(bucket)}`)) as unknown;
    const first: unknown = Array.isArray(bound) ? bound[0] : undefined;
    if (typeof first === "string") return first;
    const query = `/v4/query?ak=${encodeURIComponent(this.keys.accessKey)}&bucket=${encodeURIComponent(bucket)}`;
    const regions = (await this.get(query)) as { hosts?: { io_src?: { domains?: string[] } }[] };
    const source = regions?.hosts?.[0]?.io_src?.domains?.[0];
    if (typeof source === "string") return source;
    throw new TransferError("DOMAIN_UNKNOWN", `bucket '${bucket}' has no domain to download from; bind one to it`);
  }

  private async get(path: string): Promise<unknown> {
    for (const [index, host] of this.hosts.entries()) {
      try {
        return await this.getFrom(host.includes("://") ? host : `http://${host}`, path);
      } catch (error) {
        if (index === this.hosts.length - 1 || !(error instanceof TransferError) || decide(error) === "stop") throw error;
      }
    }
    throw new TransferError("REQUEST_INVALID", "there is no host to ask about buckets");
  }

  private async getFrom(host: string, path: string): Promise<unknown> {
    const url = `${host}${path}`;
    const headers = { "Content-Type": DEFAULT_CONTENT_TYPE, "X-Qiniu-Date": qiniuDate() };
    const { accessKey, secretKey } = this.keys;
    const authorization = qiniuAuthorization({ url, headers }, accessKey, secretKey);
    const answer = await this.client.send({ method: "GET", url, headers: { ...headers, Authorization: authorization } }, this.limits);
    if (answer.status !== 200) throw await refusalOf(answer, url);
    const { body } = await readWhole(answer, MAX_ANSWER_BYTES, url);
    try {
      return JSON.parse(body.toString("utf8"));
    } catch (cause) {
      throw new TransferError("CONNECTION_LOST", "an answer that is not JSON", { url, cause });
    }
  }
}
