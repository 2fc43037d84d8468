import { describe, expect, test } from 'vitest'
import { type Announced, instancesAt, type LeaseEvent, type Leases, observe, without } from './leases.ts'

const SECOND = 1_000

function heartbeat(id: string, atSeconds: number, more: Partial<Announced> = {}, position = atSeconds) {
  const instance: Announced = {
    id,
    name: 'jobs',
    url: `http://${id}`,
    status: 'UP',
    startedAt: new Date(0),
    version: '1',
    heartbeatAt: new Date(atSeconds * SECOND),
    ...more,
  }
  return { type: 'heartbeat', atMs: atSeconds * SECOND, position, instance } as const
}
const gone = (id: string, atSeconds: number, position = atSeconds): LeaseEvent => {
  return { type: 'gone', atMs: atSeconds * SECOND, position, id }
}
/** Heartbeats every 5 s from the start until a moment, of each. */
const living = (ids: string, untilSeconds: number): LeaseEvent[] =>
  [...ids].flatMap((id) => Array.from({ length: untilSeconds / 5 + 1 }, (_, beat) => heartbeat(id, beat * 5)))

const told = (events: readonly LeaseEvent[]): Leases => events.reduce(observe, new Map() as Leases)
/** Each instance with its status, and a star for one that is kept. */
function seen(events: readonly LeaseEvent[], atSeconds: number): string {
  const { instances } = instancesAt(told(events), atSeconds * SECOND)
  return instances.map(({ id, status, isPreserved }) => `${id} ${status}${isPreserved ? '*' : ''}`).join(', ')
}

describe('a lease', () => {
  const cases: [name: string, events: LeaseEvent[], atSeconds: number, expected: string][] = [
    ['is up from the first heartbeat', [heartbeat('a', 0)], 0, 'a UP'],
    ['is up just before 15 s', [heartbeat('a', 0)], 14.999, 'a UP'],
    ['is down at 15 s', [heartbeat('a', 0)], 15, 'a DOWN'],
    ['is down just before 60 s', [heartbeat('a', 0)], 59.999, 'a DOWN'],
    ['is gone at 60 s', [heartbeat('a', 0)], 60, ''],
    ['is renewed by a heartbeat', [heartbeat('a', 0), heartbeat('a', 12)], 26, 'a UP'],
    ['comes back after it was down', [heartbeat('a', 0), heartbeat('a', 30)], 31, 'a UP'],
    [
      'is not renewed by a record that comes again',
      [heartbeat('a', 0), { ...heartbeat('a', 0), atMs: 14_000 }],
      16,
      'a DOWN',
    ],
    ['says of itself that it is down', [heartbeat('a', 0, { status: 'DOWN' })], 1, 'a DOWN'],
    ['stops', [heartbeat('a', 0), heartbeat('a', 5, { status: 'STOPPING' })], 6, 'a STOPPING'],
    ['ends with a tombstone', [heartbeat('a', 0), gone('a', 5)], 5, ''],
    [
      'does not rise again by a heartbeat that comes again',
      [heartbeat('a', 0), gone('a', 5), heartbeat('a', 0)],
      6,
      '',
    ],
    ['knows no tombstone of an earlier record', [heartbeat('a', 0), heartbeat('a', 10), gone('a', 5)], 11, 'a UP'],
    ['outlives a pause of the observer', [heartbeat('a', 0), { type: 'pause', durationMs: 30_000 }], 44, 'a UP'],
  ]
  test.each(cases)('%s', (_, events, atSeconds, expected) => expect(seen(events, atSeconds)).toBe(expected))

  test('is renewed when a topic that was made anew counts from the start', () => {
    expect(seen([heartbeat('a', 0, {}, 900), heartbeat('a', 12, {}, 1)], 26)).toBe('a UP')
  })

  test('is not judged by the clock of its process, which may be years away', () => {
    const wrong = { heartbeatAt: new Date('1990-01-01'), startedAt: new Date('2090-01-01') }
    expect(seen([heartbeat('a', 0, wrong), heartbeat('a', 2, wrong)], 16)).toBe('a UP')
    expect(seen([heartbeat('a', 0, wrong), heartbeat('a', 2, wrong)], 17)).toBe('a DOWN')
  })

  test('that ended is forgotten', () => {
    const leases = told([heartbeat('a', 0), heartbeat('b', 0), gone('a', 5)])
    const { evicted } = instancesAt(leases, 65 * SECOND)
    expect(evicted.toSorted()).toEqual(['a', 'b'])
    expect(without(leases, evicted).size).toBe(0)
  })
})

describe('self-preservation', () => {
  const later = (id: string): LeaseEvent[] => [10, 15, 20, 25, 30, 35, 40].map((at) => heartbeat(id, at))
  const cases: [name: string, events: LeaseEvent[], atSeconds: number, expected: string][] = [
    ['keeps those of whom over half vanish at once', [...living('abc', 5), ...later('c')], 40, 'a UP*, b UP*, c UP'],
    ['keeps all when all vanish', living('ab', 5), 600, 'a UP*, b UP*'],
    [
      'keeps none when just half vanish',
      [...living('abcd', 5), ...later('c'), ...later('d')],
      40,
      'a DOWN, b DOWN, c UP, d UP',
    ],
    ['ends when they are heard again', [...living('ab', 5), heartbeat('a', 40), heartbeat('b', 40)], 41, 'a UP, b UP'],
    [
      'ends when others come in their place',
      [...living('ab', 5), ...later('c'), ...later('d')],
      41,
      'a DOWN, b DOWN, c UP, d UP',
    ],
    [
      'does not keep those that vanish one after the other',
      [...living('abc', 5), ...[10, 15, 20, 25].map((at) => heartbeat('b', at)), ...later('c')],
      41,
      'a DOWN, b DOWN, c UP',
    ],
    [
      'does not count those that said goodbye',
      [...living('abc', 5), gone('a', 6), gone('b', 6), ...later('c')],
      40,
      'c UP',
    ],
    [
      'does not count the last words of the dead, which come together when a topic is read from its start',
      [
        heartbeat('a', 0),
        heartbeat('b', 0, {}),
        heartbeat('x', 0.01),
        heartbeat('y', 0.01),
        heartbeat('z', 0.02),
        ...later('a'),
      ],
      40,
      'a UP, b DOWN, x DOWN, y DOWN, z DOWN',
    ],
  ]
  test.each(cases)('%s', (_, events, atSeconds, expected) => expect(seen(events, atSeconds)).toBe(expected))

  test('says that it keeps somebody, and evicts none of them', () => {
    const kept = instancesAt(told(living('ab', 5)), 600 * SECOND)
    expect([kept.isPreserving, kept.evicted]).toEqual([true, []])
    expect(instancesAt(told(living('ab', 5)), 6 * SECOND).isPreserving).toBe(false)
  })
})
