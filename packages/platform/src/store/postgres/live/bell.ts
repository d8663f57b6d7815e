import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import type { Database } from "../connect/database.js";

/** Channel on which replicas tell each other that there is something to look at. */
const CHANNEL = "ava_changes";

/** Rings are this far apart at least, in milliseconds: NOTIFY takes a lock of the whole server. */
const RING_MS = 200;

/** How long after a connection was lost it is made again. */
const AGAIN_MS = 5000;

/**
 * Tells the other replicas at once that something changed, by NOTIFY: not within the commits, which would then wait for each other. It is a help only: behind
 * a pooler nothing comes, and who listens then looks from time to time.
 */
export class Bell {
  private readonly database: Database;
  private readonly onRing: () => void;
  private client: Client | undefined;
  private isWanted = false;
  /** Text that this process rang with to hear itself. */
  private test = "";
  private hasHeardItself = false;
  private ringTimer: NodeJS.Timeout | undefined;
  private rangAtMs = Number.NEGATIVE_INFINITY;
  private againTimer: NodeJS.Timeout | undefined;

  /** @param onRing - called when a replica has rung, and when this one begins to hear; must not throw */
  constructor(database: Database, onRing: () => void) {
    this.database = database;
    this.onRing = onRing;
  }

  /** Whether rings of others come here. */
  get isHeard(): boolean {
    return this.hasHeardItself;
  }

  /** Rings, soon. What comes meanwhile is told by the same ring. */
  ring(): void {
    if (this.ringTimer !== undefined) return;
    const waitMs = Math.max(0, this.rangAtMs + RING_MS - performance.now());
    this.ringTimer = setTimeout(() => {
      this.ringTimer = undefined;
      this.rangAtMs = performance.now();
      // One that fails is made up for by those who look from time to time.
      this.database.ask("SELECT pg_notify($1, '')", [CHANNEL]).catch(() => undefined);
    }, waitMs).unref();
  }

  /** Listens, until it is told to stop. */
  listen(): void {
    if (this.isWanted) return;
    this.isWanted = true;
    void this.connect();
  }

  /** Listens no more. */
  stop(): void {
    this.isWanted = false;
    clearTimeout(this.againTimer);
    this.lose(this.client);
  }

  /** Rings and listens no more. */
  close(): void {
    clearTimeout(this.ringTimer);
    this.stop();
  }

  private async connect(): Promise<void> {
    let client: Client | undefined;
    try {
      const connected = await this.database.connection();
      client = connected;
      if (!this.isWanted || this.client !== undefined) return void client.end().catch(() => undefined);
      this.client = client;
      client.on("end", () => this.lose(connected));
      client.on("error", () => this.lose(connected));
      client.on("notification", ({ payload }) => {
        if (payload !== "" && payload !== this.test) return;
        if (payload !== "") this.hasHeardItself = true;
        // Also by its own: others may have rung after the last look and before this process listened.
        this.onRing();
      });
      this.test = randomBytes(6).toString("hex");
      await client.query(`LISTEN ${CHANNEL}`);
      await client.query("SELECT pg_notify($1, $2)", [CHANNEL, this.test]);
    } catch {
      // Told by the questions that fail as well.
      this.lose(client);
    }
  }

  private lose(client: Client | undefined): void {
    if (client !== this.client) return;
    this.client = undefined;
    this.hasHeardItself = false;
    void client?.end().catch(() => undefined);
    clearTimeout(this.againTimer);
    if (this.isWanted) this.againTimer = setTimeout(() => void this.connect(), AGAIN_MS).unref();
  }
}
