/**
 * The page of all fields, written from the schemas by which resources are checked.
 *
 * What a field means is its description (or its title, where the description says how it is written), up to
 * `absent:`, behind which stands what holds without it.
 */
import { namePattern } from '../../src/intent/metadata.ts';
import { NamespaceSchema } from '../../src/intent/namespace.ts';
import { NetworkPolicySchema } from '../../src/intent/network-policy.ts';
import { NetworkSchema } from '../../src/intent/network.ts';
import { PolicySchema } from '../../src/intent/policy.ts';
import { PortSchema } from '../../src/intent/port.ts';
import type { Schema } from '../../src/intent/structure.ts';

export interface Row {
  readonly field: string;
  readonly meaning: string;
  readonly absent: string;
  readonly bounds: string;
}

const kinds: readonly (readonly [name: string, opening: string, schema: unknown])[] = [
  ['Network', 'One L2 segment with one MAC table.', NetworkSchema],
  ['Port', 'Where frames of one container enter and leave. It has `network` or `trunk` ([trunks](trunks.md)).', PortSchema],
  ['Namespace', 'A tenancy of ports, as Kubernetes has it. Optional: a port may name one that was never declared.', NamespaceSchema],
  ['Policy', 'Rules for the ports that it selects ([policies](policies.md)).', PolicySchema],
  ['NetworkPolicy', 'As Kubernetes has it ([policies](policies.md#networkpolicy)).', NetworkPolicySchema],
];

/** How a text of a format is written. */
const written: Readonly<Record<string, string>> = {
  mac: 'a unicast MAC', cidr: 'address/length', prefix: 'address/length', destination: 'address/length or `default`', ip: 'an IP address', range: 'an address, or first-last',
  device: '1 to 15 bytes, no spaces, slashes, colons, %', file: 'an absolute path', netns: 'a name, a path, or `pid:N`',
};

const number = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

function boundsOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.anyOf !== undefined) return schema.description ?? '';
  if (schema.type === 'array') return schema.items?.type === 'object' ? 'a list' : `a list: ${boundsOf(schema.items ?? {})}`;
  if (schema.type === 'object') return schema.title === undefined ? '' : schema.description ?? 'texts by key';
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.minimum !== undefined && schema.maximum !== undefined) return `${number(schema.minimum)} to ${number(schema.maximum)}`;
  if (schema.format !== undefined) return written[schema.format] ?? schema.format;
  if (schema.pattern === namePattern) return 'a name';
  if (schema.pattern !== undefined) return schema.description ?? `\`${schema.pattern}\``;
  return schema.minLength === undefined ? 'a text' : 'a text, not empty';
}

/** A row for each field below `schema`, in the order of the schema. */
export function rowsOf(schema: Schema, prefix = ''): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const field = prefix + name;
    const [meaning = '', absent = ''] = (member.title ?? member.description ?? '').split(/(?:; |^)absent: /);
    const isRequired = schema.required?.includes(name) === true;
    const inside = member.items?.type === 'object' ? rowsOf(member.items, `${field}[].`) : rowsOf(member, `${field}.`);
    return [{ field, meaning, absent: isRequired ? '(required)' : /^\d+$/.test(absent) ? number(Number(absent)) : absent, bounds: boundsOf(member) }, ...inside];
  });
}

/** The rows of a kind: what stands below its spec, named from there, behind what stands in its metadata. */
export function rowsOfKind(schema: unknown): Row[] {
  const { metadata = {}, spec = {} } = (schema as Schema).properties ?? {};
  return [...rowsOf(metadata, 'metadata.'), ...rowsOf(spec)];
}

function sectionOf([name, opening, schema]: (typeof kinds)[number]): string {
  const { apiVersion } = (schema as Schema).properties ?? {};
  const rows = rowsOfKind(schema).map(({ field, meaning, absent, bounds }) => `| \`${field}\` | ${meaning} | ${absent} | ${bounds} |`);
  return [`## ${name}`, '', `${opening} \`apiVersion: ${String(apiVersion?.const)}\`.`, '', '| Field | Means | Absent | May be |', '|---|---|---|---|', ...rows, ''].join('\n');
}

export const fieldsByKind: readonly (readonly [name: string, rows: readonly Row[]])[] = kinds.map(([name, , schema]) => [name, rowsOfKind(schema)]);

export const fieldsPage = `# Resources and their fields

Written from the schemas beside this page, by which resources are checked too: \`npm run build:ts && VSW_UPDATE=1 node out/test/tidy/fields.test.js\`
writes it anew. \`GET /openapi.json\` has the same for programs.

A resource has \`apiVersion\`, \`kind\`, \`metadata\` and \`spec\`; \`status\` is the switch's to write and is ignored where it is given. Fields without
\`metadata.\` in front stand in \`spec\`; \`a.b\` is \`b\` in \`a\`, and \`a[].b\` is \`b\` in each entry of the list \`a\`. What is absent has the meaning of the third column; an
unknown field is an error. A name has at most 63 lower case letters, digits, dashes and dots, with a letter or digit at both ends. More on [policies](policies.md), [trunks](trunks.md), [multicast](../cli/README.md#multicast), [faults and captures](../cli/README.md#faults-and-captures-of-a-port).

${kinds.map(sectionOf).join('\n')}`;
