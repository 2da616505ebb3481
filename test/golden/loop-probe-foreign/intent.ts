/** Two networks of two ports without anti-spoof: one lists the probes' EtherType, one does not. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: strict}
spec: {loopDetection: {probeSeconds: 3600}}
---
apiVersion: vswitch/v1
kind: Network
metadata: {name: open}
spec: {etherTypes: [0x9000], loopDetection: {probeSeconds: 3600, holdSeconds: 1}}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: strict-a}
spec: {network: strict, type: memory, mac: '02:00:00:00:00:01', addresses: [], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: strict-b}
spec: {network: strict, type: memory, mac: '02:00:00:00:00:02', addresses: [], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: open-a}
spec: {network: open, type: memory, mac: '02:00:00:00:00:03', addresses: [], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: open-b}
spec: {network: open, type: memory, mac: '02:00:00:00:00:04', addresses: [], antiSpoof: false}
`;
