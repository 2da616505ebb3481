/** Two containers, and two ports that may hold anybody. */
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
kind: Port
metadata: {name: guest}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:03', addresses: [10.0.0.3/24, 'fd00::3/64'], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: lab}
spec: {network: blue, type: memory, mac: '02:00:00:00:00:04', addresses: [10.0.0.4/24, 'fd00::4/64'], antiSpoof: false}
---
apiVersion: vswitch/v1
kind: Network
metadata: {name: red}
spec: {subnets: [10.0.0.0/24, 'fd00::/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: mail}
spec: {network: red, type: memory, mac: '02:00:00:00:00:05', addresses: [10.0.0.5/24, 'fd00::5/64']}
---
apiVersion: vswitch/v1
kind: Port
metadata: {name: shop}
spec: {network: red, type: memory, mac: '02:00:00:00:00:06', addresses: [10.0.0.6/24, 'fd00::6/64']}
`;
