// A scheduler in a process of its own, on a database that it shares with others: `node rival.fixture.ts <file>`.
// Never used outside of tests.
import { systemClock } from '#platform/clock'
import { openWorld } from './scheduler.fixture.ts'

const [, , path] = process.argv
if (path === undefined) throw new Error('which file?')
const { scheduler } = await openWorld({ clock: systemClock(), path })
await scheduler.start()
process.stdout.write('started\n')
