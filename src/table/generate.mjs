/**
 * Writes src/table/*.gen.ts from the .def files of the native side: the forms that both languages
 * must agree on are written once. Run by `npm run generate`; writes a file only when it changed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const outFolder = process.argv[2] ?? join(root, 'src', 'table');

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const readDef = (path) => readFileSync(join(root, 'native', path), 'utf8').replace(/^\s*\/\/.*$/gm, '');
const banner = (path, sentence) => `// Generated from native/${path} by src/table/generate.mjs; edit that file instead.\n/** ${sentence} */\n`;

function edits() {
  const source = 'commit/edits.def';
  const text = readDef(source);
  const list = [];
  for (const match of text.matchAll(/EDIT\(\s*(\w+)\s*,\s*(\d+)\s*\)([\s\S]*?)\bEND\b/g)) {
    const fields = [...match[3].matchAll(/FIELD\(\s*(\w+)\s*,\s*(\w+)\s*\)/g)].map((field) => ({ type: field[1], name: camel(field[2]) }));
    list.push({ name: match[1], tag: Number(match[2]), fields });
  }
  if (list.length === 0) throw new Error(`native/${source} holds no EDIT`);
  const scalar = { u8: 'number', u16: 'number', u32: 'number', text: 'string', mac: 'string', ip: 'Ip', prefix: 'Cidr', route: 'RouteEntry', trunk_address: 'TrunkAddress', network_prefix: 'NetworkPrefix', rule: 'RuleEntry' };
  const typeOf = (type) => {
    const inner = type.startsWith('list_') ? scalar[type.slice(5)] : scalar[type];
    if (inner === undefined) throw new Error(`native/${source}: the type ${type} is not known here: add it to src/table/generate.mjs`);
    return type.startsWith('list_') ? `readonly ${inner}[]` : inner;
  };
  let out = banner(source, 'The edits that a transaction is made of, and the order of their bytes.');
  out += "import type { Cidr } from '../address/cidr.ts';\nimport type { Ip } from '../address/ip.ts';\n\n";
  out += '/** `via` is absent for what is reached on the link itself. */\n';
  out += 'export interface RouteEntry {\n  readonly to: Cidr;\n  readonly via: Ip | undefined;\n}\n';
  out += '\n/** An address of a trunk in a network that it carries tagged. */\n';
  out += 'export interface TrunkAddress {\n  readonly network: number;\n  readonly prefix: Cidr;\n}\n';
  out += '\n/** Addresses of one network, or (0) of all. */\nexport type NetworkPrefix = TrunkAddress;\n';
  out += '\n/** Protocol 256 is any. `named`: what stands for this number at the destination; 0: the range, of ports or of ICMP type << 8 | code. */\n';
  out += 'export interface ServiceEntry {\n  readonly protocol: number;\n  readonly first: number;\n  readonly last: number;\n  readonly named: number;\n}\n';
  out += '\nexport interface SourcePortEntry {\n  readonly first: number;\n  readonly last: number;\n}\n';
  out += '\n/** `action`: 0 allow, 1 drop, 2 reject, 3 pass. `flags`: 1 log, 2 audited, 4 keep, 8 kill. `source`, `destination`: address sets, 0: any. */\n';
  out += 'export interface RuleEntry {\n  readonly id: number;\n  readonly action: number;\n  readonly tier: number;\n  readonly flags: number;\n  readonly source: number;\n  readonly destination: number;\n  readonly services: readonly ServiceEntry[];\n  readonly sourcePorts: readonly SourcePortEntry[];\n}\n';
  for (const edit of list) {
    out += `\nexport interface ${edit.name} {\n  readonly edit: '${edit.name}';\n`;
    for (const field of edit.fields) out += `  readonly ${field.name}: ${typeOf(field.type)};\n`;
    out += '}\n';
  }
  out += `\nexport type Edit = ${list.map((edit) => edit.name).join(' | ')};\n\n`;
  const types = [...new Set(list.flatMap((edit) => edit.fields.map((field) => field.type)))].sort();
  out += `export type FieldType = ${types.map((type) => `'${type}'`).join(' | ')};\n\n`;
  out += 'export interface EditLayout {\n  readonly tag: number;\n  readonly fields: readonly (readonly [name: string, type: FieldType])[];\n}\n\n';
  out += "export const editLayouts: Readonly<Record<Edit['edit'], EditLayout>> = {\n";
  for (const edit of list) {
    out += `  ${edit.name}: {\n    tag: ${edit.tag},\n    fields: [\n`;
    for (const field of edit.fields) out += `      ['${field.name}', '${field.type}'],\n`;
    out += '    ],\n  },\n';
  }
  return `${out}};\n`;
}

function named(source, macro) {
  const list = [...readDef(source).matchAll(new RegExp(`${macro}\\(\\s*(\\w+)\\s*,\\s*("(?:[^"\\\\]|\\\\.)*")\\s*\\)`, 'g'))];
  if (list.length === 0) throw new Error(`native/${source} holds no ${macro}`);
  return list.map((match) => ({ name: match[1], sentence: JSON.parse(match[2]).replaceAll("'", "\\'") }));
}

function counters() {
  const source = 'telemetry/counters.def';
  const list = named(source, 'COUNTER');
  let out = banner(source, 'The counters of a port in the order of their cells, each with its sentence.');
  out += 'export const counterSentences = {\n';
  for (const counter of list) out += `  ${camel(counter.name)}: '${counter.sentence}',\n`;
  out += '} as const;\n\nexport type CounterName = keyof typeof counterSentences;\n\n';
  out += 'export const counterNames = Object.keys(counterSentences) as readonly CounterName[];\n';
  return out;
}

function dropReasons() {
  const source = 'telemetry/drop_reasons.def';
  const list = named(source, 'DROP_REASON');
  let out = banner(source, 'Every way a packet can die; number 0 is none, the others follow in this order.');
  out += 'export const dropReasonSentences = {\n';
  for (const reason of list) out += `  ${reason.name}: '${reason.sentence}',\n`;
  out += '} as const;\n\nexport type DropReason = keyof typeof dropReasonSentences;\n\n';
  out += 'export const dropReasons = Object.keys(dropReasonSentences) as readonly DropReason[];\n';
  return out;
}

function timeouts() {
  const source = 'wire/timeouts.def';
  const list = [...readDef(source).matchAll(/TIMEOUT\(\s*(\w+)\s*,\s*(\d+)\s*,\s*("(?:[^"\\]|\\.)*")\s*\)/g)];
  if (list.length === 0) throw new Error(`native/${source} holds no TIMEOUT`);
  let out = banner(source, 'How long a connection lives after its last frame, by its state: in the order of the edits, each with its sentence.');
  out += 'export const timeoutSentences = {\n';
  for (const [, name, , sentence] of list) out += `  ${camel(name)}: '${JSON.parse(sentence).replaceAll("'", "\\'")}',\n`;
  out += '} as const;\n\nexport type TimeoutName = keyof typeof timeoutSentences;\n\n';
  out += 'export const timeoutNames = Object.keys(timeoutSentences) as readonly TimeoutName[];\n\n';
  out += '/** Seconds, where a network does not say otherwise. */\nexport const defaultTimeouts: Readonly<Record<TimeoutName, number>> = {\n';
  for (const [, name, seconds] of list) out += `  ${camel(name)}: ${seconds},\n`;
  const [, most] = /kMax = ([\d']+);/.exec(readFileSync(join(root, 'native', 'wire/timeouts.hpp'), 'utf8')) ?? [];
  if (most === undefined) throw new Error('native/wire/timeouts.hpp does not say kMax');
  out += `};\n\n/** Seconds: ages are kept modulo 2^32 milliseconds. */\nexport const timeoutMax = ${most.replaceAll("'", '_')};\n`;
  return out;
}

for (const [name, text] of [
  ['edits.gen.ts', edits()],
  ['counters.gen.ts', counters()],
  ['drop-reasons.gen.ts', dropReasons()],
  ['timeouts.gen.ts', timeouts()],
]) {
  const path = join(outFolder, name);
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    writeFileSync(path, text);
    console.log(`wrote ${name}`);
  }
}
