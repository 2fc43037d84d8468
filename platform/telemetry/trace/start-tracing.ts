import { installSink } from './span.ts'
import type { SpanExporterOptions } from './span-exporter.ts'

/** As for the exporter; without an endpoint nothing is traced. */
export interface TracingOptions extends Omit<SpanExporterOptions, 'endpoint'> {
  readonly endpoint: string | undefined
}

/** Records spans from now on, if there is a collector; else nothing is even loaded. @returns how to end it */
export async function startTracing({ endpoint, ...options }: TracingOptions): Promise<() => Promise<void>> {
  if (endpoint === undefined) return async () => undefined
  const { openSpanExporter } = await import('./span-exporter.ts')
  const exporter = openSpanExporter({ ...options, endpoint })
  installSink({ clock: options.clock, take: exporter.take })
  return async () => {
    installSink(undefined)
    await exporter.stop()
  }
}
