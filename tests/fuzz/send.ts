import { connect } from "node:net";

/** A request as bytes: an HTTP client would refuse to send many of them. */
export interface RawRequest {
  bytes: Buffer;
  /** Bytes of it are missing, flipped or too many. */
  isDamaged: boolean;
}

/** What came back for one request. */
export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  status: number;
  text: string;
}

/** Longest wait for an answer: a platform that is deaf fails the test. */
const PATIENCE_MS = 20_000;

/** What is read of one answer at most. */
const MOST_BYTES = 200_000;

/**
 * Sends the bytes of a request over a connection of its own.
 *
 * @returns the answer, once its connection is closed; of an answer without an end, its beginning
 * @throws when nothing came in time
 */
export function send(port: number, { bytes, isDamaged }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1");
    const finish = (): void => {
      resolve({ status: Number(/^(?:HTTP\/1\.1 100 [^]*?\r\n\r\n)?HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
      socket.destroy();
    };
    socket.setTimeout(PATIENCE_MS, () => {
      socket.destroy();
      reject(new Error(`no answer within ${PATIENCE_MS} ms`));
    });
    socket.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      // Live streams do not end.
      if (text.includes("text/event-stream") || text.length > MOST_BYTES) finish();
    });
    socket.on("close", finish);
    // The platform may close while a body that it refuses is still being sent.
    socket.on("error", finish);
    // A damaged request may miss its end, for which the platform would wait.
    if (isDamaged) socket.end(bytes);
    else socket.write(bytes);
  });
}
