/**
 * What rules do is seen: counted by rule, told as events, tried before it is enforced, measured.
 *
 *   netns web .1 ──┐
 *                  ├── vswitchd, dev: Policy `db` judges what comes to db
 *   netns db  .2 ──┘
 */
import t from 'tap';
import { lacking, network, tapPort, Topology, type Host } from '../harness/topology.ts';

interface RuleRow { policy: string; rule: string; hits: number; audited: number; differing: number; lastHit: string | null; enforced: boolean }
interface Told { type: string; port: string; peer?: string; direction: string; verdict: string; wouldBe?: string; policy: string; rule: string; protocol: string; source: string; destination: string; destinationPort: number; suppressed?: number }

const policy = (spec: object): object => ({
  apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'db' }, spec: { appliesTo: { ports: { matchLabels: { app: 'db' } } }, ...spec },
});
const allowed = { name: 'open', action: 'allow', protocols: [{ tcp: [5432] }], log: true };

async function rules(topology: Topology): Promise<Map<string, RuleRow>> {
  const { items } = JSON.parse(await topology.control('get', 'rules', '-o', 'json')) as { items: RuleRow[] };
  return new Map(items.map((row) => [`${row.policy} ${row.rule}`, row]));
}

async function told(topology: Topology, type: string): Promise<Told[]> {
  const { items } = JSON.parse(await topology.control('get', 'events', '-o', 'json')) as { items: Told[] };
  return items.filter((event) => event.type === type);
}

/** Whether something listens there and can be reached. */
async function connects(from: Host, port: number): Promise<boolean> {
  const program = `import socket
s = socket.socket(); s.settimeout(1)
try:
  s.connect(('10.77.0.2', ${port})); print('yes')
except OSError: print('no')`;
  return (await from.run(['python3', '-c', program])).trim() === 'yes';
}

function listens(at: Host): { end(): void } {
  return at.start(['python3', '-c', `import socket, time
keep = []
for port in (5432, 22):
  s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('10.77.0.2', port)); s.listen(64); keep.append(s)
time.sleep(100)`], { timeoutMs: 120_000 });
}

t.test('each rule counts and tells what it decides, and an audited one what it would have', { skip: lacking('python3') }, async (t) => {
  await using topology = await Topology.open(t);
  const [web, db] = await topology.hosts('web', 'db');
  const daemon = await topology.daemon();
  const ports = [network('dev'), tapPort(web, 'dev', 1), { ...tapPort(db, 'dev', 2), metadata: { name: 'db', labels: { app: 'db' } } }];
  await topology.apply([...ports, policy({ enforce: false, ingress: [allowed], default: { ingress: 'drop' } })]);
  const listening = listens(db);
  await topology.until('the port is reached', async () => await connects(web, 22));

  const audited = (await rules(topology)).get('Policy/db default');
  t.match(audited, { enforced: false, hits: 0, lastHit: String }, 'a policy that is audited decides nothing');
  t.ok((audited?.differing ?? 0) >= 1 && audited?.audited === audited?.differing, 'and counts what it would have dropped', { audited });
  t.match((await told(topology, 'policy_audit')).at(-1), {
    port: 'db', peer: 'web', direction: 'ingress', verdict: 'allow', wouldBe: 'drop', policy: 'Policy/db', rule: 'default', protocol: 'tcp',
    source: '10.77.0.1', destination: '10.77.0.2', destinationPort: 22,
  });

  await topology.apply([policy({ ingress: [allowed], default: { ingress: 'drop' } })]);
  t.notOk(await connects(web, 22), 'now it is enforced');
  t.ok(await connects(web, 5432));
  const enforced = await rules(topology);
  t.ok((enforced.get('Policy/db default')?.hits ?? 0) >= 1, 'the default has hits');
  t.match(enforced.get('Policy/db open'), { hits: 1, enforced: true }, 'one connection, however many packets');
  const age = Date.now() - Date.parse(enforced.get('Policy/db open')!.lastHit!);
  t.ok(age >= -1_000 && age < 60_000, 'the last hit was just now', { age });
  t.match((await told(topology, 'policy_drop')).at(-1), { port: 'db', peer: 'web', verdict: 'drop', policy: 'Policy/db', rule: 'default', destinationPort: 22 });
  t.match(await told(topology, 'policy_log'), [{ verdict: 'allow', policy: 'Policy/db', rule: 'open', destinationPort: 5432 }]);

  t.match(await topology.control('get', 'rules', '--policy', 'Policy/db'), /Policy\/db +open +application +ingress +allow +1 /);
  t.match(await topology.control('describe', 'policy', 'db'), /Selected ports \(1\)\n +db\n\nRules\n +POLICY[^]*Policy\/db +open .*ago/);
  t.match(await topology.control('describe', 'port', 'db'), /\n\nRules\n[^]* vswitchctl get events --port db\n/, 'a port points to where its rules are seen');
  t.match(await topology.control('get', 'events', '--port', 'db'), /policy_drop .*port=db peer=web .*rule=default/);
  t.match(await topology.control('get', 'policies'), /NAME .*SELECTED[^]*\ndb .* app=db +1 /, 'how many ports a policy selects');
  const misspelt = { apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'typo' }, spec: { appliesTo: { ports: { matchLabels: { app: 'bd' } } } } };
  await topology.apply([misspelt]);
  t.match(await topology.control('get', 'policies'), /\ntypo .* app=bd +0 /, 'one that selects nothing is seen');
  t.match(await topology.control('describe', 'policy', 'typo'), /Selected ports\n +none/);
  const flows = JSON.parse(await topology.control('get', 'flows', '-o', 'json')) as { items: { destinationPort: number }[] };
  t.match(flows.items.find(({ destinationPort }) => destinationPort === 5432), { policy: 'Policy/db', rule: 'open', verdict: 'allow' }, 'a flow names the rule that allowed it');
  const metrics = await daemon.client.metrics();
  t.match(metrics, /vswitch_rule_hits_total\{policy="Policy\/db",rule="open",direction="ingress"\} 1\n/);
  t.match(metrics, /vswitch_connections\{state="[a-z_]+"\} [1-9]/);
  await topology.control('delete', 'policy', 'db');
  t.match(await topology.control('get', 'flows', '-o', 'wide'), /10\.77\.0\.2:5432 .* \(deleted\) /, 'nothing of it was judged since');
  listening.end();
});

t.test('a flood that is denied is told up to its share, and counted whole', { skip: lacking('python3') }, async (t) => {
  const packets = 2_000;
  await using topology = await Topology.open(t);
  const [web, db] = await topology.hosts('web', 'db');
  await topology.daemon();
  await topology.apply([
    network('dev'), tapPort(web, 'dev', 1), { ...tapPort(db, 'dev', 2), metadata: { name: 'db', labels: { app: 'db' } } },
    policy({ ingress: [{ name: 'closed', action: 'drop', protocols: [{ udp: [9] }] }] }),
  ]);
  await topology.until('the ports are there', async () => (await web.run(['cat', '/sys/class/net/eth0/operstate'])).trim() !== 'down');
  await web.run(['python3', '-c', `import socket
for i in range(${packets}):
  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b'x', ('10.77.0.2', 9)); s.close()`]);
  // The container's own kernel may lose some of them.
  const denied = async (): Promise<number> => await topology.drops('web', 'ingress_denied');
  await topology.until('the flood is through', async () => await denied() >= packets / 4);
  await topology.until('every packet that died was counted by its rule', async () => (await rules(topology)).get('Policy/db closed')?.hits === await denied());
  const untold = async (): Promise<number> => ((await topology.stats()).items.find(({ port }) => port === 'web') as unknown as { decisionsUntold: number }).decisionsUntold;
  const drops = (await told(topology, 'policy_drop')).filter(({ rule }) => rule === 'closed');
  t.ok(drops.length >= 1 && drops.length < packets, 'some are told', { told: drops.length });
  // The log keeps a thousand; what it lost was told, and is not counted.
  t.ok(await untold() > 0 && await untold() < packets, 'the others are counted', { untold: await untold(), told: drops.length });
});
