/** A body is read within its limits, or refused with the reason. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import t from 'tap';
import { mediaTypeOf, parseJson, textOf } from '../../../src/api/body.ts';
import { bodyBytesMax } from '../../../src/api/protocol.ts';
import { thrownBy } from './thrown.ts';

function incoming(chunks: readonly (string | Uint8Array)[], headers: Record<string, string> = {}): IncomingMessage {
  return Object.assign(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), { headers }) as unknown as IncomingMessage;
}

t.test('the media type is read without its parameters', async (t) => {
  const accepted = ['application/json', 'application/yaml'];
  t.equal(mediaTypeOf(incoming([], { 'content-type': 'Application/YAML; charset="UTF-8"' }), accepted), 'application/yaml');
  t.equal(mediaTypeOf(incoming([]), accepted), 'application/json', 'JSON when none is named');
  t.match(await thrownBy(() => mediaTypeOf(incoming([], { 'content-type': 'text/html' }), accepted)), { status: 415 });
  t.match(await thrownBy(() => mediaTypeOf(incoming([], { 'content-type': 'application/json; charset=latin1' }), accepted)), { status: 415 });
  t.match(await thrownBy(() => mediaTypeOf(incoming([], { 'content-encoding': 'gzip' }), accepted)), { status: 415 });
});

t.test('a body may come in pieces that cut a character', async (t) => {
  const bytes = Buffer.from('größe');
  t.equal(await textOf(incoming([bytes.subarray(0, 3), bytes.subarray(3)])), 'größe');
});

t.test('what is too large or no text is refused', async (t) => {
  t.match(await thrownBy(textOf(incoming(['x'], { 'content-length': String(bodyBytesMax + 1) }))), { status: 413 });
  t.match(await thrownBy(textOf(incoming([Buffer.alloc(bodyBytesMax), 'x']))), { status: 413 });
  t.match(await thrownBy(textOf(incoming([Uint8Array.of(0xff, 0xfe)]))), { status: 400, message: /UTF-8/ });
});

t.test('what is no JSON is refused with the reason', async (t) => {
  t.same(parseJson('{"a":1}'), { a: 1 });
  t.match(await thrownBy(() => parseJson('{"a":')), { status: 400, message: /not JSON/ });
  t.match(await thrownBy(() => parseJson(' ')), { status: 400, message: /empty/ });
});
