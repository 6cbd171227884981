#!/usr/bin/env node
/** The `polyfst` binary: parses the command line and turns what is thrown into an exit code. */
import { CommanderError } from 'commander';
import { EXIT, report } from './output.js';
import { program } from './program.js';

/** Commander takes `-1269765550` for flags: known number-like arguments are protected before it parses. */
function protectNegativeNumbers(argv: readonly string[]): string[] {
  if (argv.includes('--')) return [...argv];
  const flags = argv.slice(4).filter((arg) => arg.startsWith('--'));
  const rest = argv.slice(4).filter((arg) => !arg.startsWith('--'));
  return [...argv.slice(0, 4), ...flags, '--', ...rest];
}

/** Commands whose plain arguments may be negative numbers; their flags take no value. */
const NUMERIC = new Set(['ip', 'date']);

// A reader that has seen enough (`polyfst ls FILE | head`) ends the command quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  process.exit(report(error));
});

try {
  const argv = process.argv;
  await program.parseAsync(NUMERIC.has(argv[2] ?? '') ? protectNegativeNumbers(argv) : argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = report(error);
}
