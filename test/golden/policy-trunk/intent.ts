/** Each network of a trunk is judged by itself. */
export const isOneLife = true;

export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: blue}
spec: {subnets: [10.0.0.0/24], vlan: 10}
---
apiVersion: vswitch/v1
kind: Network
metadata: {name: red}
spec: {subnets: [10.0.1.0/24], vlan: 20}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: uplink, labels: {app: uplink}}
spec: {trunk: {networks: [blue, red]}, type: memory, mac: '02:00:00:00:00:09', antiSpoof: false, addresses: [10.0.0.9/24, 10.0.1.9/24]}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web, labels: {app: web}}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24]}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: db, labels: {app: db}}
spec: {network: red, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.1.2/24]}
---
apiVersion: vswitch/v1
kind: Policy
metadata: {name: of-blue}
spec: {appliesTo: {ports: {matchLabels: {app: uplink}}, networks: [blue]}, ingress: [{action: drop, protocols: [{udp: [7]}]}], egress: [{action: drop, protocols: [{udp: [8]}]}]}
---
apiVersion: vswitch/v1
kind: Policy
metadata: {name: of-the-uplink}
spec: {appliesTo: {ports: {matchLabels: {app: web}}}, ingress: [{action: drop, from: [{ports: {matchLabels: {app: uplink}}}], protocols: [{udp: [9]}]}]}
`;
