import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Metrics of one process, in Prometheus' text format. Names are public: they start with `carillon_` and end with their unit. */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter
  /** @param bucketsSeconds upper bounds */
  histogram(name: string, help: string, bucketsSeconds: readonly number[], labels?: readonly string[]): Histogram
  /** A value that is read when it is asked for. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  /** @returns the text and its media type */
  expose(): Promise<{ readonly text: string; readonly mediaType: string }>
}

/** Opens a registry of its own; `ofProcess` adds the figures of the process and its event loop. */
export function openMetrics({ ofProcess }: { readonly ofProcess: boolean }): Metrics {
  const registry = new Registry()
  if (ofProcess) collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: [...labels], registers }),
    histogram: (name, help, bucketsSeconds, labels = []) =>
      new Histogram({ name, help, buckets: [...bucketsSeconds], labelNames: [...labels], registers }),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set(await read())
        },
      })
    },
    expose: async () => ({ text: await registry.metrics(), mediaType: registry.contentType }),
  }
}
