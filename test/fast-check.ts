/**
 * fast-check with one seed for every run of the suite, so that a red run is red again when it is repeated; POLYFST_SEED=random
 * draws anew, POLYFST_SEED=N repeats what a failure told.
 */
import fc from 'fast-check';

const SEED = 20250116;
const asked = process.env['POLYFST_SEED'];
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked ?? SEED) });

export { fc };
