/** CF datasets that are read: the same groups and variables, and slices of their values. */
import type { CfGroup, CfNumbers, CfVariable } from './cf.js';

export interface CfSource {
  readonly dataset: CfGroup;
  /**
   * Values at indices of the leading dimensions, all of the others; undefined where the store has nothing there. Numbers as
   * stored: `scale_factor` is not applied.
   */
  slice(variable: CfVariable, leading: readonly number[]): Promise<CfNumbers | undefined>;
  close(): Promise<void>;
}
