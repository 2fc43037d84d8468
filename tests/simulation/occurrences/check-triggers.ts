import { text } from './check-records.ts'
import type { AskedRun, JobStep } from './job-history.ts'

/** Each run that was asked for fires once, by the version that asked, as soon as somebody can decide. */
export function checkTriggers(
  steps: readonly JobStep[],
  isExcused: (fromMs: number, toMs: number) => boolean,
): readonly string[] {
  const asked = new Map<string, AskedRun & { readonly version: number; readonly receivedMs: number }>()
  const findings: string[] = []
  for (const step of steps) {
    if (step.type === 'received') {
      const { trigger, version } = step.change
      if (trigger) asked.set(`trigger:${trigger.key}`, { ...trigger, version, receivedMs: step.nowMs })
      continue
    }
    const { fired, decidedAtMs } = step.advance
    for (const { cause, nominalMs, executionId, jobVersion } of fired) {
      if (!cause.startsWith('trigger:')) continue
      const run = asked.get(cause)
      asked.delete(cause)
      if (!run) {
        findings.push(`${cause} fires twice, or nobody asked for it`)
        continue
      }
      if (executionId !== run.executionId) findings.push(`${cause} leads to another execution than was answered`)
      if (nominalMs !== run.atMs) findings.push(`${cause} is told to be of ${text(nominalMs)}`)
      if (jobVersion !== run.version) findings.push(`${cause} fires by version ${jobVersion}, not ${run.version}`)
      if (!isExcused(run.receivedMs, decidedAtMs)) findings.push(`${cause} waited until ${text(decidedAtMs)}`)
    }
  }
  return [...findings, ...[...asked.keys()].map((cause) => `${cause} never fired`)]
}
