/**
 * The configuration: one strict schema with a default and a description on every leaf. Sources: file < environment
 * (POLYFST_…) < flags. Parsed once at start and passed down as values; docs/config.md is made from `configRows()`.
 */
import { z } from 'zod';
import { check } from './check.js';
import { COLLECTION_NAME, collectionConfigSchema } from './collection.js';
import { limitsSchema } from './limits.js';
import { FeatureError } from './problem.js';

const shortText = z.string().min(1).max(4096);

const apiKeySchema = z.strictObject({
  id: shortText.describe('Label of the key, shown in logs.'),
  user: shortText.describe('User that the key stands for.'),
  realm: shortText.default('local').describe('Realm of the user; a user is (realm, user).'),
  email: shortText.optional().describe('Address that EmailKey must give, when set.'),
  roles: z.array(shortText).max(100).default([]).describe('Roles of the user.'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')
    .describe("SHA-256 of the key's UTF-8 bytes, lower-case hex."),
  expires: z.iso.datetime({ offset: true }).optional().describe('Instant after which the key is refused.'),
});
export type ApiKey = Readonly<z.infer<typeof apiKeySchema>>;

const jwtSchema = z.strictObject({
  issuer: shortText.describe('Issuer that a token must name.'),
  audience: shortText.describe('Audience that a token must name.'),
  keysUrl: z.url({ protocol: /^https?$/ }).describe('Where the key set of the issuer is.'),
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA']))
    .min(1)
    .default(['RS256', 'ES256'])
    .describe('Signature algorithms that are accepted.'),
  userClaim: shortText.default('sub').describe('Claim with the user.'),
  rolesClaim: shortText.default('roles').describe('Claim with the list of roles.'),
  realm: shortText.default('oidc').describe('Realm of these users.'),
});

const httpSchema = z.strictObject({
  host: shortText.default('127.0.0.1').describe('Address to listen on.'),
  port: z.number().int().min(0).max(65_535).default(8080).describe('Port to listen on; 0: any free one.'),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('Base of the absolute URLs in answers, as clients see the service.'),
  cors: z
    .array(shortText)
    .max(1000)
    .default([])
    .describe('Origins that browsers may call from; `*`: any, without credentials.'),
  trustProxy: z
    .array(shortText)
    .max(100)
    .default([])
    .describe('Addresses of proxies whose X-Forwarded headers are believed.'),
  headersTimeoutMs: z.number().int().min(100).default(10_000).describe('Longest time for the headers of a request.'),
  requestTimeoutMs: z.number().int().min(100).default(30_000).describe('Longest time for a whole request.'),
  connectionsCheckingMs: z.number().int().min(100).default(2000).describe('How often the timeouts are checked.'),
  keepAliveTimeoutMs: z.number().int().min(0).default(65_000).describe('How long an idle connection is kept.'),
  idleReplyMs: z.number().int().min(1000).default(30_000).describe('How long a reader of an answer may stand still.'),
  maxConnections: z.number().int().min(1).default(4000).describe('Most open connections.'),
  maxRequestsPerSocket: z
    .number()
    .int()
    .min(0)
    .default(1000)
    .describe('Most requests on one connection; 0: any number.'),
});

export const configSchema = z.strictObject({
  http: httpSchema.prefault({}).describe('The HTTP service.'),
  auth: z
    .strictObject({
      anonymous: z
        .boolean()
        .optional()
        .describe('Whether callers without credentials are let in; absent: only without keys, and only on loopback.'),
      keys: z.array(apiKeySchema).max(100_000).default([]).describe('API keys.'),
      jwt: jwtSchema.optional().describe('Bearer tokens of an OpenID provider.'),
      adminRole: shortText.default('admin').describe('Role that sees the dashboard.'),
    })
    .prefault({})
    .describe('Who may call.'),
  collections: z
    .record(z.string().regex(COLLECTION_NAME, 'must be letters, digits, _ or -'), collectionConfigSchema)
    .default({})
    .describe('Collections by name; none: one collection over `data`.'),
  data: z
    .array(shortText)
    .max(1000)
    .default([])
    .describe('Folders, or s3://bucket/prefix, of the one collection that needs no configuration.'),
  state: shortText.default('.polyfst').describe('Folder for index, queue and results.'),
  queue: z
    .string()
    .regex(/^(embedded|rediss?:\/\/.+|postgres(ql)?:\/\/.+)$/, 'must be embedded, redis://… or postgres://…')
    .default('embedded')
    .describe('Where jobs wait.'),
  store: z
    .strictObject({
      url: z
        .string()
        .regex(/^(file|s3:\/\/[a-z0-9][a-z0-9.-]{1,62}(\/[^\s]*)?)$/, 'must be file or s3://bucket/prefix')
        .default('file')
        .describe('Where results and indexes are: `file` (the state folder) or s3://bucket/prefix.'),
      endpoint: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('S3 endpoint of store and data, for services other than AWS.'),
      region: shortText.default('us-east-1').describe('S3 region.'),
      timeoutMs: z.number().int().min(100).default(10_000).describe('Longest time of one S3 call.'),
    })
    .prefault({})
    .describe('The object store.'),
  workers: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether this process runs jobs (`--no-work` turns it off).'),
      concurrency: z.number().int().min(1).max(1024).optional().describe('Jobs at a time; absent: number of cores.'),
      metricsPort: z
        .number()
        .int()
        .min(1)
        .max(65_535)
        .optional()
        .describe('Port, on `http.host`, where `work` tells its metrics; absent: nowhere.'),
      childHeapMb: z.number().int().min(64).default(1024).describe('JavaScript heap of a job process, MiB.'),
      childRssMb: z.number().int().min(128).default(2048).describe('Memory over which a job process is ended, MiB.'),
      jobsPerChild: z
        .number()
        .int()
        .min(1)
        .default(500)
        .describe('Jobs after which a job process is replaced; 20 small ones count as one.'),
    })
    .prefault({})
    .describe('Running jobs.'),
  memory: z
    .strictObject({
      maxBytes: z
        .number()
        .int()
        .min(67_108_864)
        .optional()
        .describe('Memory for decoded values; absent: half of what the machine allows, at most 16 GiB.'),
    })
    .prefault({})
    .describe('Memory budget.'),
  files: z
    .strictObject({
      maxOpen: z.number().int().min(8).default(512).describe('Most data files open at a time.'),
      rescanMs: z
        .number()
        .int()
        .min(0)
        .default(5000)
        .describe('How often data folders are looked at; 0: only at start.'),
      sideBytes: z
        .number()
        .int()
        .min(0)
        .default(10 * 2 ** 30)
        .describe('Most bytes of all side-files (collections.<name>.sideFiles) together; 0: none are made.'),
      index: z
        .boolean()
        .default(true)
        .describe('Whether serve looks at data folders itself; false: it takes what `polyfst watch` has published.'),
      cacheBytes: z
        .number()
        .int()
        .min(0)
        .default(134_217_728)
        .describe('Bytes of data files on S3 that each process keeps in memory.'),
    })
    .prefault({})
    .describe('Data files.'),
  autoConvert: z
    .array(
      z.strictObject({
        from: shortText.describe('Folder that is looked at, recursively.'),
        to: shortText.describe('Folder for the converted runs, made when absent.'),
        format: shortText.describe('Format, as `polyfst convert --format` names it.'),
        where: z.array(shortText).max(100).default([]).describe('Conditions on records, `KEY=GLOB`.'),
        set: z
          .record(shortText, shortText.describe('Value of the option.'))
          .default({})
          .describe('Options of the format, as `--set` has them.'),
        run: shortText
          .default('^(.*?)(_\\d{3}.*)?$')
          .describe(
            'Regular expression on the path below `from`; its first group names the run that a file belongs to.',
          ),
        files: z.number().int().min(1).default(1).describe('Files that a run has at least.'),
        settleMs: z
          .number()
          .int()
          .min(0)
          .default(60_000)
          .describe('How long the files of a run must have stood unchanged.'),
      }),
    )
    .max(100)
    .default([])
    .describe('Rules by which `polyfst auto-convert` converts new runs.'),
  limits: limitsSchema.prefault({}).describe('Limits.'),
  durability: z
    .enum(['power', 'process'])
    .default('power')
    .describe('What an accepted request survives: loss of power, or only the death of processes.'),
  log: z
    .strictObject({
      level: z
        .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
        .default('info')
        .describe('Least level.'),
      pretty: z.boolean().default(false).describe('Text for people instead of JSON lines.'),
    })
    .prefault({})
    .describe('The log, on standard error.'),
  now: z.iso.datetime({ offset: true }).optional().describe('Pins the clock, for tests.'),
});
export type Config = Readonly<z.infer<typeof configSchema>>;

type Plain = { [key: string]: unknown };

/** Sources of one setting beside the file. `parse` gets the text of the environment variable. */
interface Setting {
  readonly path: readonly [string, ...string[]];
  readonly flag: string;
  readonly variable: string;
  readonly parse: (text: string) => unknown;
}

const asText = (text: string): unknown => text;
const asNumber = (text: string): unknown => (/^\d{1,9}$/.test(text) ? Number(text) : text);
/** Separated by `:`, which is no separator in s3://. */
const asFolders = (text: string): unknown => text.split(/:(?!\/\/)/).filter((folder) => folder !== '');

/** Settings that have a flag and an environment variable. */
export const SETTINGS: readonly Setting[] = [
  { path: ['http', 'host'], flag: 'host', variable: 'POLYFST_HOST', parse: asText },
  { path: ['http', 'port'], flag: 'port', variable: 'POLYFST_PORT', parse: asNumber },
  { path: ['http', 'publicUrl'], flag: 'publicUrl', variable: 'POLYFST_PUBLIC_URL', parse: asText },
  { path: ['data'], flag: 'data', variable: 'POLYFST_DATA', parse: asFolders },
  { path: ['state'], flag: 'state', variable: 'POLYFST_STATE', parse: asText },
  { path: ['queue'], flag: 'queue', variable: 'POLYFST_QUEUE', parse: asText },
  { path: ['store', 'url'], flag: 'store', variable: 'POLYFST_STORE', parse: asText },
  { path: ['store', 'endpoint'], flag: 'storeEndpoint', variable: 'POLYFST_STORE_ENDPOINT', parse: asText },
  {
    path: ['workers', 'enabled'],
    flag: 'work',
    variable: 'POLYFST_NO_WORK',
    parse: (text) => !/^(1|true|yes)$/i.test(text),
  },
  { path: ['workers', 'concurrency'], flag: 'concurrency', variable: 'POLYFST_CONCURRENCY', parse: asNumber },
  { path: ['log', 'level'], flag: 'logLevel', variable: 'POLYFST_LOG_LEVEL', parse: asText },
  { path: ['now'], flag: 'now', variable: 'POLYFST_NOW', parse: asText },
];

/** Flags by their camel-case names, as a command-line parser gives them; `work: false` is `--no-work`. */
export type ConfigFlags = Readonly<{ [flag: string]: unknown }>;

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy of `tree` with the value at `path`; what stands in the way of the path is left for the schema to refuse. */
function withValue(tree: unknown, path: readonly string[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  if (tree !== undefined && !isPlain(tree)) return tree;
  return { ...tree, [head]: withValue(tree?.[head], rest, value) };
}

function fromFile(file: string | object | undefined): unknown {
  if (typeof file !== 'string') return file ?? {};
  try {
    return JSON.parse(file) as unknown;
  } catch (error) {
    throw new FeatureError(
      'bad_value',
      'configuration file: not valid JSON; correct it or use a .yaml suffix for YAML.',
      {
        cause: error,
      },
    );
  }
}

/**
 * The configuration out of its three sources: `file` is the text of a JSON file or an object already parsed (YAML),
 * `env` the environment, `flags` the command line. Throws FeatureError naming the key; unknown keys are errors.
 */
export function parseConfig(
  file: string | object | undefined,
  env: Readonly<Record<string, string | undefined>> = {},
  flags: ConfigFlags = {},
): Config {
  let tree = fromFile(file);
  for (const setting of SETTINGS) {
    const text = env[setting.variable];
    if (text !== undefined && text !== '') tree = withValue(tree, setting.path, setting.parse(text));
    const flag = flags[setting.flag];
    // Commander reports `--no-work` as `work: false` and its absence as `work: true`, which must not undo the environment.
    if (flag === undefined || (setting.flag === 'work' && flag === true)) continue;
    tree = withValue(
      tree,
      setting.path,
      typeof flag === 'string' && setting.parse === asNumber ? asNumber(flag) : flag,
    );
  }
  const config = check(configSchema, tree, 'configuration');
  refuseTwoKeysOfOneId(config);
  return config;
}

function refuseTwoKeysOfOneId(config: Config): void {
  const seen = new Set<string>();
  for (const key of config.auth.keys) {
    if (seen.has(key.sha256)) {
      throw new FeatureError(
        'bad_value',
        `configuration: auth.keys holds the key "${key.id}" twice; remove one of them.`,
      );
    }
    seen.add(key.sha256);
  }
}
