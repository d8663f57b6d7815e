import { ID_PATTERN } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { Instance } from "../store/instance/instance.js";
import type { Store } from "../store/store.js";

/**
 * @param id - id from a path
 * @throws PlatformError `not_found`
 */
export function instanceOf(store: Store, id: string): Instance {
  const instance = store.instances.get(id);
  if (instance === undefined) throw new PlatformError("not_found", `There is no instance ${id}.`);
  return instance;
}

/**
 * @param id - id or training name that a client chose
 * @param what - what it names, for the message
 * @throws PlatformError `bad_request`
 */
export function checkId(id: string, what: string): void {
  if (!ID_PATTERN.test(id)) {
    throw new PlatformError(
      "bad_request",
      `${JSON.stringify(id)} is no ${what}: 1 to 128 of A-Z a-z 0-9 . _ : @ + -, beginning with a letter or digit.`,
    );
  }
}
