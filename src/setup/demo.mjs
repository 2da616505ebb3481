// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run demo`: prepares the tree, then becomes the demo.
 *
 * One process from the first line to the last, so that whoever ends it ends all of it. Only a user who is not
 * root gets a second one, in a user namespace.
 */
import { fileURLToPath } from 'node:url';
import { prepare, report } from './fresh-clone.mjs';
import { rootlessObstacle, runRootless } from './rootless.mjs';
import { say } from './step.mjs';
import { isRoot, tapObstacle } from './system-packages.mjs';

const program = fileURLToPath(new URL('../../out/src/demo/main.js', import.meta.url));

let preparing = true;
for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]]) {
  process.on(signal, () => {
    if (preparing) process.exit(128 + number);
  });
}
try {
  await prepare('demo');
  const obstacle = isRoot() ? await tapObstacle() : await rootlessObstacle();
  if (obstacle) {
    process.stdout.write(`✗ ${obstacle}\n`);
    process.exit(1);
  }
} catch (error) {
  process.exit(report(error));
}
preparing = false;
if (!isRoot()) {
  say('not root: all of it runs in a user namespace of this user');
  process.exit(await runRootless([process.execPath, program]));
}
const { main } = await import(program);
process.exit(await main());
