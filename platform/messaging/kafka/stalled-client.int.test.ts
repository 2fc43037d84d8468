import { afterAll, afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { embeddedSchemas } from '#platform/schemas'
import { type Log, silentLog } from '#platform/telemetry'
import { stackAddresses } from '#platform/testing'
import type { Messaging } from '../messaging.ts'
import { collect, numbers, produce, range, spec, until } from '../numbered-records.contract.ts'
import type { KafkaClient, MemberEvents } from './kafka-client.ts'
import { messagingOver } from './kafka-messaging.ts'
import { kafkajsClient } from './kafkajs-client.ts'
import { dropTopics, withOwnNames } from './own-names.contract.ts'
import { platformaticClient } from './platformatic-client.ts'

const brokers = [stackAddresses().kafkaBrokers].flat()
const clock = systemClock()
const schemas = embeddedSchemas()
const run = `stall-${clock.newId()}`
let tests = 0
const opened: Messaging[] = []
afterEach(async () => {
  for (const messaging of opened.splice(0)) await messaging.close()
})
afterAll(() => dropTopics(brokers, run))

/** Opens messaging over a client whose members' events pass through a test. */
async function openOver(client: KafkaClient, log: Log, spoil: (events: MemberEvents) => MemberEvents) {
  const spoiled: KafkaClient = { ...client, join: (group, topics, events) => client.join(group, topics, spoil(events)) }
  const messaging = messagingOver(spoiled, { brokers, clientId: run, clock, schemas, log, stallMs: 600 })
  opened.push(messaging)
  const own = withOwnNames(messaging, `${run}-${tests++}.`)
  await own.createTopics([spec])
  return own
}

function listeningLog() {
  const lines: { event: string; reason: unknown }[] = []
  const log: Log = { ...silentLog(), warn: (event, fields) => void lines.push({ event, reason: fields?.reason }) }
  return { log, rebuilds: () => lines.filter(({ event }) => event === 'messaging.client_rebuilt') }
}

test.each([
  ['kafkajs', kafkajsClient],
  ['platformatic', platformaticClient],
] as const)('a %s that hands out nothing although records lie there is replaced', async (_name, open) => {
  const { log, rebuilds } = listeningLog()
  let members = 0
  const messaging = await openOver(open({ brokers, clientId: run }), log, (events) => {
    members += 1
    return members === 1 ? { ...bound(events), onRecords: () => undefined } : events
  })
  const { records } = await collect(messaging)
  await produce(messaging, 0, 20)
  await until(() => records.length >= 20)
  expect(numbers(records)).toEqual(range(0, 20))
  expect(rebuilds()).toEqual([{ event: 'messaging.client_rebuilt', reason: 'stalled' }])
})

test.each([
  ['kafkajs', kafkajsClient],
  ['platformatic', platformaticClient],
] as const)('a %s that gives up is replaced, and one that has nothing to do is left alone', async (_name, open) => {
  const { log, rebuilds } = listeningLog()
  const members: MemberEvents[] = []
  const messaging = await openOver(open({ brokers, clientId: run }), log, (events) => {
    members.push(events)
    return events
  })
  const { records } = await collect(messaging)
  await produce(messaging, 0, 20)
  await until(() => records.length === 20)
  // Longer than a stall.
  await clock.sleep(1_500)
  expect(rebuilds()).toEqual([])
  members[0]?.onFailed(new Error('gone'))
  await until(() => members.length === 2)
  await produce(messaging, 20, 20)
  await until(() => records.length >= 40)
  expect(numbers(records)).toEqual(range(0, 40))
  expect(rebuilds()).toEqual([{ event: 'messaging.client_rebuilt', reason: 'failed' }])
})

function bound(events: MemberEvents): MemberEvents {
  return {
    onAssigned: (places) => events.onAssigned(places),
    onRecords: (place, records) => events.onRecords(place, records),
    onFailed: (error) => events.onFailed(error),
  }
}
