/** Requests that were sent off: cards with state, progress and what can be done with them, and the drawer that lists them. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { bytesText } from '../i18n/t.js';
import { clockText } from '../model/times.js';
import type { Page } from '../page/page.js';
import type { Job } from '../request/jobs.js';
import { icon } from '../shell/icons.js';
import { parseLink } from '../state/link.js';
import type { Feature } from '../state/state.js';

export function jobTitle({ t }: Page, feature: Feature): string {
  switch (feature.kind) {
    case 'pt':
      return t('kindPt');
    case 'poly':
      return t('kindPoly', { n: feature.ring.length });
    case 'box':
      return t('kindBox');
    case 'circ':
      return t('kindCirc', { km: feature.km });
    case 'frame':
      return t('kindFrame');
    case 'track':
      return t('kindTrack', { n: feature.vertices.length });
  }
}

export function stateText(page: Page, job: Job): string {
  const { t, state } = page;
  switch (job.state) {
    case 'checking':
      return t('jobChecking');
    case 'queued':
      return job.queuePosition === undefined ? t('jobQueued') : t('jobQueuedAt', { n: job.queuePosition + 1 });
    case 'processing': {
      if (job.stage === 'encoding') return t('jobEncoding');
      const percent = Math.round(job.progress * 100);
      if (job.etaSeconds === undefined) return t('jobReading', { percent });
      return t('jobReadingEta', { percent, seconds: Math.ceil(job.etaSeconds) });
    }
    case 'processed': {
      const size = bytesText(job.bytes ?? 0, state.lang);
      const expires = Date.parse(job.expiresAt ?? '');
      if (Number.isNaN(expires)) return t('jobReady', { size });
      return t('jobReadyUntil', { size, time: clockText(expires, state.lang, state.zone) });
    }
    case 'failed':
      return t('jobFailed', { reason: job.message ?? job.code ?? '' });
    case 'cancelled':
      return t('jobCancelled');
  }
}

/** Shows what a request was about, with its answer. */
function show(page: Page, job: Job): void {
  const { state } = parseLink(job.link);
  page.store.dispatch({
    type: 'set',
    part: { ...state, job: job.id ?? job.key, tab: state.feature?.kind === 'track' ? 'track' : 'area' },
  });
  page.jobs.toggle(false);
}

export function jobCard(page: Page, job: Job): TemplateResult {
  const { t, jobs } = page;
  const running = job.state === 'checking' || job.state === 'queued' || job.state === 'processing';
  const known = job.state === 'processing' && job.progress > 0;
  const percent = Math.round(job.progress * 100);
  const repeat = (): void => {
    const key = jobs.repeat(job.key);
    if (key !== undefined) page.store.dispatch({ type: 'set', part: { job: key } });
  };
  return html`<div class="job" data-state=${job.state} data-id=${job.id ?? ''}><div class="job-text"><b>${job.title}</b><span>${stateText(page, job)}</span></div>
    <div class="job-actions">
      ${running ? html`<button class="button" @click=${() => void jobs.cancel(job.key)}>${t('cancel')}</button>` : nothing}
      ${job.state === 'processed' && page.jobs.open ? html`<button class="button" @click=${() => show(page, job)}>${t('show')}</button>` : nothing}
      ${job.state === 'processed' ? html`<a class="ghost" href=${jobs.addressOf(job)} download=${`${job.title.replace(/\W+/g, '-')}.covjson`} aria-label=${t('download')} title=${t('download')}>${icon('download')}</a>` : nothing}
      ${running ? nothing : html`<button class="button" @click=${repeat}>${t('repeat')}</button>`}
      ${page.jobs.open && !running ? html`<button class="ghost" aria-label=${t('remove')} title=${t('remove')} @click=${() => jobs.remove(job.key)}>${icon('close')}</button>` : nothing}
    </div>
    ${running ? html`<progress class="job-progress" max="100" value=${known ? percent : nothing} aria-label=${stateText(page, job)}></progress>` : nothing}</div>`;
}

export function jobsDrawer(page: Page): TemplateResult {
  const { t, jobs } = page;
  return html`<div class="drawer-head"><h2>${t('jobs')}</h2><button class="ghost" aria-label=${t('close')} @click=${() => jobs.toggle(false)}>${icon('close')}</button></div>
    ${jobs.all.length === 0 ? html`<p class="notice">${t('noJobs')}</p>` : html`<ul>${jobs.all.map((job) => html`<li>${jobCard(page, job)}</li>`)}</ul>`}`;
}

const SPOKEN_SHARES = [0.25, 0.5, 0.75];
let spoken = '';

/** Speaks of changes: every state, and quarters of the progress. */
function speak(page: Page, job: Job): void {
  const share = SPOKEN_SHARES.findLast((one) => job.progress >= one) ?? 0;
  const now = `${job.key} ${job.state} ${share}`;
  if (now === spoken) return;
  spoken = now;
  page.say(`${job.title}: ${stateText(page, job)}`);
}

/** Takes the answer of the request that is shown, once it is there. */
export function syncJob(page: Page): void {
  const { state, jobs, effects, data } = page;
  const job = jobs.byId(state.job);
  if (job !== undefined) speak(page, job);
  // the link names the request as the service does
  if (job?.id !== undefined && state.job === job.key) page.store.dispatch({ type: 'set', part: { job: job.id } });
  if (job === undefined || job.state !== 'processed') {
    effects.run('result', 'none', () => data.result.state !== 'none' && page.change({ result: { state: 'none' } }));
    return;
  }
  effects.run('result', job.id!, (signal) => {
    page.change({ result: { state: 'loading' } });
    jobs.result(job).then(
      (value) => !signal.aborted && page.change({ result: { state: 'ready', value } }),
      (error: unknown) => !signal.aborted && page.change({ result: { state: 'failed', error } }),
    );
  });
}
