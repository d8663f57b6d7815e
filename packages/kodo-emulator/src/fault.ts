/** What a request asks for. */
export type Operation =
  | "uc.query"
  | "uc.domains"
  | "up.form"
  | "up.mkblk"
  | "up.bput"
  | "up.mkfile"
  | "up.init"
  | "up.part"
  | "up.complete"
  | "up.abort"
  | "up.parts"
  | "rs.stat"
  | "rs.delete"
  | "rsf.list"
  | "io.get"
  | "unknown";

/** What a fault may look at to decide whether it is meant. */
export interface FaultTarget {
  operation: Operation;
  method: string;
  /** Path and query as they came. */
  target: string;
  host: string;
  /** Requests of this operation before this one. */
  index: number;
}

/** Something that goes wrong. Several deeds may be set; the request is handled as usual where none ends it. */
export interface Fault {
  /** Which requests: an operation, or a question about each. */
  on: Operation | ((target: FaultTarget) => boolean);
  /** How many requests it strikes. @defaultValue 1 */
  times?: number;
  /** Answers with this instead; Kodo's own words where `error` is absent. */
  status?: number;
  error?: string;
  headers?: Record<string, string | number>;
  /** The connection breaks after so many bytes of the request's body. */
  cutRequestAfterBytes?: number;
  /** The connection breaks after so many bytes of the answer's body; 0: what was asked is done, and the answer lost. */
  cutAnswerAfterBytes?: number;
  /** Nothing is read or said any more after so many bytes of the request's body. */
  stallRequestAfterBytes?: number;
  /** Nothing is sent any more after so many bytes of the answer's body. */
  stallAnswerAfterBytes?: number;
  /** The etag, hash and MD5 told are those of other bytes. */
  isEtagWrong?: boolean;
  /** One byte of a downloaded body is another one. */
  isBodyWrong?: boolean;
  /** The upload id or block that the request names is forgotten before it is handled. */
  forgetsUpload?: boolean;
  /** The token counts as out of date. */
  expiresToken?: boolean;
}

/** The faults that are waiting. */
export class FaultList {
  readonly #waiting: { fault: Fault; left: number }[] = [];

  /** @param fault - strikes from now on */
  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /** @param target - a request that came @returns the first fault that means it, counted as struck */
  take(target: FaultTarget): Fault | undefined {
    const found = this.#waiting.find(
      ({ fault, left }) => left > 0 && (typeof fault.on === "string" ? fault.on === target.operation : fault.on(target)),
    );
    if (found) found.left -= 1;
    return found?.fault;
  }
}
