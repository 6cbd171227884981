/** The same question as code: a tab a dialect, and a button that copies. */
import { html, type TemplateResult } from 'lit-html';
import { ORIGIN } from '../model/server.js';
import type { Page } from '../page/page.js';
import { type CopyContext, copyAs, DIALECTS, type Dialect } from '../request/copy-as.js';
import { bodyOf } from '../request/request.js';
import { icon } from '../shell/icons.js';
import type { Feature } from '../state/state.js';

let dialect: Dialect = 'Python';

/** What the texts are made of; undefined while times are not known. */
export function copyContext(page: Page, feature: Feature): CopyContext | undefined {
  const { selection, times } = page;
  if (selection?.run === undefined || times.length === 0) return undefined;
  const isArea = feature.kind !== 'pt' && feature.kind !== 'track';
  const scope = isArea ? page.wantedTimes : times;
  return {
    origin: ORIGIN,
    key: page.server.keyText,
    selection,
    feature,
    body: bodyOf(selection, feature, { times: scope }),
    times: scope,
  };
}

/** Words of a program in colours: strings, keywords, comments. */
function coloured(text: string): TemplateResult[] {
  const pieces = text.split(
    /("(?:[^"\\\n]|\\.)*"|#[^\n]*|\b(?:from|import|as|await|const|new|True|False|None|retrieve)\b)/g,
  );
  return pieces.map((piece, n) => {
    if (n % 2 === 0) return html`${piece}`;
    const kind = piece.startsWith('"') ? 'string' : piece.startsWith('#') ? 'comment' : 'word';
    return html`<span class=${`code-${kind}`}>${piece}</span>`;
  });
}

export function codeBlock(page: Page, feature: Feature): TemplateResult {
  const context = copyContext(page, feature);
  if (context === undefined) return html``;
  const text = copyAs(dialect, context);
  const choose = (one: Dialect): void => {
    dialect = one;
    page.store.touch();
  };
  return html`<div class="code-block"><div class="code-head"><div class="code-tabs" role="tablist" aria-label="API">${DIALECTS.map(
    (one) =>
      html`<button role="tab" id=${`code-${one}`} aria-controls="code-text" aria-selected=${one === dialect} tabindex=${one === dialect ? 0 : -1} @click=${() => choose(one)} @keydown=${(
        event: KeyboardEvent,
      ) => {
        const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (step === 0) return;
        const next = DIALECTS[(DIALECTS.indexOf(one) + step + DIALECTS.length) % DIALECTS.length]!;
        choose(next);
        queueMicrotask(() => document.getElementById(`code-${next}`)?.focus());
      }}>${one}</button>`,
  )}</div><button class="copy" @click=${() => page.copy(text, page.t('copied'))}>${icon('copy')}${page.t('copy')}</button></div>
    <pre id="code-text" role="tabpanel" aria-labelledby=${`code-${dialect}`} tabindex="0"><code>${coloured(text)}</code></pre></div>`;
}
