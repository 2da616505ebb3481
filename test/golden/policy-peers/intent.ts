/** Peers by labels, prefixes and networks. */
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
metadata: {name: db-lets-in}
spec:
  appliesTo: {ports: {matchLabels: {app: db}}}
  ingress:
    - {action: allow, from: [{ports: {matchExpressions: [{key: app, operator: In, values: [log]}]}}], protocols: [{udp: [1]}]}
    - {action: allow, from: [{cidr: 10.0.0.0/24, except: [10.0.0.1/32]}], protocols: [{udp: [2]}]}
    - {action: allow, from: [{cidr: 'fd00::/64', except: ['fd00::3/128']}], protocols: [{udp: [3]}]}
    - {action: allow, from: [{networks: [blue]}], protocols: [{udp: [4]}]}
    - {action: allow, from: [{networks: [red]}], protocols: [{udp: [5]}]}
    - {action: allow, from: [{ports: {matchLabels: {app: log}}, cidr: 10.0.0.0/30}, {cidr: 'fd00::1/128'}], protocols: [{udp: [6]}]}
---
apiVersion: vswitch/v1
kind: Network
metadata: {name: red}
spec: {subnets: [10.0.0.0/24]}
`;
