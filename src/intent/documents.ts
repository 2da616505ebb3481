/** YAML or JSON text as the values of its documents, with the lines that they came from. */
import { isMap, isSeq, LineCounter, type Document } from 'yaml';
import { messageOf, VswError, type ErrorDetail } from '../errors.ts';
import { itemsOf, readYaml } from '../yaml-text.ts';

export interface Documents {
  readonly values: readonly unknown[];
  /** The line (from 1) of what stands at a JSON Pointer into `values`, or of its nearest parent. */
  lineOf(path: string): number | undefined;
}

/** Documents of the text; empty ones are left out, and one that is a list, plain or as `kubectl get` and `get -o json` print it, stands for its entries. */
export function parseDocuments(text: string): Documents {
  const lines = new LineCounter();
  const { documents, tooDeep } = readYaml(text, lines);
  const errors: ErrorDetail[] = [];
  const values: unknown[] = [];
  const places: { document: Document; prefix: readonly (number | string)[] }[] = [];
  if (tooDeep !== undefined) {
    errors.push({ path: '', message: `line ${lines.linePos(tooDeep).line}: what stands there is nested too deeply`, remedy: 'write resources with apiVersion, kind, metadata and spec' });
  }
  documents.forEach((document, index) => {
    for (const error of document.errors) {
      const { line, col } = lines.linePos(error.pos[0]);
      errors.push({ path: `/${index}`, message: `line ${line}, column ${col}: ${error.message}`, remedy: 'correct the YAML or JSON there' });
    }
    if (document.errors.length > 0) return;
    try {
      const value: unknown = document.toJS({ maxAliasCount: 100 });
      for (const { item, prefix } of itemsOf(value)) {
        values.push(item);
        places.push({ document, prefix });
      }
    } catch (error) {
      errors.push({ path: `/${index}`, message: messageOf(error), remedy: 'write the values out instead of using aliases' });
    }
  });
  if (errors.length > 0) throw VswError.of('VSW_UNREADABLE', errors);
  return {
    values,
    lineOf(path) {
      const [index, ...steps] = path.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
      const place = places[Number(index)];
      if (place === undefined) return undefined;
      const offset = offsetOf(place.document, [...place.prefix, ...steps]);
      return offset === undefined ? undefined : lines.linePos(offset).line;
    },
  };
}

function offsetOf(document: Document, steps: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let offset = rangeStart(node);
  for (const step of steps) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === String(step));
      if (pair === undefined) break;
      offset = rangeStart(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = rangeStart(node) ?? offset;
    } else {
      break;
    }
  }
  return offset;
}

function rangeStart(node: unknown): number | undefined {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range?.[0];
}
