import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seeded } from '#platform/testing'
import { faultRun } from './fault-run.ts'

// Kills the embedded system at seeded places, again and again, lets it end in order as often, and checks what it did against what it should have done.
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    kills: { type: 'string' },
    restarts: { type: 'string' },
    ci: { type: 'boolean' },
    keep: { type: 'boolean' },
  },
})
const seed = Number(values.seed ?? Math.floor(Date.now() % 1_000_000))
const killsMin = Number(values.kills ?? (values.ci ? 20 : 50))
const fires = values.ci ? 400 : 1_000
const firesMin = killsMin === 0 ? 0 : fires
const restarts = Number(values.restarts ?? (values.ci ? 4 : 50))
const folder = mkdtempSync(join(tmpdir(), 'carillon-faults-'))

process.stdout.write(
  `faults: seed ${seed}, at least ${killsMin} kills and ${firesMin} fires, ${restarts} restarts in order (repeat: npm run faults -- --seed ${seed})\n`,
)
const { findings, summary } = await faultRun({
  folder,
  random: seeded(seed),
  killsMin,
  firesMin,
  restarts,
  say: (line) => process.stdout.write(`${line}\n`),
})
for (const { kind, what } of findings.slice(0, 50)) process.stdout.write(`${kind}: ${what}\n`)
process.stdout.write(`${summary}\n`)
if (values.keep) process.stdout.write(`kept ${folder}\n`)
else rmSync(folder, { recursive: true, force: true })
process.exitCode = findings.length === 0 ? 0 : 1
