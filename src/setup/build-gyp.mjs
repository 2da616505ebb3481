// SPDX-License-Identifier: Apache-2.0
/** `npm run build:gyp`: the addon by node-gyp, beside the one by cmake-js. */
import { buildAddonWithGyp } from './addon.mjs';
import { report } from './fresh-clone.mjs';
import { endWithSignals } from './step.mjs';

endWithSignals();
await buildAddonWithGyp().catch((error) => process.exit(report(error)));
