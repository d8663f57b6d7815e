import { ENTITY } from "../run.js";
import type { Operation } from "./operation.js";

const VIEWER = {
  id: ENTITY,
  entity: ENTITY,
  username: ENTITY,
  name: ENTITY,
  email: "",
  deletedAt: null,
  admin: false,
  flags: "{}",
  teams: { edges: [] },
  apiKeys: { edges: [] },
};

/** Says that a client of any version is right. */
const VERSIONS = { cliVersionInfo: { max_cli_version: "99.0.0" }, latestLocalVersionInfo: null };

/** What a type has beyond the first version of the server. */
const NO_FIELDS = { fields: [], inputFields: [] };

/** Questions about the server. */
export const SERVER_OPERATIONS: Readonly<Record<string, Operation>> = {
  Viewer: () => ({ viewer: VIEWER }),
  GetViewer: () => ({ viewer: VIEWER }),
  ServerInfo: () => ({ serverInfo: VERSIONS }),
  ServerFeaturesQuery: () => ({ serverInfo: { features: [] } }),
  OrganizationCoreWeaveOrganizationID: () => ({ entity: { organization: { coreWeaveOrganizationId: null } } }),
  // Of clients around 0.22, as those of {@link describeTypes}.
  TypeInfo: ({ name }) => ({ __type: { name, ...NO_FIELDS } }),
  XXHashDigestsEnabled: () => ({ entity: { xxhashDigestsEnabled: false } }),
};

const TYPE_QUESTION = /(\w+)\s*:\s*__type\s*\(/g;

/**
 * Answers what fields the types of the server have: none beyond those of the first version, so that the client asks for nothing newer.
 *
 * @param query - text of a GraphQL request
 * @returns the value of `data`; `undefined` for a request of another kind
 */
export function describeTypes(query: string): object | undefined {
  const asked = [...query.matchAll(TYPE_QUESTION)].map(([, alias]) => alias as string);
  return asked.length === 0 ? undefined : Object.fromEntries(asked.map((alias) => [alias, NO_FIELDS]));
}
