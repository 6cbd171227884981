/** The package entry `polyfst/schemas`: vocabulary, requests, errors and documents, for Node and for browsers. */
export * from './collection.js';
export * from './config.js';
export * from './coverage.js';
export * from './format-name.js';
export * from './job.js';
export * from './limits.js';
export * from './param-lookup.js';
export * from './params.js';
export * from './problem.js';
export * from './request.js';
export * from './request-keys.js';
export * from './request-print.js';
export type * from './vocabulary.js';
