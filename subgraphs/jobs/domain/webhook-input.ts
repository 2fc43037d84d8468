import { DomainError } from '#platform/domain'
import type { MissedKind } from './missed.ts'

/** Every kind, in the order in which a webhook keeps its own. */
export const MISSED_KINDS = [
  'LATE',
  'SKIPPED',
  'EXPIRED',
  'FAILING',
  'OVERDUE',
] as const satisfies readonly MissedKind[]

const URL_LENGTH_MAX = 2_048
const HOST_LENGTH_MAX = 191

/**
 * An address that may be told, in one spelling.
 *
 * @throws {DomainError} BAD_USER_INPUT
 */
export function checkedUrl(text: string): string {
  const url = text.length <= URL_LENGTH_MAX ? URL.parse(text) : null
  if (url === null) throw wrongUrl(`must be an absolute URL of at most ${URL_LENGTH_MAX} characters`)
  if (!/^https?:$/.test(url.protocol)) throw wrongUrl('must begin with https:// or http://')
  if (url.username !== '' || url.password !== '') throw wrongUrl('must not hold a user name or password')
  if (url.hash !== '') throw wrongUrl('must not have a fragment')
  if (url.host.length > HOST_LENGTH_MAX) throw wrongUrl(`must have a host of at most ${HOST_LENGTH_MAX} characters`)
  return url.href
}

/** The host and port of an address that was checked: what is called too often at once is one of these. */
export function hostOf(url: string): string {
  return new URL(url).host
}

/** @throws {DomainError} BAD_USER_INPUT when there is none */
export function checkedKinds(kinds: readonly MissedKind[]): readonly MissedKind[] {
  const wanted = new Set(kinds)
  if (wanted.size > 0) return MISSED_KINDS.filter((kind) => wanted.has(kind))
  throw new DomainError('BAD_USER_INPUT', 'kinds must name at least one', { path: 'input.kinds' })
}

/** What is wrong with the address of a webhook. */
export function wrongUrl(what: string): DomainError {
  return new DomainError('BAD_USER_INPUT', `url ${what}`, { path: 'input.url' })
}
