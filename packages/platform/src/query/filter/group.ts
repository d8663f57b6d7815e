import { PlatformError } from "../../error.js";
import type { Field, MetricField, SharedField } from "../../store/contract/list.js";
import { parseColumns, takeFields } from "./column.js";
import { fieldOf } from "./field.js";

const SHARED_FACTS = ["training", "state", "host", "name"];

/** Fields that one question groups by, and metrics that it asks for, at most. */
const MOST_FIELDS = 8;

/** A field as it was asked for. */
export interface AskedField<One extends Field> {
  key: string;
  shown: One;
}

/**
 * @param group - params, `training`, `state`, `host` or `name`, with commas between
 * @throws PlatformError `bad_request`, which names the place
 */
export function parseGroup(group: string): AskedField<SharedField>[] {
  const asked = takeFields(group, "group", (scanner, word): SharedField => {
    const field = fieldOf(scanner, word);
    const isShared = field.kind === "param" || (field.kind === "fact" && SHARED_FACTS.includes(field.name));
    return isShared
      ? (field as SharedField)
      : scanner.fail(`instances are grouped by params.KEY, ${SHARED_FACTS.slice(0, -1).join(", ")} or name`, word.start);
  });
  if (asked.length === 0) throw new PlatformError("bad_request", 'group is empty: name a field, such as "params.lr".');
  return atMost(asked, "group");
}

/**
 * @param columns - as of a list
 * @returns the figures of series among them
 * @throws PlatformError `bad_request`, which names the place
 */
export function parseMetrics(columns: string): AskedField<MetricField>[] {
  const asked = parseColumns(columns).flatMap(({ key, shown }) => (shown.kind === "metric" ? [{ key, shown }] : []));
  return atMost(asked, "columns");
}

function atMost<One>(asked: One[], what: string): One[] {
  if (asked.length > MOST_FIELDS) throw new PlatformError("bad_request", `${what} has more than ${MOST_FIELDS} fields.`);
  return asked;
}
