/** Fragments that go to somebody else than their first one. */
export const isOneLife = true;

export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: blue}
spec: {subnets: [10.0.0.0/24, 'fd00::/64'], defaultPolicy: {ingress: drop}}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web, labels: {app: web}}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24, 'fd00::1/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: db, labels: {app: db}}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24, 'fd00::2/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: log, labels: {app: log}}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:03', addresses: [10.0.0.3/24, 'fd00::3/64']}
---
apiVersion: vswitch/v1
kind: Policy
metadata: {name: db-serves}
spec:
  appliesTo: {ports: {matchLabels: {app: db}}}
  ingress: [{name: clients, action: allow, from: [{ports: {matchLabels: {app: web}}}], protocols: [{tcp: [80]}, {udp: [53]}, {icmp: echo-request}, {icmpv6: echo-request}]}]
`;
