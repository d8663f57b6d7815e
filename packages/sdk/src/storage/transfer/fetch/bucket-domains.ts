import { TransferError } from "../transfer-error.js";
import { KodoClient, type KodoClientOptions } from "../upload/kodo-client.js";
import { listDomains } from "../upload/objects.js";
import type { KeyPair } from "./signed-url.js";

/** Finds the domains under which buckets can be downloaded from, and remembers them. */
export class BucketDomains {
  private readonly known = new Map<string, Promise<string>>();
  private readonly kodo: KodoClient;

  /**
   * @param keys - of the account that owns the buckets
   * @param options - endpoint, time-outs
   */
  constructor(keys: KeyPair, options: KodoClientOptions) {
    this.kodo = new KodoClient(keys, options);
  }

  /**
   * @param bucket - name of a bucket
   * @returns the first domain bound to it; where none is, its source-site domain
   * @throws TransferError DOMAIN_UNKNOWN, HTTP_STATUS, and those of the network
   */
  find(bucket: string): Promise<string> {
    const known = this.known.get(bucket) ?? this.ask(bucket);
    this.known.set(bucket, known);
    // A failure is not remembered.
    known.catch(() => this.known.delete(bucket));
    return known;
  }

  /** Closes the connections. */
  close(): void {
    this.kodo.close();
  }

  private async ask(bucket: string): Promise<string> {
    const [first] = await listDomains(this.kodo, bucket);
    if (first !== undefined) return first;
    throw new TransferError("DOMAIN_UNKNOWN", `bucket '${bucket}' has no domain to download from; bind one to it`);
  }
}
