import { isIPv6 } from "node:net";

/** How many wrong attempts there may be. */
export interface Attempts {
  windowMs: number;
  perAddress: number;
  overall: number;
}

/** What replicas tell each other of wrong attempts; it may be a moment behind. */
export interface SharedCounts {
  /**
   * Tells of one. @param network - that it came from @param guess - what was tried: the same one counts once; absent: each counts
   * @returns once `of` has it, and what all told before; also where it could not be told in time. Never rejects
   */
  tell(network: string, guess: string | undefined, windowMs: number): Promise<void>;
  /** Takes back what was told of a network. */
  forget(network: string): void;
  /** @param network - absent for all @returns wrong attempts of all replicas, and when fewer will be left, in milliseconds since 1970 */
  of(network: string | undefined): { wrong: number; endMs: number } | undefined;
}

/** So many attempts fewer of an address are let pass where replicas share it: each of the others may look at one more before it hears that there were enough. */
const KEPT_BACK = 3;

/** So many of an address may be looked at that the other replicas have not heard of yet: all others of a burst wait for this. */
const UNTOLD = 5;

/** Addresses that are remembered; of more, the oldest is forgotten. */
const MAX_ADDRESSES = 10_000;

interface Count {
  endMs: number;
  wrong: number;
  guesses: Set<string>;
}

/** Counts wrong attempts to get in, for each address and overall, in a bounded memory. */
export class AttemptLimit {
  private readonly limits: Attempts;
  private readonly now: () => number;
  private readonly shared: SharedCounts | undefined;
  private readonly counts = new Map<string, Count>();
  /** Wrong attempts that replicas are being told of, by network. */
  private readonly telling = new Map<string, Promise<void>>();
  /** How many of them, by network. */
  private readonly untold = new Map<string, number>();
  private all: Count;

  /**
   * @param limits - what is let pass
   * @param now - milliseconds since 1970
   * @param shared - with other replicas
   */
  constructor(limits: Attempts, now: () => number, shared?: SharedCounts) {
    this.limits = limits;
    this.now = now;
    this.shared = shared;
    this.all = this.newCount();
  }

  /** @param address - of the client @returns seconds that it has to wait before it may try again; 0: it may try now */
  waitSeconds(address: string): number {
    const nowMs = this.now();
    const network = networkOf(address);
    const { perAddress, overall } = this.limits;
    const counts = [
      { count: this.counts.get(network), limit: perAddress },
      { count: this.shared?.of(network), limit: perAddress - KEPT_BACK },
      { count: this.all, limit: overall },
      { count: this.shared?.of(undefined), limit: overall },
    ];
    const ends = counts.map(({ count, limit }) => (count !== undefined && count.wrong >= limit ? count.endMs : nowMs));
    const seconds = Math.ceil((Math.max(nowMs, ...ends) - nowMs) / 1000);
    return seconds === 0 && (this.untold.get(network) ?? 0) >= UNTOLD ? 1 : seconds;
  }

  /**
   * Counts a wrong attempt.
   *
   * @param address - of the client
   * @param guess - what was tried; the same one again is a client with an old token, and counts once
   * @returns wrong attempts of this address in its window; 0 when this one did not count
   */
  countWrong(address: string, guess?: string): number {
    const network = networkOf(address);
    const kept = this.counts.get(network);
    const own = kept !== undefined && kept.endMs > this.now() ? kept : this.newCount();
    if (guess !== undefined && own.guesses.has(guess)) return 0;
    if (this.all.endMs <= this.now()) this.all = this.newCount();
    this.all.wrong += 1;
    own.wrong += 1;
    if (guess !== undefined) own.guesses.add(guess);
    if (this.shared !== undefined) this.waitFor(network, this.shared.tell(network, guess, this.limits.windowMs));
    this.counts.delete(network);
    this.counts.set(network, own);
    for (const oldest of this.counts.keys()) {
      if (this.counts.size <= MAX_ADDRESSES) break;
      this.counts.delete(oldest);
    }
    return own.wrong;
  }

  /**
   * Looks at an attempt once the replicas know of the wrong ones that came from its address before.
   *
   * @param attempt - counts itself where it is wrong
   * @returns what it returns, once the replicas know of it @throws what it throws
   */
  async inTurn<Answer>(address: string, attempt: () => Answer): Promise<Answer> {
    const network = networkOf(address);
    while (this.telling.has(network)) await this.telling.get(network);
    try {
      return attempt();
    } finally {
      await this.telling.get(network);
    }
  }

  /** Forgets the wrong attempts of an address that got in. */
  forget(address: string): void {
    const network = networkOf(address);
    if (this.counts.delete(network) || this.shared?.of(network) !== undefined) this.shared?.forget(network);
  }

  private waitFor(network: string, told: Promise<void>): void {
    this.untold.set(network, (this.untold.get(network) ?? 0) + 1);
    void told.then(() => {
      const rest = this.untold.get(network)! - 1;
      if (rest > 0) this.untold.set(network, rest);
      else this.untold.delete(network);
    });
    const all = Promise.all([this.telling.get(network), told]).then(() => {
      if (this.telling.get(network) === all) this.telling.delete(network);
    });
    this.telling.set(network, all);
  }

  private newCount(): Count {
    return { endMs: this.now() + this.limits.windowMs, wrong: 0, guesses: new Set() };
  }
}

/** One holder of IPv6 has at least a /64 to change addresses in. */
function networkOf(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*/, "");
  if (!isIPv6(bare)) return bare;
  const [head = "", tail] = bare.split("::");
  const front = head.split(":").filter(Boolean);
  const back = tail?.split(":").filter(Boolean) ?? [];
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return [...front, ...zeros, ...back].slice(0, 4).join(":");
}

/** @param address - of a client; behind a trusted proxy it is what a header says @returns it, fit for a line of our output */
export function printableAddress(address: string): string {
  return /^[\w.:%-]{1,64}$/.test(address) ? address : JSON.stringify(address.slice(0, 64));
}
