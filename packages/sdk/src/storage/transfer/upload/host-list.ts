/** How long a host that failed is tried last: as Kodo's own clients do. */
const FROZEN_MS = 600_000;

/** Hosts that do the same, in the order in which they are tried; shared by all requests to one service. */
export class HostList {
  private readonly urls: readonly string[];
  private readonly frozenUntilMs = new Map<string, number>();

  /** @param urls - `scheme://host[:port]`, the best first; at least one */
  constructor(urls: readonly string[]) {
    this.urls = urls;
  }

  /** @param nowMs - the time now @returns the first host that did not fail lately; where all did, the one that failed first */
  best(nowMs: number = Date.now()): string {
    const thawed = (url: string) => this.frozenUntilMs.get(url) ?? 0;
    const [first = ""] = this.urls.toSorted((a, b) => thawed(a) - thawed(b));
    return this.urls.find((url) => thawed(url) <= nowMs) ?? first;
  }

  /** @param url - a host that does not work @param nowMs - the time now */
  giveUp(url: string, nowMs: number = Date.now()): void {
    this.frozenUntilMs.set(url, nowMs + FROZEN_MS);
  }
}
