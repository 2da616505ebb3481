/**
 * Whether a value has the form that a schema gives it, as complete sentences.
 *
 * The schemas are those of the API's description, so what is documented and what is accepted cannot
 * drift apart. Only what they use of JSON Schema is known here; `x-later` lists members that the
 * contract names and that come with later versions, `x-instead` what stands elsewhere (instead.ts),
 * `x-texts-in` the member that holds what is a field with a text here, and `x-stand-in` is for sound-rest.ts.
 */
import { pointer, type ErrorDetail } from '../errors.ts';
import { formats, quote } from './formats.ts';
import { isOurRule } from './shared-rules.ts';
import { nearest } from './suggest.ts';

/** What is known here of a JSON Schema; what it means is its title or description. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly title?: string;
  readonly description?: string;
  readonly 'x-later'?: readonly string[];
  readonly 'x-instead'?: Readonly<Record<string, string>>;
  readonly 'x-texts-in'?: string;
  readonly 'x-stand-in'?: unknown;
}

/** Deeper than any resource, and far from what would use up the stack of who walks through it. */
const nestedMax = 32;

/** Whether objects and lists stand in each other deeper than in any resource, or without an end. */
export function isNestedTooDeep(value: unknown, left = nestedMax): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((member) => isNestedTooDeep(member, left - 1));
}

/** All that is wrong with the form of `value`, which stands at `path`. */
export function checkStructure(schema: unknown, value: unknown, path: string): ErrorDetail[] {
  const errors: ErrorDetail[] = [];
  check(schema as Schema, value, path, errors);
  return errors;
}

function check(schema: Schema, value: unknown, path: string, errors: ErrorDetail[]): void {
  if (typeof value === 'object' && value !== null && isOurRule(value)) return;
  if (schema.const !== undefined) {
    if (value !== schema.const) errors.push({ path, message: `${show(value)} is not possible here`, remedy: `write ${show(schema.const)}` });
  } else if (schema.enum !== undefined) {
    if (!schema.enum.includes(value)) errors.push({ path, message: `${show(value)} is not possible here`, remedy: choice(value, schema.enum) });
  } else if (schema.anyOf !== undefined) {
    if (schema.anyOf.some((option) => checkStructure(option, value, path).length === 0)) return;
    const list = Array.isArray(value) ? schema.anyOf.find(({ type }) => type === 'array') : undefined;
    if (list !== undefined) check(list, value, path, errors);
    else errors.push({ path, message: `${show(value)} is not possible here`, remedy: `write ${meaningOf(schema) ?? 'another value'}` });
  } else if (schema.type === 'object') {
    checkObject(schema, value, path, errors);
  } else if (schema.type === 'array') {
    if (!Array.isArray(value)) errors.push({ path, message: `a list is needed here, not ${kindOf(value)}`, remedy: 'write [ … ], with one entry a line or separated by commas' });
    else value.forEach((item, index) => check(schema.items ?? {}, item, `${path}/${index}`, errors));
  } else if (schema.type === 'string') {
    checkText(schema, value, path, errors);
  } else if (schema.type === 'integer') {
    checkInteger(schema, value, path, errors);
  } else if (schema.type === 'number') {
    checkNumber(schema, value, path, errors);
  } else if (schema.type === 'boolean' && typeof value !== 'boolean') {
    errors.push({ path, message: `true or false is needed here, not ${kindOf(value)}`, remedy: 'write true or false without quotes' });
  }
}

/** What a schema says of a value, without what holds where there is none. */
function meaningOf({ description }: Schema): string | undefined {
  return description?.replace(/; absent: .*$/, '');
}

function checkObject(schema: Schema, value: unknown, path: string, errors: ErrorDetail[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    errors.push({ path, message: `an object is needed here, not ${kindOf(value)}`, remedy: 'write its fields as key: value' });
    return;
  }
  const properties = schema.properties ?? {};
  const patterns = Object.entries(schema.patternProperties ?? {});
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(value, name)) continue;
    const about = meaningOf(properties[name] ?? {});
    errors.push({ path: path + pointer(name), message: `${name} is missing`, remedy: `add ${name}${about ? ` (${about})` : ''}` });
  }
  for (const [name, member] of Object.entries(value)) {
    const at = path + pointer(name);
    const known = Object.hasOwn(properties, name) ? properties[name] : patterns.find(([pattern]) => new RegExp(pattern).test(name))?.[1];
    if (known !== undefined) {
      check(known, member, at, errors);
    } else if (schema['x-later']?.includes(name)) {
      errors.push({ path: at, message: `${name} is not available in this version`, remedy: `leave ${name} out` });
    } else if (patterns.length > 0) {
      errors.push({ path: at, message: `${quote(name)} cannot be a key here`, remedy: schema.description ?? 'choose another key' });
    } else {
      errors.push({ path: at, message: `there is no field ${quote(name)} here`, remedy: remedyFor(name, member, schema) });
    }
  }
}

/** Never to take it out: what is less by a field may mean more. */
function remedyFor(name: string, value: unknown, schema: Schema): string {
  const instead = schema['x-instead'];
  if (instead !== undefined && Object.hasOwn(instead, name)) return instead[name]!;
  const fields = Object.keys(schema.properties ?? {});
  const meant = nearest(name, fields);
  if (meant !== undefined) return `did you mean ${meant}?`;
  const holder = schema['x-texts-in'];
  if (holder !== undefined && typeof value === 'string') return `write ${holder}: {${name}: ${/^[A-Za-z][\w.-]*$/.test(value) ? value : quote(value)}}`;
  return `write what is meant in one of the fields: ${fields.join(', ')}`;
}

function checkText(schema: Schema, value: unknown, path: string, errors: ErrorDetail[]): void {
  if (typeof value !== 'string') {
    errors.push({ path, message: `a text is needed here, not ${kindOf(value)}`, remedy: typeof value === 'number' || typeof value === 'boolean' ? `put it in quotes: '${String(value)}'` : `write ${schema.description ?? 'a text'}` });
    return;
  }
  const complaint = schema.format === undefined ? undefined : formats[schema.format]?.(value);
  if (complaint !== undefined) {
    errors.push({ path, ...complaint });
  } else if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    errors.push({ path, message: `${quote(value)} is not possible here`, remedy: `write ${schema.description ?? `what matches ${schema.pattern}`}` });
  } else if (value.length < (schema.minLength ?? 0)) {
    errors.push({ path, message: 'the text is empty', remedy: `write ${schema.description ?? 'a text'}` });
  }
}

function checkInteger(schema: Schema, value: unknown, path: string, errors: ErrorDetail[]): void {
  const minimum = schema.minimum ?? 0;
  const maximum = schema.maximum ?? Number.MAX_SAFE_INTEGER;
  const remedy = `write a whole number from ${minimum} to ${maximum}`;
  if (typeof value !== 'number' || !Number.isInteger(value)) errors.push({ path, message: `a whole number is needed here, not ${kindOf(value)}`, remedy });
  else if (value < minimum || value > maximum) errors.push({ path, message: `${value} is out of bounds`, remedy });
}

function checkNumber(schema: Schema, value: unknown, path: string, errors: ErrorDetail[]): void {
  const minimum = schema.minimum ?? 0;
  const maximum = schema.maximum ?? Number.MAX_SAFE_INTEGER;
  const remedy = `write a number from ${minimum} to ${maximum}`;
  if (typeof value !== 'number' || Number.isNaN(value)) errors.push({ path, message: `a number is needed here, not ${kindOf(value)}`, remedy });
  else if (value < minimum || value > maximum) errors.push({ path, message: `${value} is out of bounds`, remedy });
}

function choice(value: unknown, options: readonly unknown[]): string {
  const texts = options.map(String);
  const meant = typeof value === 'string' ? nearest(value, texts) : undefined;
  return meant === undefined ? `write one of ${texts.join(', ')}` : `did you mean ${meant}?`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? quote(value) : typeof value === 'object' ? kindOf(value) : String(value);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `${typeof value === 'string' ? 'the text' : `the ${typeof value}`} ${show(value)}`;
}
