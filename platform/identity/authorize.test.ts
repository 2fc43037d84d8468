import { expect, test } from 'vitest'
import type { DomainError } from '#platform/domain'
import { authorize } from './authorize.ts'
import type { Caller } from './caller.ts'

const caller: Caller = {
  userId: 'user-1',
  username: 'shreyash',
  sessionId: 'session-1',
  workspaceIds: ['workspace-1', 'workspace-2'],
  expiresAt: new Date('2026-11-23T12:00:00Z'),
}

function refusalOf(work: () => unknown): Pick<DomainError, 'code' | 'message' | 'details'> {
  try {
    work()
  } catch (error) {
    const { code, message, details } = error as DomainError
    return { code, message, details }
  }
  throw new Error('not refused')
}

test('a member of the workspace gets the object', () => {
  const job = { workspaceId: 'workspace-2', name: 'report' }
  expect(authorize(caller, 'change', job, 'JOB_NOT_FOUND')).toBe(job)
})

test("somebody else's object is refused by exactly the words of a missing one", () => {
  const missing = refusalOf(() => authorize(caller, 'read', null, 'JOB_NOT_FOUND'))
  const others = refusalOf(() => authorize(caller, 'read', { workspaceId: 'workspace-3' }, 'JOB_NOT_FOUND'))
  expect(others).toEqual(missing)
  expect(missing.code).toBe('JOB_NOT_FOUND')
})

test('without a caller an object and its absence look the same too', () => {
  const missing = refusalOf(() => authorize(null, 'read', null, 'JOB_NOT_FOUND'))
  const others = refusalOf(() => authorize(null, 'read', { workspaceId: 'workspace-1' }, 'JOB_NOT_FOUND'))
  expect(others).toEqual(missing)
  expect(missing.code).toBe('UNAUTHENTICATED')
})
