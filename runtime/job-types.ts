import { type CatalogueOptions, openCatalogue, readTasksFolder, reservedNames } from '#services/executor'
import type { JobTypes } from '#services/jobs'
import type { RuntimeConfig } from './config.ts'
import { readSqlConnections } from './sql-connections.ts'

type TaskSettings = Pick<
  RuntimeConfig,
  'shell' | 'tasksDirectory' | 'sqlConnectionsFile' | 'kafkaJobs' | 'dataDirectory'
>

/**
 * What tasks there are, as the settings say. Jobs check params by it, executors run it: where they are processes of their own,
 * each reads the folder.
 *
 * @throws {TasksFolderError}
 * @throws {ConfigurationError}
 */
export async function readTasks(settings: TaskSettings): Promise<CatalogueOptions> {
  const { shell, tasksDirectory, sqlConnectionsFile, kafkaJobs, dataDirectory } = settings
  return {
    shell,
    foreign: tasksDirectory === undefined ? [] : await readTasksFolder(tasksDirectory, reservedNames),
    sql: sqlConnectionsFile === undefined ? {} : readSqlConnections(sqlConnectionsFile, dataDirectory),
    kafka: kafkaJobs && { topics: kafkaJobs.topics },
  }
}

/** The executor's tasks, as jobs must know them: a service never imports another one. */
export function executorJobTypes(tasks: CatalogueOptions): JobTypes {
  const { jobTypes, checkParams, notOffered } = openCatalogue(tasks)
  return { names: jobTypes.map(({ name }) => name), describe: () => jobTypes, checkParams, notOffered }
}
