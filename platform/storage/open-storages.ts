import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import { databaseStorage } from './database-storage.ts'
import { fileStorage } from './file-storage.ts'
import { type S3Config, s3Storage } from './s3-storage.ts'
import type { ObjectStorage, StorageName } from './storage.ts'

/** Where new objects go. */
export type StorageConfig =
  | { readonly kind: 'database' }
  | { readonly kind: 'files'; readonly directory: string }
  | ({ readonly kind: 's3' } & S3Config)

/** The storages of a process. */
export interface Storages {
  /** Where new objects go. */
  readonly current: ObjectStorage
  /** Where an object lies that was put before; undefined when that storage is configured no more. */
  named(name: StorageName): ObjectStorage | undefined
  close(): Promise<void>
}

/** Opens where new objects go, and the database, which may hold older ones. Nothing is asked of a server yet. */
export function openStorages(
  config: StorageConfig,
  { database, clock }: { readonly database: Pick<Database, 'reader' | 'unit'>; readonly clock: Clock },
): Storages {
  const inDatabase = databaseStorage(database)
  const current = storageOf(config, inDatabase, clock)
  const all = new Map<StorageName, ObjectStorage>([inDatabase, current].map((storage) => [storage.name, storage]))
  return { current, named: (name) => all.get(name), close: () => current.close() }
}

function storageOf(config: StorageConfig, inDatabase: ObjectStorage, clock: Clock): ObjectStorage {
  switch (config.kind) {
    case 'database':
      return inDatabase
    case 'files':
      return fileStorage(config.directory, clock)
    case 's3':
      return s3Storage(config, clock)
  }
}
