import { PlatformError } from "../error.js";
import { damaged } from "../store/damage.js";
import type { Instance } from "../store/instance/instance.js";
import type { Store } from "../store/store.js";

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
