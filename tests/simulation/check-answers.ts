import type { Asked } from './client.ts'
import type { Recorded, RecordedEvent } from './recorded.ts'

const EVENT_OF = {
  create: 'JobCreated',
  update: 'JobUpdated',
  pause: 'JobPaused',
  resume: 'JobResumed',
  archive: 'JobArchived',
  trigger: 'JobTriggered',
} as const

/** Who changes jobs without being asked. */
const SERVICES: readonly string[] = ['jobs', 'clock']

/** Holds what clients were told against what was recorded: acknowledged is kept, refused left nothing, unknown is once at most. */
export function checkAnswers(recorded: Recorded, asked: readonly Asked[]): readonly string[] {
  const findings: string[] = []
  const byRequest = Map.groupBy(
    recorded.jobEvents.filter(({ actor }) => !SERVICES.includes(actor)),
    (event) => event.correlation_id,
  )
  const triggers = Map.groupBy(
    recorded.jobEvents.filter(({ event }) => event.type === 'JobTriggered'),
    ({ event }) => `${event['jobId']} ${event['key']}`,
  )
  for (const each of asked) {
    const events = byRequest.get(each.correlationId) ?? []
    byRequest.delete(each.correlationId)
    findings.push(...checkOne(each, events, triggers).map((what) => `${each.correlationId} ${each.wish.type}: ${what}`))
  }
  for (const request of byRequest.keys()) findings.push(`nobody asked for ${request}`)
  return findings
}

function checkOne(
  { wish, outcome, answer, askedAtMs }: Asked,
  events: readonly RecordedEvent[],
  triggers: ReadonlyMap<string, readonly RecordedEvent[]>,
): readonly string[] {
  const [first, ...more] = events
  if (more.length > 0) return ['it was done more than once']
  if (first && first.event.type !== EVENT_OF[wish.type]) return [`it led to ${first.event.type}`]
  if (first && first.recorded_at < askedAtMs) return ['it was done before it was asked for']
  if (outcome === 'refused') return first ? ['it was refused, and done'] : []
  if (outcome === 'unknown' || !answer) return []
  if (wish.type === 'trigger') {
    const ofKey = triggers.get(`${wish.jobId} ${wish.key}`) ?? []
    const ids = ofKey.map(({ event }) => event['executionId'])
    return 'executionId' in answer && ids.join() === answer.executionId
      ? []
      : [`the key led to ${ids.join() || 'nothing'}`]
  }
  if (!('id' in answer)) return ['it was answered with no job']
  if (first) return first.version === answer.version ? [] : [`the answer has version ${answer.version}`]
  const isSo = {
    create: false,
    update: !('schedule' in wish) || wish.schedule === answer.schedule,
    pause: answer.state !== 'ACTIVE',
    resume: answer.state !== 'PAUSED',
    archive: answer.state === 'ARCHIVED',
  }[wish.type]
  return isSo ? [] : ['it was acknowledged, and left nothing']
}
