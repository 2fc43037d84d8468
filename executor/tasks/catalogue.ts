import { echo } from './echo.ts'
import { http } from './http.ts'
import { report } from './report.ts'
import { sleep } from './sleep.ts'
import type { JsonObject, Task } from './task.ts'

/** What the API shows of a job type. */
export interface JobType {
  readonly name: string
  readonly description: string
  readonly paramsSchema: JsonObject
}

const tasks: ReadonlyMap<string, Task> = new Map([report, http, echo, sleep].map((task: Task) => [task.name, task]))

/** The task behind a job type, or undefined when there is none. */
export function taskNamed(name: string): Task | undefined {
  return tasks.get(name)
}

/** All job types, as people may choose them. */
export const jobTypes: readonly JobType[] = [...tasks.values()].map(({ name, description, paramsSchema }) => ({
  name,
  description,
  paramsSchema,
}))
