import { DomainError } from '#platform/domain'

/** What a loader found. @throws {DomainError} JOB_NOT_FOUND when it is nothing that the caller may see */
export async function found<Found>(loading: Promise<Found | null>): Promise<Found> {
  const loaded = await loading
  if (loaded === null) throw new DomainError('JOB_NOT_FOUND', 'no such job')
  return loaded
}
