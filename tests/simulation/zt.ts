import { simulate } from './simulation.ts'
const r = await simulate(Number(process.argv[2]))
console.log(r.trace.map((l) => l.replace(/^(\d+)/, (m) => ((Number(m) - Date.parse('2026-11-23T09:58:30Z'))/1000).toFixed(3))).join('\n')); console.log(r.findings, r.counts, r.traceHash)
