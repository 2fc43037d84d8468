import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { migrate } from '#platform/database'
import { onMysql, openTestDatabase } from '#platform/testing'
import { append } from './append.ts'
import { describeEventStore } from './event-store.contract.ts'
import { eventStoreMigrations } from './migrations.ts'
import { BEGINNING, readOn } from './read-all.ts'
import { newStream } from './stream-head.ts'

onMysql()

const open = () => openTestDatabase({ name: 'test', clock: systemClock() })

describeEventStore('MySQL', open)

test('an event whose transaction was slow is read with the next page, before what follows it in its stream', async () => {
  const database = await open()
  await migrate(database, eventStoreMigrations)
  const add = (stream: string, afterwards: () => Promise<void> = async () => undefined): Promise<void> =>
    database.unit([stream], async (unit) => {
      const context = { workspaceId: 'w', actor: 'a', correlationId: 'c', causationId: 'r' }
      await append(unit, [{ ...context, head: newStream(stream), events: [{ type: 'Begun' }] }])
      await afterwards()
    })
  const [begun, finished] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const slow = add('slow', () => {
    begun.resolve()
    return finished.promise
  })
  await begun.promise
  await add('quick')
  const first = await readOn(database.reader, BEGINNING)
  expect(first.events.map(({ stream }) => stream)).toEqual(['quick'])
  finished.resolve()
  await slow
  await add('last')
  const second = await readOn(database.reader, first.place)
  expect(second.events.map(({ stream }) => stream)).toEqual(['slow', 'last'])
  expect((await readOn(database.reader, second.place)).events).toEqual([])
})
