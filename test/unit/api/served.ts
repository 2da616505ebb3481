/** A server on a temporary socket with a scripted switch behind it, gone at the test's end; and plain requests to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { ApiServer } from '../../../src/api/server.ts';
import { SwitchMetrics } from '../../../src/metrics/prometheus.ts';
import { ScriptedSwitch } from './scripted-switch.ts';

export interface Served {
  readonly path: string;
  readonly server: ApiServer;
  readonly scripted: ScriptedSwitch;
  readonly failures: unknown[];
}

export function temporaryFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'vswitch-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function serve(t: Test, options: { isReady?: boolean } = {}): Promise<Served> {
  const path = join(temporaryFolder(t), 'api.sock');
  const scripted = new ScriptedSwitch();
  const metrics = new SwitchMetrics('0.0.0');
  const failures: unknown[] = [];
  const server = new ApiServer({
    metrics: async (served) => await metrics.text(served), failed: (_method, _path, error) => failures.push(error),
  });
  await server.listen({ path });
  if (options.isReady !== false) server.serve(scripted);
  t.teardown(async () => await server.close());
  return { path, server, scripted, failures };
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: any;
}

export async function ask(
  socketPath: string, method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return await new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => { text += part; });
      answer.on('error', reject);
      answer.on('end', () => {
        const isJson = /json/.test(answer.headers['content-type'] ?? '') && text !== '';
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined });
      });
    });
    asked.on('error', reject);
    asked.end(body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
}
