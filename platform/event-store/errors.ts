/** Another writer was first: load again, decide again. */
export class VersionConflictError extends Error {
  override readonly name = 'VersionConflictError'
}
