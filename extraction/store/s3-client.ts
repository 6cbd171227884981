/** Clients of S3 and of what speaks its language. The SDK is loaded when it is used; it never retries by itself. */
import type { S3Client } from '@aws-sdk/client-s3';

export interface S3Place {
  /** for services other than AWS; buckets are then named by path */
  readonly endpoint?: string;
  readonly region: string;
}

export type S3Sdk = typeof import('@aws-sdk/client-s3');

/** Credentials come from the environment or the machine's role, as the SDK finds them. */
export async function openS3({ endpoint, region }: S3Place): Promise<{ sdk: S3Sdk; client: S3Client }> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    region,
    maxAttempts: 1,
    followRegionRedirects: false,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
  return { sdk, client };
}
