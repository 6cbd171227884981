/** Icons: 18 pixels, strokes of 1.8. */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit-html';

const PATHS = {
  pt: svg`<path d="M12 21s-6.500-6-6.500-11a6.500 6.500 0 0 1 13 0c0 5-6.500 11-6.500 11Z"/><circle cx="12" cy="10" r="2.200"/>`,
  poly: svg`<path d="m12 3.500 8.500 6.200-3.200 10H6.700l-3.200-10Z"/>`,
  box: svg`<rect x="4" y="5.500" width="16" height="13" rx="1"/>`,
  circ: svg`<circle cx="12" cy="12" r="8.500"/><circle cx="12" cy="12" r="1.400" fill="currentColor"/>`,
  frame: svg`<rect x="3.500" y="4.500" width="17" height="15" rx="1"/><rect x="8" y="9" width="8" height="6" rx=".5"/>`,
  track: svg`<path d="m4 18 5-7 5 3 6-9"/><circle cx="4" cy="18" r="1.600" fill="currentColor"/><circle cx="20" cy="5" r="1.600" fill="currentColor"/>`,
  form: svg`<rect x="3" y="6" width="18" height="12" rx="2"/><path d="M7 10h.01M11 10h.01M15 10h.01M8 14h8"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  minus: svg`<path d="M5 12h14"/>`,
  globe: svg`<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18"/>`,
  code: svg`<path d="m8 7-5 5 5 5M16 7l5 5-5 5"/>`,
  link: svg`<path d="M10 14a4 4 0 0 0 5.700 0l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1-1"/>`,
  list: svg`<path d="M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01"/>`,
  moon: svg`<path d="M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500Z"/>`,
  sun: svg`<circle cx="12" cy="12" r="4"/><path d="M12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400"/>`,
  search: svg`<circle cx="11" cy="11" r="6.500"/><path d="m20 20-4.200-4.200"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  download: svg`<path d="M12 4v11M7.500 11 12 15.500 16.500 11M5 20h14"/>`,
  copy: svg`<rect x="8" y="8" width="12" height="12" rx="2"/><path d="M16 8V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2"/>`,
  layers: svg`<path d="m12 4 9 5-9 5-9-5Z"/><path d="m3 14 9 5 9-5"/>`,
  menu: svg`<path d="M4 7h16M4 12h16M4 17h16"/>`,
  chevron: svg`<path d="m7 10 5 5 5-5"/>`,
  up: svg`<path d="m7 14 5-5 5 5"/>`,
} as const satisfies Record<string, SVGTemplateResult>;

export type Icon = keyof typeof PATHS;

export const icon = (name: Icon): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">${PATHS[name]}</svg>`;

export const playIcon = (playing: boolean): TemplateResult =>
  html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="currentColor">${
    playing
      ? svg`<rect x="6.500" y="5.500" width="4" height="13" rx="1"/><rect x="13.500" y="5.500" width="4" height="13" rx="1"/>`
      : svg`<path d="M8 5.200v13.600a.8.8 0 0 0 1.200.7l11-6.800a.8.800 0 0 0 0-1.400l-11-6.800a.8.800 0 0 0-1.200.7Z"/>`
  }</svg>`;

export const logo = (): TemplateResult =>
  html`<svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true"><circle cx="16" cy="16" r="15" class="logo-disc"/><path d="M9 23 22 8.500M12.600 19l6.400 1.200M15.400 15.800l5.200 1M18.200 12.600l3.800.8" class="logo-barb"/></svg>`;
