/** An answer other than 200, thrown by whatever finds the reason and written at one place. */
export class Refusal extends Error {
  readonly status: number;

  /**
   * @param status - HTTP status, or one of Kodo's own from 573 up
   * @param message - text of the `error` field
   */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a route gives back: a JSON body, a stream, or nothing. */
export interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  /** Is written as JSON. */
  json?: unknown;
  /** Is written as it comes. */
  body?: AsyncIterable<Uint8Array>;
  /** Runs when the answer is written or given up. */
  done?: () => void;
}
