/**
 * Preloaded into a daemon, it tells at SIGUSR2 how much JavaScript is still held once all garbage is collected.
 *
 * What the process has from the kernel says little of that: V8 keeps tens of megabytes to make garbage in.
 */
process.on('SIGUSR2', () => {
  globalThis.gc!();
  process.stderr.write(`held ${process.memoryUsage().heapUsed} bytes\n`);
});
