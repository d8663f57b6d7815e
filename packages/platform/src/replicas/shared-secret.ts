import type { Ask } from "../store/postgres/connect/database.js";

/** What replicas must agree on: the key that signs, the token of a platform that was started without one. */
export type SecretName = "key" | "token";

/**
 * @param ask - of a database that has our tables
 * @param fresh - kept where there is none yet
 * @returns what is kept, and whether it was made now
 * @throws PlatformError `store_failed`, `store_full`
 */
export async function sharedSecret(ask: Ask, name: SecretName, fresh: string): Promise<{ value: string; isNew: boolean }> {
  const made = await ask("INSERT INTO ava.secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING name", [name, fresh]);
  const [kept] = await ask<{ value: string }>("SELECT value FROM ava.secrets WHERE name = $1", [name]);
  return { value: kept!.value, isNew: made.length > 0 };
}

/** Puts another one in its place: replicas take it at their next start. @throws PlatformError `store_failed`, `store_full` */
export async function renewSecret(ask: Ask, name: SecretName, value: string): Promise<void> {
  await ask("INSERT INTO ava.secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", [name, value]);
}
