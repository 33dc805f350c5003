type Node = Readonly<Record<string, unknown>>;

/** Words that only the validation layer reads. */
const internal = new Set(['codes', 'rule', 'unknownMember', 'secret', 'uniqueIgnoringCase', 'maxDepth', 'freeHeaderName', 'signingSecret']);
/** Maps from names to schemas. */
const maps = new Set(['properties', 'patternProperties']);
/** Values, which are no schemas. */
const values = new Set(['example', 'examples', 'enum', 'const', 'required']);

/** Member of a placeholder that names the component it is for. */
const COMPONENT = 'x-component';

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A schema as the OpenAPI document shows it, in JSON Schema only. A schema with a title goes into `components`, by its title;
 * a placeholder is in its place, which @fastify/swagger leaves alone. It would rewrite `patternProperties` otherwise.
 */
export function publishedSchema(schema: unknown, components: Map<string, Node>): unknown {
  if (Array.isArray(schema)) return schema.map((item) => publishedSchema(item, components));
  if (!isNode(schema)) return schema;
  const { title, type } = schema;
  if (typeof title !== 'string' || type === undefined) return publishedMembers(schema, components);
  if (!components.has(title)) components.set(title, publishedMembers(schema, components));
  const { examples } = schema;
  return { [COMPONENT]: title, ...(examples === undefined ? {} : { examples }) };
}

function publishedMembers(schema: Node, components: Map<string, Node>): Node {
  const members = Object.entries(schema).flatMap(([name, value]): [string, unknown][] => {
    if (internal.has(name) || value === undefined) return [];
    if (name === 'httpsUrl') return [['format', 'uri']];
    if (values.has(name)) return [[name, value]];
    if (!maps.has(name)) return [[name, publishedSchema(value, components)]];
    return [[name, Object.fromEntries(Object.entries(value as Node).map(([key, one]) => [key, publishedSchema(one, components)]))]];
  });
  const { rule } = schema;
  const described = typeof rule !== 'string' || schema.description !== undefined ? {} : { description: `Must be ${rule}.` };
  return { ...Object.fromEntries(members), ...described };
}

/** The document with a reference in place of every placeholder. */
export function withReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReferences);
  if (!isNode(value)) return value;
  const component = value[COMPONENT];
  if (typeof component === 'string') return { $ref: `#/components/schemas/${component}` };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withReferences(member)]));
}
