/**
 * Refusals as WMS clients know them: a ServiceExceptionReport. Clients recognise it by its type and namespace, with status 200; EXCEPTIONS may ask for a picture instead.
 */
import { FeatureError, type Problem } from '../../schemas/problem.js';
import { escapeXml } from './xml.js';

export type WmsVersion = '1.3.0' | '1.1.1';

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

/** Media type of the report: clients of each version look for their own. */
export function exceptionType(version: WmsVersion): string {
  return version === '1.3.0' ? 'text/xml; charset=utf-8' : 'application/vnd.ogc.se_xml; charset=utf-8';
}

/** The report of a problem. 1.1.1 knows no namespace. */
export function exceptionReport(error: unknown, problem: Problem, version: WmsVersion): string {
  const code = error instanceof WmsException ? error.wmsCode : 'NoApplicableCode';
  const namespace = version === '1.3.0' ? ' xmlns="http://www.opengis.net/ogc"' : '';
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<ServiceExceptionReport version="${version}"${namespace}>\n` +
    `  <ServiceException code="${code}">${escapeXml(problem.detail)}</ServiceException>\n` +
    `</ServiceExceptionReport>\n`
  );
}
