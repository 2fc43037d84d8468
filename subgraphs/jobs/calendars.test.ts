import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { brokenLinks } from '#platform/event-store'
import { differences, rebuild } from '#platform/projections'
import { type MovedClock, movedClock } from '#platform/testing'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { archiveJob, calendarsProjection, createJob, deleteCalendar, setCalendar } from './main.ts'

const alice = callerNamed('alice')
const bob = callerNamed('bob')

let clock: MovedClock
let stage: JobsStage

beforeEach(async () => {
  clock = movedClock(new Date('2026-11-23T12:00:00Z'))
  stage = await openStage(clock)
})

afterEach(() => stage.close())

const SET = `mutation ($input: SetCalendarInput!, $expectedVersion: Int) {
  setCalendar(input: $input, expectedVersion: $expectedVersion) { name version timeZone workDays holidays { from to name }
    blackouts { name once { from to } weekly { days from to } } createdAt updatedAt staleJobs } }`
const BANK = {
  name: 'bank',
  timeZone: 'Europe/Amsterdam',
  holidays: [
    { from: '2026-12-25', to: '2026-12-26', name: 'Christmas' },
    { from: '01-01', name: 'New Year' },
  ],
  blackouts: [
    { name: 'freeze', once: { from: '2026-12-20T00:00:00Z', to: '2027-01-04T00:00:00Z' } },
    { name: 'night', weekly: { days: ['FRIDAY', 'SATURDAY'], from: '22:00', to: '06:00' } },
  ],
}

const set = (input: object, expectedVersion?: number, token?: string): Promise<{ version: number }> =>
  stage.ask(SET, { input, expectedVersion }, token)
const read = <Answer>(query: string, token?: string): Promise<Answer> => stage.ask<Answer>(query, {}, token)
const compare = (): Promise<readonly unknown[]> =>
  rebuild(stage.database, calendarsProjection, (unit) => differences(unit, calendarsProjection))

test('a calendar answers as it was set, and what was left out has a default', async () => {
  expect(await set(BANK)).toEqual({
    name: 'bank',
    version: 1,
    timeZone: 'Europe/Amsterdam',
    workDays: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'],
    holidays: [
      { from: '2026-12-25', to: '2026-12-26', name: 'Christmas' },
      { from: '01-01', to: '01-01', name: 'New Year' },
    ],
    blackouts: [
      {
        name: 'freeze',
        once: { from: '2026-12-20T00:00:00.000Z', to: '2027-01-04T00:00:00.000Z' },
        weekly: null,
      },
      { name: 'night', once: null, weekly: { days: ['FRIDAY', 'SATURDAY'], from: '22:00', to: '06:00' } },
    ],
    createdAt: '2026-11-23T12:00:00.000Z',
    updatedAt: '2026-11-23T12:00:00.000Z',
    staleJobs: 0,
  })
  expect(await set({ name: ' plain ', workDays: ['SUNDAY', 'FRIDAY', 'SUNDAY'] })).toMatchObject({
    name: 'plain',
    timeZone: null,
    workDays: ['SUNDAY', 'FRIDAY'],
    holidays: [],
    blackouts: [],
  })
})

test('each version of a calendar stays readable, also when it was deleted', async () => {
  await set(BANK)
  clock.setWall(new Date('2026-11-24T12:00:00Z'))
  expect(await set({ name: 'bank', timeZone: 'utc' })).toMatchObject({ version: 2, holidays: [] })
  expect(await set({ name: 'bank', timeZone: 'utc' })).toMatchObject({ version: 2 })
  expect(await read('{ calendar(name: "bank") { version createdAt updatedAt } }')).toEqual({
    version: 2,
    createdAt: '2026-11-23T12:00:00.000Z',
    updatedAt: '2026-11-24T12:00:00.000Z',
  })
  const first = '{ calendar(name: "bank", version: 1) { version holidays { name } updatedAt } }'
  const asItWas = {
    version: 1,
    holidays: [{ name: 'Christmas' }, { name: 'New Year' }],
    updatedAt: '2026-11-23T12:00:00.000Z',
  }
  expect(await read(first)).toEqual(asItWas)
  expect(await read('{ calendar(name: "bank", version: 3) { version } }')).toBeNull()

  expect(await read('mutation { deleteCalendar(name: "bank", expectedVersion: 2) }')).toBe(true)
  expect(await read('{ calendar(name: "bank") { version } }')).toBeNull()
  expect(await read('{ calendar(name: "bank", version: 3) { version } }')).toBeNull()
  expect(await read(first)).toEqual(asItWas)
  expect(await set({ name: 'bank' }, 0)).toMatchObject({ version: 4 })
  const history = `{ calendar(name: "bank") { history(first: 3) {
    edges { node { version by { id } calendar { version } } } pageInfo { hasNextPage } } } }`
  expect(await read(history)).toEqual({
    history: {
      edges: [
        { node: { version: 4, by: { id: 'user-alice' }, calendar: { version: 4 } } },
        { node: { version: 3, by: { id: 'user-alice' }, calendar: null } },
        { node: { version: 2, by: { id: 'user-alice' }, calendar: { version: 2 } } },
      ],
      pageInfo: { hasNextPage: true },
    },
  })
  expect(await compare()).toEqual([])
  expect(await brokenLinks(stage.database.reader, 'calendar-workspace-alice-bank')).toEqual([])
})

test('history and lists go on where a page ends', async () => {
  for (const name of ['c', 'a', 'b']) await set({ name })
  for (const day of ['MONDAY', 'TUESDAY']) await set({ name: 'a', workDays: [day] })
  await deleteCalendar(stage.jobs.parts, alice, { name: 'b' })
  type Page = { edges: { node: object }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }
  const page = 'edges { node { ... } } pageInfo { hasNextPage endCursor }'
  const list = `query ($after: String) { calendars(first: 1, after: $after) { ${page.replace('...', 'name version')} } }`
  const one = await stage.ask<Page>(list)
  const two = await stage.ask<Page>(list, { after: one.pageInfo.endCursor })
  expect([one, two].map(({ edges, pageInfo }) => [edges[0]?.node, pageInfo.hasNextPage])).toEqual([
    [{ name: 'a', version: 3 }, true],
    [{ name: 'c', version: 1 }, false],
  ])
  const history = `query ($after: String) { calendar(name: "a") { history(first: 2, after: $after) {
    ${page.replace('...', 'version')} } } }`
  const newest = await stage.ask<{ history: Page }>(history)
  const oldest = await stage.ask<{ history: Page }>(history, { after: newest.history.pageInfo.endCursor })
  expect([newest, oldest].flatMap((each) => each.history.edges.map(({ node }) => node))).toEqual([
    { version: 3 },
    { version: 2 },
    { version: 1 },
  ])
})

test('of two who change the same version one wins', async () => {
  await set(BANK)
  const change = (day: string): Promise<unknown> => set({ name: 'bank', workDays: [day] }, 1)
  const outcomes = await Promise.allSettled(['MONDAY', 'TUESDAY', 'FRIDAY'].map(change))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refused = { reason: { code: 'VERSION_CONFLICT', details: { expectedVersion: 1, actualVersion: 2 } } }
  expect(outcomes.filter(({ status }) => status === 'rejected')).toMatchObject([refused, refused])
})

test('many who make a calendar at once make each once', async () => {
  const names = ['a', 'b', 'a', 'c', 'b', 'a']
  await Promise.all(names.map((name, index) => set({ name, workDays: [['MONDAY', 'FRIDAY'][index % 2]] })))
  expect(await read('{ calendars { edges { node { name } } } }')).toEqual({
    edges: ['a', 'b', 'c'].map((name) => ({ node: { name } })),
  })
  expect(await compare()).toEqual([])
})

describe('a wrong calendar', () => {
  test.each([
    ['a day that does not exist', { holidays: [{ from: '2027-02-29', name: 'x' }] }, 'holidays[0].from'],
    ['no work days', { workDays: [] }, 'workDays'],
    ['an unknown zone', { timeZone: 'Mars/Phobos' }, 'timeZone'],
    ['a blackout of no kind', { blackouts: [{ name: 'x' }] }, 'blackouts[0]'],
    [
      'a blackout of both kinds',
      {
        blackouts: [
          {
            name: 'x',
            once: { from: '2026-12-20T00:00:00Z', to: '2026-12-21T00:00:00Z' },
            weekly: { days: ['MONDAY'], from: '08:00', to: '09:00' },
          },
        ],
      },
      'blackouts[0]',
    ],
    [
      'a blackout of no length',
      { blackouts: [{ name: 'x', once: { from: '2026-12-20T00:00:00Z', to: '2026-12-20T00:00:00Z' } }] },
      'blackouts[0].to',
    ],
    ['a name of nothing', { name: ' ' }, 'name'],
    ['a name that is too long', { name: 'n'.repeat(101) }, 'name'],
  ])('of %s is refused with its path', async (_name, input, path) => {
    const errors = [{ path, message: expect.any(String) }]
    await expect(set({ name: 'bank', ...input })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { path, errors },
    })
    expect(await read('{ calendars { edges { node { name } } } }')).toEqual({ edges: [] })
  })

  test('tells all that is wrong, as far as a person reads it', async () => {
    const holidays = Array.from({ length: 150 }, () => ({ from: '2027-02-30', to: '2027-02-30', name: 'x' }))
    const refused = await set({ name: 'bank', holidays }).catch((error) => error)
    expect(refused.details.errors).toHaveLength(100)
  })

  test('of a zone that is none is refused with the one that was meant', async () => {
    await expect(set({ name: 'bank', timeZone: 'Berlin' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { path: 'timeZone', suggestion: 'Europe/Berlin' },
    })
  })

  test('of too many bytes is refused: a job carries it', async () => {
    const holidays = Array.from({ length: 1_000 }, () => ({ from: '12-25', name: 'ü'.repeat(60) }))
    await expect(set({ name: 'bank', holidays })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    const shorter = holidays.map((each) => ({ ...each, name: 'n'.repeat(60) }))
    expect(await set({ name: 'bank', holidays: shorter })).toMatchObject({ version: 1 })
  })
})

test('a workspace has at most 1,000 calendars, and a deleted one makes room', async () => {
  await set({ name: 'last but one' })
  await set({ name: 'last' })
  await stage.database.unit([], (unit) => unit.run('update workspace_calendars set calendar_count = 1000'))
  await expect(set({ name: 'one more' })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 1_000 } })
  expect(await set({ name: 'last', workDays: ['MONDAY'] })).toMatchObject({ version: 2 })
  await deleteCalendar(stage.jobs.parts, alice, { name: 'last' })
  expect(await set({ name: 'one more' })).toMatchObject({ version: 1 })
})

describe("another's calendar looks like a missing one", () => {
  beforeEach(() => set(BANK))

  test('in queries', async () => {
    for (const query of [
      '{ calendar(name: "bank") { version } }',
      '{ calendar(name: "bank", version: 1) { version } }',
    ]) {
      expect(await read(query, 'bob')).toBeNull()
      // The planted mutant: somebody whom the check lets through sees it.
      expect(await read(query, 'bob in alice')).toEqual({ version: 1 })
    }
    expect(await read('{ calendars { edges { node { name } } } }', 'bob')).toEqual({ edges: [] })
    expect(await read('{ calendars { edges { node { name } } } }', 'bob in alice')).toMatchObject({ edges: [{}] })
  })

  test('in mutations', async () => {
    const remove = (name: string): Promise<unknown> =>
      deleteCalendar(stage.jobs.parts, bob, { name }).catch(({ code, message }) => ({ code, message }))
    expect(await remove('bank')).toEqual(await remove('none'))
    expect(await remove('bank')).toEqual({ code: 'CALENDAR_NOT_FOUND', message: 'no such calendar' })
    // A calendar of the same name is another one.
    expect(await set({ name: 'bank' }, undefined, 'bob')).toMatchObject({ version: 1, holidays: [] })
    expect(await read('{ calendar(name: "bank") { version timeZone } }')).toEqual({
      version: 1,
      timeZone: 'Europe/Amsterdam',
    })
    await expect(set({ name: 'mine' }, 1, 'bob')).rejects.toMatchObject({ code: 'VERSION_CONFLICT' })
  })

  test('in the jobs that use one', async () => {
    const job = { jobType: 'ECHO', schedule: '@hourly', calendars: [{ name: 'bank' }] }
    await expect(createJob(stage.jobs.parts, bob, job)).rejects.toMatchObject({
      code: 'UNKNOWN_CALENDAR',
      details: { path: 'calendars[0].name', known: [] },
    })
    await createJob(stage.jobs.parts, alice, job)
    await set({ name: 'bank' }, undefined, 'bob')
    expect(await read('{ calendar(name: "bank") { jobs { totalCount } } }', 'bob')).toEqual({ jobs: { totalCount: 0 } })
  })
})

test('a job that names an unknown calendar is refused with those that there are, as far as a person reads them', async () => {
  for (let index = 0; index < 60; index++) await set({ name: `c${index}` })
  const job = { jobType: 'ECHO', schedule: '@hourly', calendars: [{ name: 'c1' }, { name: 'c60' }] }
  const refused = await createJob(stage.jobs.parts, alice, job).catch((error) => error)
  expect(refused).toMatchObject({ code: 'UNKNOWN_CALENDAR', details: { path: 'calendars[1].name' } })
  expect(refused.details.known).toHaveLength(50)
  const six = Array.from({ length: 6 }, (_, index) => ({ name: `c${index}` }))
  await expect(createJob(stage.jobs.parts, alice, { ...job, calendars: six })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
  })
})

test('a calendar stays while jobs use it, and archived jobs use none', async () => {
  await set(BANK)
  const { parts } = stage.jobs
  const definition = { jobType: 'ECHO', schedule: '@hourly', calendars: [{ name: 'bank' }] }
  const jobs = [await createJob(parts, alice, definition), await createJob(parts, alice, definition)]
  const using =
    '{ calendar(name: "bank") { jobs(first: 1) { totalCount edges { node { id } } pageInfo { hasNextPage } } } }'
  expect(await read(using)).toEqual({
    jobs: { totalCount: 2, edges: [{ node: { id: jobs[1]?.id } }], pageInfo: { hasNextPage: true } },
  })
  const remove = (): Promise<void> => deleteCalendar(parts, alice, { name: 'bank' })
  await expect(remove()).rejects.toMatchObject({ code: 'CALENDAR_IN_USE', details: { jobCount: 2 } })
  await archiveJob(parts, alice, { jobId: jobs[0]?.id ?? '' })
  await expect(remove()).rejects.toMatchObject({ code: 'CALENDAR_IN_USE', details: { jobCount: 1 } })
  await archiveJob(parts, alice, { jobId: jobs[1]?.id ?? '' })
  await remove()
  await expect(createJob(parts, alice, definition)).rejects.toMatchObject({ code: 'UNKNOWN_CALENDAR' })
  await expect(setCalendar(parts, null, { name: 'x' })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})
