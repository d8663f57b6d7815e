import type { Connection, Submittable } from "pg";

/** Bytes of what stands in front of the first row: signature, flags, length of what follows them. */
const HEAD_BYTES = 19;

/** In the place of the number of values: no row follows. */
const END = -1;

/**
 * Reads the rows of a query in PostgreSQL's binary form, each value as its bytes. Answers to other statements come as texts: those of bytes are twice as long, and
 * each is a string in memory first. The names of the methods are those that the client of `pg` calls.
 */
export class CopyOut implements Submittable {
  /** All rows. @throws the error of the server, or of the connection */
  readonly rows: Promise<Buffer[][]>;
  /** Set and called by the client as well, which ends its time limit so. */
  callback: (error: Error | null) => void = () => undefined;
  private readonly found: Buffer[][] = [];
  private readonly text: string;
  private hasBegun = false;

  /** @param query - has no parameters */
  constructor(query: string) {
    this.text = `COPY (${query}) TO STDOUT (FORMAT binary)`;
    this.rows = new Promise((resolve, reject) => {
      this.callback = (error) => (error === null ? resolve(this.found) : reject(error));
    });
  }

  submit(connection: Connection): void {
    connection.query(this.text);
  }

  /** A message is one row; the head stands in front of the first. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    let at = this.hasBegun ? 0 : HEAD_BYTES;
    this.hasBegun = true;
    if (at === chunk.length) return;
    const count = chunk.readInt16BE(at);
    if (count === END) return;
    at += 2;
    const row: Buffer[] = [];
    for (let value = 0; value < count; value++) {
      const start = at + 4;
      at = start + chunk.readInt32BE(at);
      // Copies: the connection goes on to use the bytes, and one value that is remembered keeps no other in memory.
      row.push(Buffer.from(chunk.subarray(start, at)));
    }
    this.found.push(row);
  }

  handleCommandComplete(): void {
    // The server is ready after it.
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}
