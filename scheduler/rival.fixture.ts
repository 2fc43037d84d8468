// A scheduler in a process of its own, on a file that it shares with others: `node rival.fixture.ts <file> [ahead]
// [freezeAt]`; or on a database of a server, whose clock is its own: `mysql://…` in place of the file.
// `ahead` is by how many milliseconds this process's clock is wrong; when it fires for the `freezeAt`-th time it stands
// still until it gets SIGCONT. Never used outside of tests.
import { openSharedClock, systemClock } from '#platform/clock'
import { openMysql } from '#platform/database'
import { armFailPoint, crashes } from '#platform/fail-points'
import { openWorld } from './scheduler.fixture.ts'

const [, , path, ahead = '0', freezeAt] = process.argv
if (path === undefined) throw new Error('which file?')
const right = systemClock()
const clock = { ...right, now: () => new Date(right.now().getTime() + Number(ahead)) }
const { scheduler } = await (path.startsWith('mysql:') ? onServer(path) : onFile(path))
if (freezeAt !== undefined) armFailPoint('scheduler.before-fires', Number(freezeAt), crashes.freeze)
await scheduler.start()
process.stdout.write('started\n')

async function onServer(url: string) {
  return openWorld({ clock, database: await openMysql({ name: 'scheduler', url, clock }) })
}

async function onFile(file: string) {
  const shared = openSharedClock({ path: file, own: clock })
  return openWorld({ clock, databaseClock: { ...clock, now: () => shared.now() }, path: file })
}
