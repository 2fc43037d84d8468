import { serveTasks } from '../worker/serve-tasks.ts'
import { hostileTasks } from './hostile-tasks.ts'

serveTasks(() => (name) => hostileTasks.get(name))
