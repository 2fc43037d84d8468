import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span as a collector got it. */
export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly service: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A collector of traces, which keeps what it gets. */
export interface Collector {
  /** As `OTEL_EXPORTER_OTLP_ENDPOINT` has it. */
  readonly endpoint: string
  /** The spans of a trace. */
  trace(traceId: string): readonly CollectedSpan[]
  all(): readonly CollectedSpan[]
  /** All that was sent, as it was sent. */
  text(): string
  close(): void
}

interface KeyValue {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, 'service' | 'attributes'> & {
        readonly attributes: readonly KeyValue[]
      })[]
    }[]
  }[]
}

/** Opens one. One that hangs takes connections and answers nothing. */
export async function openCollector({ hangs = false } = {}): Promise<Collector> {
  const spans: CollectedSpan[] = []
  let texts = ''
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      if (hangs) return
      const text = Buffer.concat(parts).toString()
      if (request.url !== '/v1/traces') {
        response.writeHead(404).end()
        return
      }
      texts += text
      spans.push(...spansIn(JSON.parse(text) as ExportRequest))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trace: (traceId) => spans.filter((span) => span.traceId === traceId),
    all: () => spans,
    text: () => texts,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function spansIn({ resourceSpans }: ExportRequest): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name'])
    return scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({ ...span, service, attributes: valuesOf(span.attributes) })),
    )
  })
}

function valuesOf(attributes: readonly KeyValue[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
