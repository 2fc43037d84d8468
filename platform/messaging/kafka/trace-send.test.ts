import { afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type EndedSpan, installSink } from '../../telemetry/trace/span.ts'
import type { PlacedRecord } from './kafka-client.ts'
import { traceSend } from './trace-send.ts'

const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
const record = (headers: Readonly<Record<string, string>>): PlacedRecord => {
  const place = { topic: 'job-events', partition: 3 }
  return { ...place, key: 'k', value: null, headers, producedAtMs: 0 }
}

afterEach(() => installSink(undefined))

test('who consumes a record is told of the span that sent it; one without a trace is sent as it is', async () => {
  const ended: EndedSpan[] = []
  installSink({ clock: systemClock(), take: (each) => ended.push(each) })
  const plain = record({ stream: 's' })
  let sent: readonly PlacedRecord[] = []
  await traceSend([record({ stream: 's', traceparent: TRACE }), plain], async (records) => {
    sent = records
  })
  const [producer, ...others] = ended
  expect(others).toEqual([])
  expect(producer).toMatchObject({ name: 'send job-events', kind: 'producer', parentSpanId: 'b'.repeat(16) })
  expect(sent[0]?.headers).toEqual({ stream: 's', traceparent: `00-${'a'.repeat(32)}-${producer?.spanId}-01` })
  expect(sent[1]).toBe(plain)
})

test('what could not be sent has failed, and the error is thrown on', async () => {
  const ended: EndedSpan[] = []
  installSink({ clock: systemClock(), take: (each) => ended.push(each) })
  const away = traceSend([record({ traceparent: TRACE })], () => Promise.reject(new TypeError('away')))
  await expect(away).rejects.toThrow('away')
  expect(ended.map(({ errorType }) => errorType)).toEqual(['TypeError'])
})

test('without tracing the records are sent as they are', async () => {
  const records = [record({ traceparent: TRACE })]
  await traceSend(records, async (sent) => expect(sent).toBe(records))
})
