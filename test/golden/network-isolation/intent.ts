/** Twin networks: everything is equal but the name. */
export const resources = `
apiVersion: vswitch/v1
kind: Network
metadata: {name: blue}
spec: {subnets: [10.0.0.0/24, 'fd00::/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: web}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24, 'fd00::1/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: db}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24, 'fd00::2/64']}
---
apiVersion: vswitch/v1
kind: Network
metadata: {name: red}
spec: {subnets: [10.0.0.0/24, 'fd00::/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: shop}
spec: {network: red, type: memory, mac: '02:00:00:00:00:01', addresses: [10.0.0.1/24, 'fd00::1/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: mail}
spec: {network: red, type: memory, mac: '02:00:00:00:00:02', addresses: [10.0.0.2/24, 'fd00::2/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: guest}
spec: {network: red, type: memory, mac: '02:00:00:00:00:07', addresses: [10.0.0.7/24, 'fd00::7/64'], antiSpoof: false}
`;
