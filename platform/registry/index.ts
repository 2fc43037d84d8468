// Who is there: processes announce themselves by heartbeats in a topic, and everybody keeps a directory of them.
// Never decides by the clock of another process, and never sends a request.
export { type Announcement, type AnnounceOptions, announce } from './announce.ts'
export {
  addressesOf,
  type Directory,
  type Heartbeats,
  parseSeeds,
  type Seed,
  type ServiceInstance,
} from './directory.ts'
export { type DirectoryOptions, openDirectory } from './open-directory.ts'
export { type StaticDirectoryOptions, staticDirectory } from './static-directory.ts'
