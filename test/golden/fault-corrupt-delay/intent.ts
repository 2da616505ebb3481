/** A receiver whose line flips a bit in each frame, and a sender on a slow line. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: blue}
spec: {subnets: [10.0.0.0/24]}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web}
spec: {network: blue, type: memory, offloads: true, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24]}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: db}
spec:
  {network: blue, type: memory, offloads: true, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24], fault: {corrupt: 100, seed: 9, direction: transmit}}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: far}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:03', addresses: [10.0.0.3/24], fault: {delayMs: 50, direction: receive}}
`;
