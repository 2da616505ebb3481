/** A port that loses what it sends, a port that loses what it gets, and one without faults. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: blue}
spec: {subnets: [10.0.0.0/24]}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web}
spec:
  {network: blue, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24], fault: {loss: 30, repeat: 20, seed: 1, direction: receive}}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: db}
spec:
  {network: blue, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24], fault: {loss: 30, repeat: 20, seed: 2, direction: transmit}}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: log}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:03', addresses: [10.0.0.3/24]}
`;
