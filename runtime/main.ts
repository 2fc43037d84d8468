import { enableCompileCache } from 'node:module'

// What was compiled once is loaded from a cache the next time: half of the start would be spent on it.
enableCompileCache()
const { run } = await import('./run.ts')
await run()
