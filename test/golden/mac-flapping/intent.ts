/** A container, and two ports that both claim a stranger's MAC. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: blue}
spec: {subnets: [10.0.0.0/24]}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24]}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: guest}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: lab}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:03', addresses: [10.0.0.3/24], antiSpoof: false}
`;
