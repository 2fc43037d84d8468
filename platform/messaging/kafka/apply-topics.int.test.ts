import { afterAll } from 'vitest'
import { systemClock } from '#platform/clock'
import { stackAddresses } from '#platform/testing'
import { openSubjectOver, type Subject, schemas } from '../apply-topics.contract.ts'
import { describeApplyTopics } from '../apply-topics-checks.contract.ts'
import { openKafkaMessaging } from './kafka-messaging.ts'
import { dropTopics, withOwnNames } from './own-names.contract.ts'

const brokers = [stackAddresses().kafkaBrokers].flat()
const clock = systemClock()
const run = `apply-${clock.newId()}`
const REST_MS_MAX = 10_000
let tests = 0
afterAll(() => dropTopics(brokers, run))

/** Opens everything anew. It has come to rest when each group has committed all there is. */
async function openOverKafka(client: 'kafkajs' | 'platformatic'): Promise<Subject> {
  const messaging = withOwnNames(
    await openKafkaMessaging({ brokers, client, clientId: run, clock, schemas }),
    `${run}-${tests++}.`,
  )
  const groups = new Set<string>()
  const following: typeof messaging = {
    ...messaging,
    consume(options) {
      groups.add(options.group)
      return messaging.consume(options)
    },
  }
  async function settle(): Promise<void> {
    const endMs = clock.monotonicMs() + REST_MS_MAX
    for (const group of groups) {
      while ((await messaging.lag(group)) > 0 && clock.monotonicMs() < endMs) await clock.sleep(20)
    }
  }
  return openSubjectOver(following, { ...clock, settle, advance: settle })
}

describeApplyTopics('kafkajs', () => openOverKafka('kafkajs'))
describeApplyTopics('platformatic', () => openOverKafka('platformatic'))
