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

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The whole body as text. One that is too large is refused at once; the server lets the rest of it pass unread. */
export async function textOf(request: IncomingMessage): Promise<string> {
  const bytes = await bytesOf(request);
  try {
    return utf8.decode(bytes);
  } catch {
    throw unreadable('the body is not UTF-8', 'send it in UTF-8');
  }
}

// Events, not `for await`: leaving such a loop early destroys the connection, and with it the answer.
async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) throw tooLarge();
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= bodyBytesMax) {
        chunks.push(chunk);
        return;
      }
      request.off('data', take).resume();
      reject(tooLarge());
    };
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', () => reject(unreadable('the body ends too early', 'send all of it')));
  });
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
  return new Problem(413, message, [{ path: '', message, remedy }]);
}

function refuse(message: string, remedy: string): never {
  throw new Problem(415, message, [{ path: '', message, remedy }]);
}
