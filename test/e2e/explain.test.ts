/**
 * Explain with real kernels: what it says of a connection is what then becomes of one, before and after the change that it gives.
 *
 *   ┌─ netns lb ───────┐      ┌── vswitchd ──┐      ┌─ netns web ───────┐
 *   │ eth0 10.77.0.1   ├──────┤ dev          ├──────┤ eth0 10.77.0.2    │
 *   └──────────────────┘      │ policies     │      │ listens at 80     │
 *   ┌─ netns other ────┐      │              │      └───────────────────┘
 *   │ eth0 10.77.0.3   ├──────┤              │
 *   └──────────────────┘      └──────────────┘
 */
import t from 'tap';
import { lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';

interface Told {
  verdict: string;
  policy: string;
  rule: string;
  stage: string;
  connection?: { standing: string };
  nearest?: { policy: string; rule: string; field: string; wanted: string; seen: string };
  flip: { resources: object[] };
}

const skip = lacking('python3');
const listen = "import socket\ns = socket.create_server(('0.0.0.0', 80))\nwhile True:\n  c, _ = s.accept()\n  c.close()\n";
const connect = "import socket, sys\ns = socket.create_connection((sys.argv[1], 80), timeout=1)\nprint('connected' if s.recv(1) == b'' else 'data')\n";

const isConnected = async (host: Host): Promise<boolean> => (await host.attempt(['python3', '-c', connect, '10.77.0.2'])).answer.includes('connected');

t.test('who is let in, who is not, and what would change that', { skip }, async (t) => {
  await using topology = await Topology.open(t);
  const [lb, web, other] = await topology.hosts('lb', 'web', 'other');
  await topology.daemon();
  const labelled = (host: Host, number: number, app: string): object => {
    const port = tapPort(host, 'dev', number, { addresses: [`10.77.0.${number}/24`] }) as { metadata: object };
    return { ...port, metadata: { ...port.metadata, labels: { app } } };
  };
  await topology.apply([
    network('dev', { subnets: ['10.77.0.0/24'] }), labelled(lb, 1, 'lb'), labelled(web, 2, 'web'), labelled(other, 3, 'other'),
    { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'web' }, spec: {
      appliesTo: { ports: { matchLabels: { app: 'web' } } }, default: { ingress: 'drop' },
      ingress: [{ name: 'from-lb', action: 'allow', from: [{ ports: { matchLabels: { app: 'lb' } } }], protocols: [{ tcp: [80] }] }],
    } },
  ]);
  web.start(['python3', '-c', listen], { timeoutMs: 120_000 });
  await web.untilListening(80);

  const ask = ['--to', '10.77.0.2', '--protocol', 'tcp', '--destination-port', '80'];
  const explain = async (port: string, ...words: string[]): Promise<Told> => JSON.parse(await topology.control('-o', 'json', 'explain', '--port', port, ...ask, ...words)) as Told;
  t.match(await explain(lb.container.name), { verdict: 'allow', policy: 'Policy/web', rule: 'from-lb', connection: { standing: 'new' } });
  t.ok(await isConnected(lb), 'what is allowed connects');

  const denied = await explain(other.container.name);
  t.match(denied, { verdict: 'drop', stage: 'acl_ingress', policy: 'Policy/web', rule: 'default', nearest: { policy: 'Policy/web', rule: 'from-lb', field: 'from', wanted: 'ports app=lb', seen: /10\.77\.0\.3/ } });
  t.notOk(await isConnected(other), 'what is dropped does not');
  t.match(JSON.parse(await topology.control('-o', 'json', 'explain', '--port', other.container.name, '--last', '8')).items.find(({ reason }: { reason: string }) => reason === 'ingress_denied'), { now: { verdict: 'drop', policy: 'Policy/web', rule: 'default' } });

  const matrix = await topology.control('explain', '--reach', '--protocol', 'tcp', '--destination-port', '80');
  t.match(matrix, /^tcp 80: /);
  const json = JSON.parse(await topology.control('-o', 'json', 'explain', '--reach')) as { ports: string[]; rows: string[] };
  const may = (from: Host, to: Host): string => json.rows[json.ports.indexOf(from.container.name)]![json.ports.indexOf(to.container.name)]!;
  t.same([may(lb, web), may(other, web), may(web, other), may(web, web)], ['.', 'X', '.', '-']);

  await topology.apply(denied.flip.resources);
  t.match(await explain(other.container.name), { verdict: 'allow' });
  t.ok(await isConnected(other), 'with the change applied it connects');
  const flipped = await explain(other.container.name);
  await topology.apply(flipped.flip.resources);
  t.notOk(await isConnected(other), 'and with the next one it does not');
  t.ok(await isConnected(lb), 'nobody else was meant');
});
