import { isTracing, openSpan, spanEach } from '#platform/telemetry'
import type { Apply, Delivery } from './delivery.ts'

/** The same with a span for each delivery that belongs to a trace; what it causes is caused by that span. */
export function traceApply(consumer: string, apply: Apply): Apply {
  const open = ({ topic, traceparent }: Delivery) =>
    openSpan(`process ${topic}`, {
      kind: 'consumer',
      parent: traceparent ?? null,
      attributes: {
        'messaging.system': 'carillon',
        'messaging.destination.name': topic,
        'messaging.consumer.group.name': consumer,
      },
    })

  return (unit, deliveries) => {
    if (!isTracing()) return apply(unit, deliveries)
    return spanEach(deliveries, open, (traceparents) =>
      apply(
        unit,
        deliveries.map((delivery, index) => ({ ...delivery, traceparent: traceparents[index] })),
      ),
    )
  }
}
