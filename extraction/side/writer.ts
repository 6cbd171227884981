/** The process that writes side-files, so that packing does not hold up the one that answers. It ends with its parent. */
import { setPriority } from 'node:os';
import { FeatureError } from '../../schemas/problem.js';
import { type SideTask, writeSideFile } from './write.js';

export type SideReply = { readonly bytes: number } | { readonly code: string; readonly message: string };

const BEHIND = 10;

process.on('disconnect', () => process.exit(0));
process.on('message', (task: SideTask) => {
  const reply = (answer: SideReply): void => void process.send?.(answer);
  writeSideFile(task).then(
    (bytes) => reply({ bytes }),
    (error: unknown) => {
      const code = error instanceof FeatureError ? error.code : 'internal';
      reply({ code, message: error instanceof Error ? error.message : String(error) });
    },
  );
});
try {
  setPriority(BEHIND);
} catch {
  // some systems do not let a process step back
}
