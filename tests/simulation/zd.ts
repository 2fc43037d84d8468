import { openDraw } from './draw.ts'
import { makeHistory } from './history.ts'
import { openWorld } from './world.ts'
const [seed, job] = [Number(process.argv[2]), process.argv[3]!]
const draw = openDraw(seed); const world = await openWorld(draw.int(0, 2 ** 31))
await makeHistory(world, draw).catch((e) => console.log(e.message))
const S = Date.parse('2026-11-23T09:58:30Z'); const rel = (x: any) => JSON.stringify(x).replace(/17954\d{8}/g, (m) => String((Number(m) - S) / 1000))
for (const d of [world.databases.jobs, world.databases.scheduler]) for (const r of await world.time.finish(d.reader.all<any>('select version, recorded_at, payload from events where stream like ? order by id', [`%${job}`]))) console.log(d.name, r.version, rel(r.recorded_at), rel(r.payload))
console.log(rel(await world.time.finish(world.databases.scheduler.reader.all('select * from timetable where job_id=?', [job]))))
