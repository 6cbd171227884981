/** The map as a picture: what is on the screen, with legend, title and time, put together in a canvas. */

import { timeText } from '../model/times.js';
import { numberText } from '../model/units.js';
import type { Page } from '../page/page.js';
import { runShort } from '../shell/header.js';
import { notes } from '../shell/legend.js';

const HEAD = 58;
const FOOT = 64;

function css(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function drawLegend(page: Page, context: CanvasRenderingContext2D, width: number, top: number): void {
  const scale = page.scale;
  const wide = Math.min(520, width - 120) / scale.colours.length;
  context.font = '12px Inter, system-ui, sans-serif';
  context.textAlign = 'center';
  for (const [n, colour] of scale.colours.entries()) {
    context.fillStyle = colour === 'none' ? 'transparent' : colour;
    context.fillRect(16 + n * wide, top, wide + 0.5, 14);
    const value = scale.breaks[n];
    context.fillStyle = css('text');
    if (value !== undefined && n % 2 === 1)
      context.fillText(numberText(value, undefined, page.state.lang), 16 + (n + 1) * wide, top + 30);
  }
  context.textAlign = 'left';
  context.fillText(scale.unitText, 28 + scale.colours.length * wide, top + 12);
}

/** Draws and downloads. */
export function savePicture(page: Page): void {
  const { selection, state, time } = page;
  if (selection === undefined) return;
  const map = document.getElementById('map')!;
  const box = map.getBoundingClientRect();
  const canvas = document.createElement('canvas');
  canvas.width = box.width;
  canvas.height = box.height + HEAD + FOOT;
  const context = canvas.getContext('2d')!;
  context.fillStyle = css('surface');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.save();
  context.beginPath();
  context.rect(0, HEAD, box.width, box.height);
  context.clip();
  context.fillStyle = css('map-ground');
  context.fillRect(0, HEAD, box.width, box.height);
  for (const item of map.querySelectorAll<HTMLImageElement | HTMLCanvasElement>(
    '.fill:not(.waiting) img, .viewport-layer',
  )) {
    const at = item.getBoundingClientRect();
    if (at.width > 0 && !item.hidden)
      context.drawImage(item, at.left - box.left, at.top - box.top + HEAD, at.width, at.height);
  }
  context.restore();
  context.fillStyle = css('text');
  context.font = '600 18px Inter, system-ui, sans-serif';
  context.fillText(selection.param.label[state.lang], 16, 25);
  context.font = '13px Inter, system-ui, sans-serif';
  const run =
    selection.run === undefined ? '' : `, ${page.t('run').toLowerCase()} ${runShort(selection.run.base, state.lang)}`;
  context.fillText(`${selection.model.title}${run}. ${timeText(time, state.lang, state.zone)}. ${notes(page)}`, 16, 46);
  drawLegend(page, context, canvas.width, HEAD + box.height + 14);
  canvas.toBlob((blob) => {
    if (blob === null) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `polyfst-${selection.param.key}-${new Date(time).toISOString().slice(0, 13)}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
