/**
 * Why something is refused: `absent` (there is no such thing), `exists` (there is one already), `invalid` (can never be taken), `unknown` (no such request),
 * `too_large`, `unauthorized`, `unavailable` (may be taken later).
 */
export type RefusalKind = "absent" | "exists" | "invalid" | "unknown" | "too_large" | "unauthorized" | "unavailable";

/** A request that is not done; each dialect says it in its client's words. */
export class RefusedError extends Error {
  readonly kind: RefusalKind;

  /** @param kind - why @param message - a sentence for a person */
  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.name = "RefusedError";
    this.kind = kind;
  }
}
