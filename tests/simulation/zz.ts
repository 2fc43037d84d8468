import { simulate } from './simulation.ts'
const [from, to] = process.argv.slice(2).map(Number)
const t0 = performance.now(); let bad = 0; const sum: any = {executions:0,lost:0,late:0,faults:0}
for (let seed = from!; seed <= to!; seed++) {
  const t = performance.now()
  const r = await simulate(seed)
  for (const k in sum) sum[k] += (r.counts as any)[k]
  if (r.findings.length) { bad++; console.log(seed, (performance.now() - t).toFixed(0), r.findings.slice(0, 4)); if (process.argv[4]) console.log(r.trace.join('\n')) }
}
const s = (performance.now() - t0) / 1000
console.log({ bad, sum, perSeedMs: s * 1000 / (to! - from! + 1) })
