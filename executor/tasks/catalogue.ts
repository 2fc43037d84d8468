import { openParamsCheck, type ParamsCheck } from './check-params.ts'
import { echo } from './echo.ts'
import { type ForeignTask, foreignTask } from './folder/foreign-task.ts'
import { http } from './http.ts'
import { type KafkaReach, kafkaTask } from './kafka.ts'
import { report } from './report.ts'
import { SHELL_OFF, type ShellPolicy } from './shell/policy.ts'
import { shellTask } from './shell.ts'
import { sleep } from './sleep.ts'
import type { SqlConnections } from './sql/connection.ts'
import { sqlTask } from './sql.ts'
import type { JsonObject, Task } from './task.ts'

/** What the API shows of a job type. */
export interface JobType {
  readonly name: string
  readonly description: string
  readonly paramsSchema: JsonObject
}

/** The job types that there are. */
export interface TaskCatalogue extends ParamsCheck {
  /** All of them, as people may choose them. */
  readonly jobTypes: readonly JobType[]
  /** The task behind a job type, or undefined when there is none. */
  taskNamed(name: string): Task | undefined
  /** Why some are not among them, by name. */
  readonly notOffered: Readonly<Record<string, NotOffered>>
}

/** Why a job type cannot be chosen here. */
export interface NotOffered {
  readonly code: 'KAFKA_NOT_CONFIGURED' | 'SQL_NOT_CONFIGURED'
  readonly message: string
}

/** What there is beside the tasks that are always there. */
export interface CatalogueOptions {
  /** Whether and how SHELL jobs run. Where they do not, nobody may create one, and those that exist fail. */
  readonly shell?: ShellPolicy | undefined
  /** Tasks of a folder, see `readTasksFolder`. */
  readonly foreign?: readonly ForeignTask[] | undefined
  /** What SQL jobs may read. They hold secrets, so a worker process never gets them all: see `Task.grant`. */
  readonly sql?: SqlConnections | undefined
  /** What KAFKA jobs may reach. */
  readonly kafka?: KafkaReach | undefined
}

/** The tasks of ours, and those that a system has beside them. */
export function openCatalogue(options: CatalogueOptions = {}): TaskCatalogue {
  const { shell = SHELL_OFF, foreign = [], sql = {}, kafka } = options
  const offered: readonly Task[] = [report, http, echo, sleep, ...foreign.map((each) => foreignTask(each))]
  const optional: readonly { readonly task: Task; readonly isOffered: boolean; readonly why?: NotOffered }[] = [
    { task: shellTask(shell), isOffered: shell.mode !== 'off' },
    { task: sqlTask(sql), isOffered: Object.keys(sql).length > 0, why: NO_SQL },
    { task: kafkaTask(kafka), isOffered: kafka !== undefined, why: NO_KAFKA },
  ]
  const chosen = [...offered, ...optional.filter(({ isOffered }) => isOffered).map(({ task }) => task)]
  const tasks = new Map([...offered, ...optional.map(({ task }) => task)].map((task) => [task.name, task]))
  return {
    jobTypes: chosen.map(({ name, description, paramsSchema }) => ({ name, description, paramsSchema })),
    taskNamed: (name) => tasks.get(name),
    ...openParamsCheck(new Map(chosen.map((task) => [task.name, task]))),
    notOffered: Object.fromEntries(
      optional.flatMap(({ task, isOffered, why }) => (isOffered || why === undefined ? [] : [[task.name, why]])),
    ),
  }
}

/** What a worker process is told of them. What it runs for ours comes with each run. */
export function optionsForWorkers({ shell, foreign }: CatalogueOptions): CatalogueOptions {
  return { shell, foreign }
}

const NO_SQL: NotOffered = {
  code: 'SQL_NOT_CONFIGURED',
  message: 'no connection is configured for SQL jobs: SQL_CONNECTIONS_FILE names them',
}
const NO_KAFKA: NotOffered = {
  code: 'KAFKA_NOT_CONFIGURED',
  message: 'no broker and topic are configured for KAFKA jobs: KAFKA_JOB_BROKERS and KAFKA_JOB_TOPICS name them',
}

/** The catalogue of a system that says nothing of its tasks. */
export const { jobTypes, taskNamed, checkParams } = openCatalogue()

/** Names that no task of a folder may have. */
export const reservedNames: readonly string[] = [...jobTypes.map(({ name }) => name), 'SHELL', 'SQL', 'KAFKA']

/** Where a job type's task runs, for those who do not know the tasks of a folder: those run in processes. */
export function placeOf(jobType: string): Task['place'] {
  return taskNamed(jobType)?.place ?? 'worker'
}
