/** docs/cli.md: every command with its flags and examples, made from the commands themselves. */
import { EXAMPLE_FILES, EXAMPLES, NOT_RUN } from './command-examples.js';
import { type CommandWords, wordsOf } from './completion.js';
import { program } from './program.js';

const cell = (text: string): string => text.replaceAll('|', '\\|');

function flagsOf({ flags }: CommandWords): string {
  if (flags.length === 0) return '';
  const rows = flags.map(({ text, description }) => `| \`${cell(text)}\` | ${cell(description)} |`);
  return `\n| flag | |\n|---|---|\n${rows.join('\n')}\n`;
}

function usageOf(command: CommandWords, path: string): string {
  const inner = command.children.map(
    (child) =>
      `\n**${path} ${child.name}**: ${child.description}\n\n    ${path} ${child.name} ${child.usage}\n${flagsOf(child)}`,
  );
  const own = command.children.length === 0 ? `\n    ${path} ${command.usage}\n${flagsOf(command)}` : inner.join('');
  return `${command.description}\n${own}`;
}

function section(command: CommandWords): string {
  const examples = EXAMPLES[command.name] ?? [];
  const language = NOT_RUN.has(command.name) ? 'console' : 'sh';
  const shown = examples.length === 0 ? '' : `\n\`\`\`${language}\n${examples.join('\n')}\n\`\`\`\n`;
  return `## ${command.name}\n${usageOf(command, `polyfst ${command.name}`)}${shown}`;
}

/** The page. */
export function commandPage(): string {
  const { children } = wordsOf(program);
  const files = Object.entries(EXAMPLE_FILES).map(
    ([name, text]) => `\`${name}\`:\n\n    ${text.replaceAll('\n', '\n    ')}\n`,
  );
  return `# Command line

<!-- Made by npm run docs from cli/program.ts and cli/command-examples.ts. -->

In a clone \`polyfst\` is \`node dist/cli/main.js\`. With \`--json\` standard output holds one JSON object a line and nothing else; progress, which is shown
on a terminal only, warnings and errors go to standard error. Exit codes: 0 fine; 1 failed, nothing delivered; 2 wrong use; 3 some records
bad or something not kept, the rest delivered. \`polyfst completion SHELL\` prints completions, \`polyfst completion man\` the manual page.

The examples run in this order in one folder, which has these files:

${files.join('\n')}
${[...children]
  .sort((one, other) => order(one.name) - order(other.name))
  .map(section)
  .join('\n')}`;
}

const NAMES = Object.keys(EXAMPLES);
const order = (name: string): number => NAMES.indexOf(name);
