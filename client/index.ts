/** Entry point `polyfst/client`: clients for browsers and Node. */
export { type DecodedCoverage, decodeCoverages, type Points } from './covjson.js';
export { EdrClient, type EdrQuery, type EdrQueryType } from './edr.js';
export { type ClientOptions, ServiceError } from './http.js';
export { PolytopeClient, type Price, type Progress, type RequestBody, type RetrieveOptions } from './polytope.js';
