/** The pages of docs/ that are made from tables of the code: configuration and error codes. `npm run docs` writes them. */
import { type ConfigRow, configRows } from '../schemas/config-rows.js';
import { CODES, type ErrorCode } from '../schemas/problem.js';
import { commandPage } from './command-page.js';

/** Text that stands in a cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
}

const code = (text: string): string => (text === '' ? '' : `\`${cell(text)}\``);

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function configLine({ key, type, fallback, variable, description }: ConfigRow): string {
  return row([code(key), cell(type.replaceAll('"', '')), code(fallback), code(variable), cell(description)]);
}

/** docs/config.md */
export function configPage(): string {
  return `# Configuration

<!-- Made by npm run docs from schemas/config.ts. -->

\`polyfst serve\`, \`work\`, \`index\` and \`query\` take \`--config FILE\`: JSON, or YAML when the name ends in \`.yaml\` or \`.yml\`.
Flags win over environment variables, these over the file. A key that is not in this table is an error. \`[]\` stands for an
item of a list, \`<name>\` for a name of your own. \`POLYFST_DATA\` takes several folders, separated by \`:\`.

| key | type | default | variable | meaning |
|---|---|---|---|---|
${configRows().map(configLine).join('\n')}
`;
}

interface CodeRow {
  readonly status: number;
  readonly title: string;
  readonly errno?: number;
}

function codeLine(name: ErrorCode): string {
  const { status, title, errno }: CodeRow = CODES[name];
  return row([code(name), String(status), errno === undefined ? '' : String(errno), cell(title)]);
}

/** docs/errors.md */
export function errorsPage(): string {
  const names = Object.keys(CODES) as ErrorCode[];
  return `# Errors

<!-- Made by npm run docs from schemas/problem.ts. -->

Every expected failure is a \`FeatureError\`: a stable \`code\`, one sentence that names the key or file, the value and a remedy,
and \`data\` for programs. Errors about files carry \`data.file\`, \`data.row\` where one record is meant, and \`data.offset\`,
the byte of the file (-1 when there is no such place). \`errno\` is the negative number that the FST24 interface gives the
same failure, 0 when it has none; batch functions report it a record.

| code | HTTP status | errno | title |
|---|---|---|---|
${names.map(codeLine).join('\n')}

## On the command line
An error is that one sentence on standard error. Exit codes: 0 fine, 1 failed and nothing delivered, 2 wrong use, 3 some
records bad and the rest delivered.

## Over HTTP
| surface | body |
|---|---|
| Polytope v1 | \`{"message": "…"}\`, the code in the header \`X-Error-Code\`; a permanent failure has one of the statuses 400, 401, 403, 404, 410 and 413 (others become 400), overload is 529 |
| Polytope v2 | RFC 9457 problem details with \`code\` and \`message\`; 429 for a limit of the user, 529 for overload, both with \`Retry-After\` |
| OGC APIs, health | RFC 9457 problem details with \`code\` and \`description\` |
| WMS | a ServiceExceptionReport |
| Zarr | an empty 404 for a key that is not there, else as OGC |

A bug is not in the table: it answers \`internal\` without detail and is logged with its cause.
`;
}

/** Pages by their path below the repository's root. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'docs/cli.md': commandPage,
  'docs/config.md': configPage,
  'docs/errors.md': errorsPage,
};
