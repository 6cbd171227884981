/** The panel of results. */
import type { Page } from '../page/page.js';

export function updatePanel(_page: Page): void {}
