/**
 * A request's body as text, within a limit, of a media type that the operation reads.
 */
import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';
import { bodyBytesMax } from './protocol.ts';

/** The media type without its parameters; `application/json` when the client named none. */
export function mediaTypeOf(request: IncomingMessage, accepted: readonly string[]): string {
  const header = request.headers['content-type'];
  const [type = '', ...parameters] = (header ?? 'application/json').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const encoding = request.headers['content-encoding'];
  if (!accepted.includes(type)) refuse(`a body of type ${type || 'none'} is not read here`, `send one of ${accepted.join(', ')}`);
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset)) refuse(`charset ${charset} is not read here`, 'send UTF-8');
  if (encoding !== undefined && encoding !== 'identity') refuse(`encoding ${encoding} is not read here`, 'send it plain');
  return type;
}

/** The whole body as text. What is too large is refused at once, and the connection closed. */
export async function textOf(request: IncomingMessage): Promise<string> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > bodyBytesMax) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyBytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw unreadable('the body is not UTF-8', 'send it in UTF-8');
  }
}

export function parseJson(text: string): unknown {
  if (text.trim() === '') throw unreadable('the body is empty', 'send a JSON object');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(`the body is not JSON: ${(error as Error).message}`, 'send valid JSON, or YAML as application/yaml');
  }
}

function unreadable(message: string, remedy: string): Problem {
  return new Problem(400, message, [{ path: '', message, remedy }]);
}

function tooLarge(): Problem {
  const message = `the body is larger than ${bodyBytesMax} bytes`;
  const remedy = 'send the resources in several requests';
  return new Problem(413, message, [{ path: '', message, remedy }], { connection: 'close' });
}

function refuse(message: string, remedy: string): never {
  throw new Problem(415, message, [{ path: '', message, remedy }]);
}
