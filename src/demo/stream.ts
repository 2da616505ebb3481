/**
 * The throughput of TCP where iperf3 is missing: one connection, filled for some seconds.
 *
 * `stream.js receive PORT` takes one connection and prints what came; `stream.js send ADDRESS PORT SECONDS`.
 */
import { connect, createServer } from 'node:net';

const chunk = Buffer.alloc(256 * 1024);

function receive(port: number): void {
  const server = createServer((socket) => {
    const start = process.hrtime.bigint();
    let bytes = 0;
    socket.on('data', (data) => {
      bytes += data.length;
    });
    socket.on('close', () => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      process.stdout.write(`${((bytes * 8) / seconds / 1e9).toFixed(2)}\n`);
      server.close();
    });
  });
  server.listen(port, '::');
}

function send(address: string, port: number, seconds: number): void {
  const socket = connect(port, address);
  const end = Date.now() + seconds * 1000;
  const fill = (): void => {
    while (Date.now() < end) {
      if (!socket.write(chunk)) return;
    }
    socket.end();
  };
  socket.on('connect', fill);
  socket.on('drain', fill);
  socket.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}

const [task, ...rest] = process.argv.slice(2);
if (task === 'receive') receive(Number(rest[0]));
else if (task === 'send') send(rest[0] ?? '', Number(rest[1]), Number(rest[2]));
