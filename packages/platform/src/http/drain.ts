import type { Server, ServerResponse } from "node:http";

/** How long answers that are under way are waited for, in milliseconds. */
const DRAIN_MS = 5000;

/**
 * Watches the answers of a server.
 *
 * @returns refuses new connections, so that a balancer asks another replica, and ends once what is under way is answered, or after five seconds
 */
export function watchAnswers(server: Server): () => Promise<void> {
  const open = new Set<ServerResponse>();
  let wake: (() => void) | undefined;
  server.on("request", (_request, answer: ServerResponse) => {
    open.add(answer);
    answer.on("close", () => {
      open.delete(answer);
      if (open.size === 0) wake?.();
    });
  });
  return async () => {
    server.close();
    if (open.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      timer = setTimeout(resolve, DRAIN_MS);
    });
    clearTimeout(timer);
  };
}
