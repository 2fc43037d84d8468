import { taskNamed } from '../catalogue.ts'
import { serveTasks } from './serve-tasks.ts'

serveTasks(taskNamed)
