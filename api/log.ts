/** The structured log: JSON lines on standard error (or a given stream), with everything secret blotted out. */
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { Config } from '../schemas/config.js';

/** Where secrets could stand in what is logged. */
const SECRET_PATHS = [
  'authorization',
  'headers.authorization',
  'req.headers.authorization',
  'req.headers.cookie',
  'res.headers.location',
  'token',
  'key',
  '*.authorization',
  '*.token',
  '*.sha256',
  '*.password',
];

export function makeLogger(config: Config['log'], stream?: DestinationStream): Logger {
  const options = {
    level: config.level,
    base: null,
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    timestamp: (): string => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, stream ?? destination({ fd: 2, sync: true }));
}
