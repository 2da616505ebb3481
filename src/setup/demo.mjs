// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run demo`: prepares the tree, then becomes the demo.
 *
 * One process from the first line to the last, so that whoever ends it ends all of it.
 */
import { prepare, report } from './fresh-clone.mjs';
import { tapObstacle } from './system-packages.mjs';

let preparing = true;
for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]]) {
  process.on(signal, () => {
    if (preparing) process.exit(128 + number);
  });
}
try {
  await prepare('demo');
  const obstacle = await tapObstacle();
  if (obstacle) {
    process.stdout.write(`✗ ${obstacle}\n`);
    process.exit(1);
  }
} catch (error) {
  process.exit(report(error));
}
preparing = false;
const { main } = await import('../../out/src/demo/main.js');
process.exit(await main());
