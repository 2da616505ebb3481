/** What each table shows of its entries. */
import t from 'tap';
import { resourceColumns, tableColumns } from '../../../src/cli/columns.ts';
import { renderTable } from '../../../src/cli/render.ts';
import { tables } from '../../../src/api/protocol.ts';

t.test('a port shows its name, network, state and addresses', (t) => {
  const port = {
    apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: 'web-1', namespace: 'shop' }, spec: { network: 'dev' },
    status: { state: 'ready', generation: 7, mac: '02:00:00:00:00:01', addresses: ['10.77.0.1/24'], message: '' },
  };
  const text = renderTable([port], resourceColumns.ports, false);
  t.match(text, /NAME +NETWORK +STATE +MAC +ADDRESSES/);
  t.match(text, /shop\/web-1 +dev +ready +02:00:00:00:00:01 +10\.77\.0\.1\/24/);
  t.end();
});

t.test('a trunk shows its networks, the native one in brackets', (t) => {
  const trunk = { apiVersion: 'vswitch/v1', kind: 'Port', metadata: { name: 'up' }, spec: { trunk: { networks: ['dev', 'prod'], native: 'dev' } } };
  t.match(renderTable([trunk], resourceColumns.ports, false), /up +\[dev\],prod/);
  t.end();
});

t.test('a policy shows whom it applies to and how much it says', (t) => {
  const policy = {
    apiVersion: 'vswitch/v1', kind: 'Policy', metadata: { name: 'web' },
    spec: { appliesTo: { ports: { matchLabels: { app: 'web' } }, networks: ['dev'] }, ingress: [{}, {}], default: { ingress: 'drop' }, enforce: false },
    status: { selectedPorts: 12 },
  };
  t.match(renderTable([policy], resourceColumns.policies, false), /web +application +100 +app=web networks dev +12 +2 else drop +0 +false/);
  const spec = { podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] }, ingress: [{}] };
  const netpol = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'deny', namespace: 'shop' }, spec, status: { selectedPorts: 0 } };
  t.match(renderTable([netpol], resourceColumns.networkpolicies, false), /shop\/deny +tier In \(a,b\) +0 +1 +-/);
  t.match(renderTable([{ ...netpol, spec: { policyTypes: ['Egress'] } }], resourceColumns.networkpolicies, false), /\(all\) +0 +- +0/);
  t.end();
});

t.test('a resource with nothing but a name is shown too', (t) => {
  for (const columns of Object.values(resourceColumns)) {
    t.match(renderTable([{ apiVersion: 'v1', kind: 'X', metadata: { name: 'bare' } }], columns, true), 'bare');
  }
  t.end();
});

t.test('a flow shows its ends with ports, IPv6 in brackets', (t) => {
  const flow = {
    id: 1, network: 'dev', protocol: 'tcp', source: 'fd00::1', sourcePort: 4000, destination: '10.0.0.1', destinationPort: 80, port: 'a', receiver: '',
    state: 'new' as const, verdict: 'allow' as const, policy: 'Network/dev', rule: 'default', generation: 1, packets: 2, bytes: 120, ageSeconds: 3,
  };
  t.match(renderTable([flow], tableColumns.flows, false), /\[fd00::1\]:4000 +10\.0\.0\.1:80 +a +\(flooded\)/);
  t.same(Object.keys(tableColumns), [...tables]);
  const live = { ...flow, state: 'established' };
  for (const isWide of [false, true]) {
    t.match(renderTable([live], tableColumns.flows, isWide), / established /);
    for (const verdict of ['drop', 'reject'] as const) {
      const text = renderTable([{ ...live, verdict }], tableColumns.flows, isWide);
      t.match(text, /\(flooded\) +denied +2 /, 'what is denied does not look alive');
      t.notMatch(text, 'established');
    }
  }
  t.end();
});
