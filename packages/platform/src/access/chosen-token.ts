import { PlatformError } from "../error.js";

/** Shorter ones can be guessed, however few attempts are let pass. */
const MIN_TOKEN_CHARS = 12;

/**
 * @param token - that a person chose
 * @throws PlatformError `usage` when it could be guessed, or cannot be sent in a header
 */
export function checkToken(token: string): void {
  const advice =
    "Take a longer one (openssl rand -hex 20 makes one), or leave it out: on any address but loopback the platform then makes one.";
  if (token.length < MIN_TOKEN_CHARS) {
    throw new PlatformError("usage", `The token has ${token.length} characters, and at least ${MIN_TOKEN_CHARS} are needed. ${advice}`);
  }
  if (!isToken(token)) {
    throw new PlatformError("usage", "The token may hold only letters, digits and signs of ASCII, no blanks: it is sent in a header.");
  }
}

/** @param text - any text @returns whether it is long enough for a token, and can be sent in a header */
export function isToken(text: string): boolean {
  return text.length >= MIN_TOKEN_CHARS && /^[\x21-\x7e]+$/.test(text);
}
