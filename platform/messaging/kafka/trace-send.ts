import { isTracing, openSpan, spanEach } from '#platform/telemetry'
import type { PlacedRecord } from './kafka-client.ts'

/** Sends records with a span for each that belongs to a trace; whoever consumes it is told of that span. */
export async function traceSend(
  records: readonly PlacedRecord[],
  send: (records: readonly PlacedRecord[]) => Promise<void>,
): Promise<void> {
  if (!isTracing()) return send(records)
  await spanEach(records, openSend, (traceparents) =>
    send(
      records.map((record, index) => {
        const traceparent = traceparents[index]
        return traceparent === undefined ? record : { ...record, headers: { ...record.headers, traceparent } }
      }),
    ),
  )
}

function openSend({ topic, partition, headers }: PlacedRecord) {
  return openSpan(`send ${topic}`, {
    kind: 'producer',
    parent: headers['traceparent'] ?? null,
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
    },
  })
}
