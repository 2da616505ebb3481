/** A policy on trial decides nothing. */
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
metadata: {name: trial}
spec:
  enforce: false
  appliesTo: {ports: {matchLabels: {app: db}}}
  ingress: [{action: drop, protocols: [{udp: [9]}]}]
---
apiVersion: vswitch/v1
kind: Policy
metadata: {name: real}
spec:
  appliesTo: {ports: {matchLabels: {app: db}}}
  ingress: [{action: drop, protocols: [{udp: [10]}]}]
`;
