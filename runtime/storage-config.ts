import { join } from 'node:path'
import { z } from 'zod'
import type { StorageConfig } from '#platform/storage'
import { ConfigurationError } from './configuration-error.ts'

/** The variables of the storage of files that executions make. */
export const storageEnvironment = {
  /** Where the files lie that executions make. */
  ARTEFACT_STORAGE: z.enum(['database', 'files', 's3']).default('database'),
  /** For `files`: the folder; `artefacts` in DATA_DIR when left out. Processes of executions and executors share it. */
  ARTEFACT_DIR: z.string().min(1).max(4_096).optional(),
  /** For `s3`: the server, without a path, and a bucket that is there. */
  S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/, 'must be the name of a bucket')
    .optional(),
  S3_REGION: z
    .string()
    .regex(/^[a-z\d-]{1,64}$/, 'must be the name of a region')
    .default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().min(1).max(256).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).max(256).optional(),
  /** What the keys of this system begin with; another system that shares the bucket has another one. */
  S3_PREFIX: z
    .string()
    .regex(/^(?:[\w-]{1,64}\/){0,4}$/, 'must be names that end with a slash each')
    .default('carillon/'),
}

/**
 * The storage out of variables that were checked.
 *
 * @throws {ConfigurationError} when `s3` lacks a part
 */
export function storageConfig(
  data: z.output<z.ZodObject<typeof storageEnvironment>> & { readonly DATA_DIR: string },
): StorageConfig {
  const { ARTEFACT_STORAGE: kind, S3_REGION: region, S3_PREFIX: prefix } = data
  if (kind === 'database') return { kind }
  if (kind === 'files') return { kind, directory: data.ARTEFACT_DIR ?? join(data.DATA_DIR, 'artefacts') }
  const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = data
  const required = { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY }
  const missing = Object.entries(required).filter(([, value]) => value === undefined)
  if (missing.length > 0) {
    const lines = missing.map(([name]) => `  ${name}: is needed when ARTEFACT_STORAGE is s3`)
    throw new ConfigurationError(`These settings are wrong:\n${lines.join('\n')}`)
  }
  return {
    ...{ kind, region, prefix },
    endpoint: S3_ENDPOINT ?? '',
    bucket: S3_BUCKET ?? '',
    accessKeyId: S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: S3_SECRET_ACCESS_KEY ?? '',
  }
}
