import { abortedError } from './aborted.ts'
import type { JsonObject, Task } from './task.ts'

const DURATION_MS_MAX = 3_600_000

type SleepParams = JsonObject & { readonly durationMs: number }

/** `SLEEP`: takes a known time and does nothing else. */
export const sleep: Task<SleepParams> = {
  name: 'SLEEP',
  description: 'Waits for `durationMs` milliseconds, at most one hour.',
  place: 'loop',
  paramsSchema: {
    type: 'object',
    properties: {
      durationMs: { type: 'integer', minimum: 0, maximum: DURATION_MS_MAX, description: 'Milliseconds to wait.' },
    },
    required: ['durationMs'],
    additionalProperties: false,
  },
  async run({ durationMs }, { clock, log, signal }) {
    log('INFO', `sleeping for ${durationMs} ms`)
    const startedMs = clock.monotonicMs()
    await clock.sleep(durationMs, signal)
    if (signal.aborted) throw abortedError()
    const sleptMs = Math.round(clock.monotonicMs() - startedMs)
    log('INFO', `woke after ${sleptMs} ms`)
    return { result: { durationMs, sleptMs }, artefacts: [] }
  },
}
