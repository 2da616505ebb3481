/**
 * YAML or JSON text as documents, with a limit on how deep things stand in each other.
 *
 * The library composes documents by recursion, and a regular expression that V8 compiles where the stack
 * is nearly used up ends the process. So depth is looked at while tokens are gathered, which recurs nowhere.
 */
import { Composer, Lexer, Parser, type CST, type Document, type LineCounter } from 'yaml';

/** Far beyond any list of resources. */
const nestedMax = 128;

/** What stands in the text, in order. `tooDeep` is the offset of what is nested too deeply; then there are no documents. */
export function readYaml(text: string, lineCounter: LineCounter): { documents: Document[]; tooDeep: number | undefined } {
  lineCounter.addNewLine(0);
  const parser = new Parser(lineCounter.addNewLine);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > nestedMax) return { documents: [], tooDeep: parser.offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return { documents: [...new Composer({ lineCounter, prettyErrors: false }).compose(tokens)], tooDeep: undefined };
}

/**
 * What a document stands for, each with the steps that lead to it: a list for its entries, be it plain, as `kubectl get` and `get -o json`
 * print it, or as `POST /v1/apply` takes it and `flip` is. What says more than `resources`, as `dryRun`, is no list: nothing of it may be lost.
 */
export function itemsOf(value: unknown): { readonly item: unknown; readonly prefix: readonly (number | string)[] }[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map((item: unknown, index) => ({ item, prefix: [index] }));
  const { items, resources, kind } = value as { items?: unknown; resources?: unknown; kind?: unknown };
  if (Array.isArray(items) && (kind === undefined || kind === 'List')) return items.map((item: unknown, index) => ({ item, prefix: ['items', index] }));
  if (Array.isArray(resources) && Object.keys(value).length === 1) return resources.map((item: unknown, index) => ({ item, prefix: ['resources', index] }));
  return [{ item: value, prefix: [] }];
}
