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
