import { objectText } from "../../params-text.js";
import type { Item } from "./offline-record.js";

type Tree = Map<string, Tree | string>;

/** An object that is told member by member, each with the names that lead to it; its values stay the texts that they are. */
export class JsonTree {
  private readonly root: Tree = new Map();

  /** @param item - a member, in place of one of the same names */
  set({ path, text }: Item): void {
    const [last, within] = this.placeOf(path);
    within.set(last, text);
  }

  /** @param path - names that lead to a member, which goes */
  remove(path: readonly string[]): void {
    const [last, within] = this.placeOf(path);
    within.delete(last);
  }

  /** @returns the JSON text */
  text(): string {
    return textOf(this.root);
  }

  private placeOf(path: readonly string[]): [last: string, within: Tree] {
    let within = this.root;
    for (const name of path.slice(0, -1)) {
      const next = within.get(name);
      if (next instanceof Map) within = next;
      else {
        const made: Tree = new Map();
        within.set(name, made);
        within = made;
      }
    }
    return [path.at(-1) ?? "", within];
  }
}

function textOf(tree: Tree): string {
  return objectText(new Map([...tree].map(([name, value]) => [name, value instanceof Map ? textOf(value) : value])));
}
