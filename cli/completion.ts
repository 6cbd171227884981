/** `polyfst completion SHELL` and the manual page: both are made from the commands themselves, so that they cannot be out of date. */
import type { Command } from 'commander';
import { EXAMPLES } from './command-examples.js';
import { EXIT, UsageError } from './output.js';

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly { readonly long: string; readonly text: string; readonly description: string }[];
  readonly children: readonly CommandWords[];
  readonly usage: string;
}

/** Names, flags and texts of a command and those below it. */
export function wordsOf(command: Command): CommandWords {
  return {
    name: command.name(),
    description: command.description(),
    usage: command.usage(),
    flags: command.options.map(({ long, short, flags, description }) => ({
      long: long ?? short ?? '',
      text: flags,
      description,
    })),
    children: command.commands.map(wordsOf),
  };
}

const flagWords = ({ flags }: CommandWords): string => flags.map(({ long }) => long).join(' ');

function bash(root: CommandWords): string {
  const cases = root.children.map((child) => {
    const inner = child.children.map(({ name }) => name).join(' ');
    return `    ${child.name}) words="${[inner, flagWords(child)].filter(Boolean).join(' ')} --help" ;;`;
  });
  return `# bash completion of polyfst: source <(polyfst completion bash)
_polyfst() {
  local words current=\${COMP_WORDS[COMP_CWORD]}
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${root.children.map(({ name }) => name).join(' ')} --help --version" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${root.children.map(({ name }) => name).join(' ')} --help --version"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _polyfst polyfst
`;
}

const quoted = (text: string): string => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, '\\$&');

function zsh(root: CommandWords): string {
  const commands = root.children.map(({ name, description }) => `    '${name}:${quoted(description)}'`);
  const cases = root.children.map((child) => {
    const flags = child.flags.map(({ long, description }) => `'${long}[${quoted(description)}]'`);
    return `    ${child.name}) _arguments ${[...flags, "'*:file:_files'"].join(' ')} ;;`;
  });
  return `#compdef polyfst
# zsh completion of polyfst: polyfst completion zsh > "\${fpath[1]}/_polyfst"
_polyfst() {
  local -a commands
  commands=(
${commands.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command=$words[2]
  shift words; (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
_polyfst "$@"
`;
}

function fish(root: CommandWords): string {
  const lines = ['# fish completion of polyfst: polyfst completion fish > ~/.config/fish/completions/polyfst.fish'];
  const text = (words: string): string => words.replaceAll("'", "\\'");
  for (const { name, description, flags } of root.children) {
    lines.push(`complete -c polyfst -n __fish_use_subcommand -a ${name} -d '${text(description)}'`);
    for (const { long, description: about } of flags) {
      lines.push(
        `complete -c polyfst -n '__fish_seen_subcommand_from ${name}' -l ${long.replace(/^--/, '')} -d '${text(about)}'`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Text of a manual page in roff. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');

function manCommand(command: CommandWords, path: string): string {
  const lines = [`.SS ${roff(`${path} ${command.usage}`)}`, roff(command.description)];
  for (const { text, description } of command.flags) lines.push('.TP', `.B ${roff(text)}`, roff(description));
  return [...lines, ...command.children.map((child) => manCommand(child, `${path} ${child.name}`))].join('\n');
}

function examplesSection({ children }: CommandWords): string {
  const lines = children.flatMap(({ name }) => EXAMPLES[name] ?? []);
  return `.SH EXAMPLES\n.nf\n${lines.map(roff).join('\n')}\n.fi\n`;
}

/** The manual page, section 1. */
export function manPage(root: CommandWords): string {
  return `.TH POLYFST 1
.SH NAME
polyfst \\- ${roff(root.description)}
.SH SYNOPSIS
.B polyfst
.I command
.RI [ options ]
.SH DESCRIPTION
Machine output is one JSON object a line on standard output with
.BR \\-\\-json ;
progress and complaints go to standard error.
.SH COMMANDS
${root.children.map((child) => manCommand(child, `polyfst ${child.name}`)).join('\n')}
${examplesSection(root)}.SH EXIT STATUS
0 done; 1 failed, nothing delivered; 2 usage; 3 some records bad or something could not be kept, the rest delivered.
.SH ENVIRONMENT
Every flag of the service has a variable
.BR POLYFST_HOST ,
.BR POLYFST_PORT
and so on; flags win over the environment, the environment over the configuration file.
`;
}

const WRITERS: Readonly<Record<string, (root: CommandWords) => string>> = { bash, zsh, fish, man: manPage };

export async function completion(shell: string, program: Command): Promise<number> {
  const write = WRITERS[shell];
  if (write === undefined || !Object.hasOwn(WRITERS, shell)) {
    throw new UsageError(`completion ${shell}: choose of ${Object.keys(WRITERS).join(', ')}`);
  }
  process.stdout.write(write(wordsOf(program)));
  return EXIT.ok;
}
