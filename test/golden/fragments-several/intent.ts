/** An echo request in fragments, to several receivers. */
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
metadata: {name: db-is-asked}
spec:
  appliesTo: {ports: {matchLabels: {app: db}}}
  ingress: [{action: allow, protocols: [{icmp: echo-request}, {icmpv6: echo-request}]}]
---
apiVersion: vswitch/v1
kind: Policy
metadata: {name: log-is-not}
spec:
  appliesTo: {ports: {matchLabels: {app: log}}}
  ingress: [{action: drop, protocols: [{icmp: echo-request}, {icmpv6: echo-request}]}, {action: allow, protocols: [{udp: [53]}]}]
`;
