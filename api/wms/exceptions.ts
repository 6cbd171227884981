/**
 * Refusals as WMS clients know them: a ServiceExceptionReport. Clients recognise it by `text/xml` and the namespace, with
 * status 200; EXCEPTIONS may ask for a picture instead.
 */
import { FeatureError, type Problem } from '../../schemas/problem.js';
import { escapeXml } from './xml.js';

export type WmsCode =
  | 'InvalidFormat'
  | 'InvalidCRS'
  | 'InvalidSRS'
  | 'LayerNotDefined'
  | 'StyleNotDefined'
  | 'LayerNotQueryable'
  | 'InvalidPoint'
  | 'MissingDimensionValue'
  | 'InvalidDimensionValue'
  | 'InvalidUpdateSequence'
  | 'CurrentUpdateSequence'
  | 'OperationNotSupported'
  | 'InvalidParameterValue'
  | 'MissingParameterValue'
  | 'NoApplicableCode';

/** A refusal with the code of the standard. `message` is one sentence that names the key, the value and a remedy. */
export class WmsException extends FeatureError {
  constructor(
    readonly wmsCode: WmsCode,
    detail: string,
  ) {
    super('bad_value', detail);
  }
}

export const EXCEPTION_TYPE = 'text/xml; charset=utf-8';

/** The report of a problem. */
export function exceptionReport(error: unknown, problem: Problem, version: string): string {
  const code = error instanceof WmsException ? error.wmsCode : 'NoApplicableCode';
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<ServiceExceptionReport version="${version}" xmlns="http://www.opengis.net/ogc">\n` +
    `  <ServiceException code="${code}">${escapeXml(problem.detail)}</ServiceException>\n` +
    `</ServiceExceptionReport>\n`
  );
}
