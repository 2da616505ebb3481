/** Tiers from the top, orders and names in them, the first match decides. */
export const isOneLife = true;

export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: blue}
spec: {subnets: [10.0.0.0/24, 'fd00::/64']}
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
kind: Policy
metadata: {name: z-last}
spec:
  tier: baseline
  appliesTo: {ports: {matchLabels: {app: db}}}
  ingress: [{action: drop, protocols: [{udp: [1-100]}]}]
---
apiVersion: vswitch/v1
kind: Policy
metadata: {name: b-second}
spec:
  order: 10
  appliesTo: {ports: {matchLabels: {app: db}}}
  ingress: [{action: drop, protocols: [{udp: [10-19]}]}, {action: allow, protocols: [{udp: [20-29]}]}]
---
apiVersion: vswitch/v1
kind: Policy
metadata: {name: a-second-by-name}
spec:
  order: 10
  appliesTo: {ports: {matchLabels: {app: db}}}
  ingress: [{action: allow, protocols: [{udp: [15]}]}]
---
apiVersion: vswitch/v1
kind: Policy
metadata: {name: first}
spec:
  tier: emergency
  order: 900
  appliesTo: {}
  ingress: [{action: drop, protocols: [{udp: [25]}]}, {action: pass, protocols: [{udp: [26]}]}, {action: drop, protocols: [{udp: [26]}]}]
---
apiVersion: vswitch/v1
kind: Policy
metadata: {name: leaves}
spec:
  tier: environment
  appliesTo: {ports: {matchLabels: {app: db}}}
  ingress: [{action: pass, protocols: [{udp: [40]}]}, {action: allow, protocols: [{udp: [41]}]}]
  egress: [{action: drop, protocols: [{udp: [50]}]}]
  default: {egress: pass}
`;
