import { expect, test } from 'vitest'
import { openLanes } from './lanes.ts'

const limits = { totalMax: 5, perHostMax: 2, perWorkspaceMax: 3 }
const to = (host: string, workspaceId: string) => ({ host, workspaceId })

test('a host, a workspace and the whole have so many at once, and room again when one leaves', () => {
  const lanes = openLanes(limits)
  expect([lanes.enter(to('a', 'w')), lanes.enter(to('a', 'v')), lanes.enter(to('a', 'u'))]).toEqual([true, true, false])
  expect(lanes.fullHosts).toEqual(['a'])
  expect([lanes.enter(to('b', 'w')), lanes.enter(to('c', 'w')), lanes.enter(to('d', 'w'))]).toEqual([true, true, false])
  expect(lanes.fullWorkspaces).toEqual(['w'])
  expect([lanes.enter(to('d', 'u')), lanes.room, lanes.enter(to('e', 't'))]).toEqual([true, 0, false])
  lanes.leave(to('a', 'w'))
  expect([lanes.fullHosts, lanes.fullWorkspaces, lanes.room]).toEqual([[], [], 1])
  expect(lanes.enter(to('a', 'w'))).toBe(true)
})
