import { openCatalogue } from '../catalogue.ts'
import { loadTask } from '../folder/load-task.ts'
import { serveTasks } from './serve-tasks.ts'

serveTasks((options) => {
  const { taskNamed } = openCatalogue(options)
  return (name) => {
    const foreign = options.foreign?.find((each) => each.name === name)
    return foreign === undefined ? taskNamed(name) : loadTask(foreign)
  }
})
