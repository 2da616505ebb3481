/** Two ports with several MACs behind each: one wants its frames back, one does not. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: blue}
spec: {subnets: [10.0.0.0/24], staticMacs: [{mac: '02:00:00:00:00:99', port: vepa}]}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: vepa}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24], antiSpoof: false, hairpin: true}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: plain}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24], antiSpoof: false}
`;
