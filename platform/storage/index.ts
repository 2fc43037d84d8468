// Where files lie: objects by key, in a database, a folder, or a bucket that speaks S3.
// Never knows whose they are or who refers to them.

export { storageMigrations } from './migrations.ts'
export { openStorages, type StorageConfig, type Storages } from './open-storages.ts'
export type { StorageName } from './storage.ts'
