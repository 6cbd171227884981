/** Values of a query as a page: one table, a row a place, time, level and member, and the same query in the other formats. */
import { isoTime, shortestFloat32, wrapLongitude } from '../../formats/float-text.js';
import { type OgcAnswer, type OgcCoverage, placesOf } from '../../formats/ogc-coverage.js';
import { ucumOf } from '../../schemas/params.js';
import { escaped, htmlPage, link } from './html.js';

/** Longer tables are for programs: the page says where the rest is. */
const MOST_ROWS = 1000;

export interface ValuesPage {
  /** address of the query */
  readonly query: string;
  readonly title: string;
  /** names of the other formats */
  readonly formats: readonly string[];
}

/** Address of the same query in another format. */
function inFormat(query: string, format: string): string {
  const address = new URL(query);
  for (const name of [...address.searchParams.keys()]) {
    if (name.toLowerCase() === 'f') address.searchParams.delete(name);
  }
  address.searchParams.set('f', format);
  return address.href;
}

const cell = (text: string): string => `<td>${escaped(text)}</td>`;
const degrees = (value: number): string => String(Math.round(value * 1e6) / 1e6);

function* rowsOf(answer: OgcAnswer, coverage: OgcCoverage): Generator<string> {
  const ranges = answer.params.map(({ name }) => coverage.ranges.find(({ param }) => param.name === name)?.values);
  const number = cell(String(coverage.metadata['number'] ?? ''));
  for (const { x, y, z, t, index } of placesOf(coverage)) {
    const place = [
      degrees(y),
      degrees(wrapLongitude(x)),
      Number.isNaN(z) ? '' : String(z),
      Number.isNaN(t) ? '' : isoTime(t),
    ];
    const values = ranges.map((range) => {
      const value = range?.[index] ?? Number.NaN;
      return cell(Number.isFinite(value) ? shortestFloat32(value) : '');
    });
    yield `<tr>${place.map(cell).join('')}${number}${values.join('')}</tr>`;
  }
}

/** The page. Rows beyond the first thousand are counted, not shown. */
export function valuesPage(answer: OgcAnswer, { query, title, formats }: ValuesPage): string {
  const names = answer.params.map(({ name, unit }) => `${name} [${ucumOf(unit)}]`);
  const head = ['latitude', 'longitude', 'level', 'time', 'member', ...names];
  const rows: string[] = [];
  let count = 0;
  for (const coverage of answer.coverages) {
    for (const row of rowsOf(answer, coverage)) if (count++ < MOST_ROWS) rows.push(row);
  }
  const described = answer.params.map(
    ({ name, description }) => `<li><code>${escaped(name)}</code> ${escaped(description)}</li>`,
  );
  const others = formats.map((format) => `<li>${link(inFormat(query, format), format)}</li>`);
  const more = count > rows.length ? `<p class="soft">The first ${rows.length} of ${count} rows.</p>` : '';
  const columns = head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = `<h2>Parameters</h2><ul>${described.join('')}</ul>
<h2>Values</h2>${more}<div class="wide"><table><tr>${columns}</tr>${rows.join('\n')}</table></div>
<h2>The same in other formats</h2><ul>${others.join('')}</ul>`;
  const collection = query.split('?', 1)[0]!.split('/').slice(0, -1).join('/');
  return htmlPage(title, [['Collection', `${collection}?f=html`]], body);
}
