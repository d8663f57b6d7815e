import { PlatformError } from "../error.js";
import type { Store } from "../store/contract/store.js";
import { damaged } from "../store/embedded/damage.js";
import type { Instance } from "../store/embedded/instance/instance.js";

/**
 * @param id - id from a path
 * @throws PlatformError `not_found`, `store_damaged`
 */
export function instanceOf(store: Store, id: string): Instance {
  const instance = store.instances.get(id);
  const damage = store.damageOf(id);
  if (damage !== undefined) throw damaged(damage);
  if (instance === undefined) throw new PlatformError("not_found", `There is no instance ${id}.`);
  return instance;
}
