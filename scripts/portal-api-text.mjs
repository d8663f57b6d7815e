// @ts-check
// The platform's OpenAPI document as types of the portal's client.

/** @typedef {{ [key: string]: unknown, type?: string | string[], title?: string, enum?: unknown[], anyOf?: Schema[], items?: Schema, properties?: Record<string, Schema>, required?: string[], additionalProperties?: Schema | boolean }} Schema */
/** @typedef {{ in: string, name: string, required?: boolean, schema: Schema }} Parameter */
/** @typedef {{ content?: Record<string, { schema?: Schema }> }} Content */
/** @typedef {{ summary?: string, tags?: string[], parameters?: Parameter[], requestBody?: Content, responses?: Record<string, Content> }} Operation */

const JSON_TYPE = "application/json";

/**
 * @param {{ paths: Record<string, Record<string, Operation>> }} document - of the platform
 * @returns {string} a TypeScript module with one type, a member for each route of `/v1` that answers JSON and is not for old clients
 */
export function portalApiText({ paths }) {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  );
  named.clear();
  const members = routes
    .filter(
      ({ route, operation }) =>
        route.includes(" /v1/") && answerOf(operation) !== undefined && operation.tags?.includes("old client") !== true,
    )
    .sort((a, b) => (a.route < b.route ? -1 : 1))
    .map(({ route, operation }) => `/** ${operation.summary} */\n${JSON.stringify(route)}: ${routeType(operation)};`);
  return `// Made by scripts/portal-api.mjs from the platform's OpenAPI document: change the schemas of its routes, then run the script.

/** Routes of the platform: what is asked with and what is answered. */
export interface Api {
${members.join("\n")}
}
${[...named].map(([name, type]) => `\ntype ${name} = ${type};`).join("\n")}
`;
}

/** Types of schemas that have a title, by it. @type {Map<string, string>} */
const named = new Map();

/** @param {Operation} operation - of a route @returns {Schema | undefined} what it answers when all is well */
function answerOf({ responses = {} }) {
  const good = Object.entries(responses).find(([status]) => status.startsWith("2"))?.[1];
  return good?.content?.[JSON_TYPE]?.schema;
}

/** @param {Operation} operation - of a route @returns {string} its type */
function routeType(operation) {
  const { parameters = [], requestBody } = operation;
  const inPath = parameters.filter(({ in: place }) => place === "path");
  const inQuery = parameters.filter(({ in: place }) => place === "query");
  const body = requestBody?.content?.[JSON_TYPE]?.schema;
  const parts = [
    ...(inPath.length === 0 ? [] : [`path: { ${inPath.map(({ name }) => `${key(name)}: string`).join("; ")} }`]),
    ...(inQuery.length === 0 ? [] : [`query: { ${inQuery.map(queryMember).join("; ")} }`]),
    ...(body === undefined ? [] : [`body: ${typeOf(body, true)}`]),
    `answer: ${typeOf(answerOf(operation) ?? {}, false)}`,
  ];
  return `{ ${parts.join("; ")} }`;
}

/** @param {Parameter} parameter - of a query @returns {string} a member; the client leaves out what is undefined */
function queryMember({ name, required, schema }) {
  return `${key(name)}${required === true ? "" : "?"}: ${typeOf(schema, true)}${required === true ? "" : " | undefined"}`;
}

/**
 * @param {Schema} schema - of a value
 * @param {boolean} isSent - the client sends it: lists need not be its own
 * @returns {string} its type
 */
function typeOf(schema, isSent) {
  const { title } = schema;
  if (title === undefined) return plainTypeOf(schema, isSent);
  if (!named.has(title)) {
    // Reserved first: the titles stand in the order in which they are come to.
    named.set(title, "");
    named.set(title, plainTypeOf(schema, isSent));
  }
  return title;
}

/** @param {Schema} schema - of a value @param {boolean} isSent - as of {@link typeOf} @returns {string} its type, whatever its title is */
function plainTypeOf(schema, isSent) {
  const { type, items, properties, required = [], additionalProperties } = schema;
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => typeOf(one, isSent)).join(" | ");
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one }, isSent)).join(" | ");
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "number":
    case "integer":
      return "number";
    case "array":
      return `${isSent ? "readonly " : ""}(${typeOf(items ?? {}, isSent)})[]`;
    case "object": {
      if (properties === undefined)
        return `Record<string, ${typeof additionalProperties === "object" ? typeOf(additionalProperties, isSent) : "unknown"}>`;
      const members = Object.entries(properties).map(
        ([name, value]) =>
          `${key(name)}${required.includes(name) ? "" : "?"}: ${typeOf(value, isSent)}${isSent && !required.includes(name) ? " | undefined" : ""}`,
      );
      return `{ ${members.join("; ")} }`;
    }
    default:
      return "unknown";
  }
}

/** @param {string} name - of a member @returns {string} as it is written in a type */
function key(name) {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
