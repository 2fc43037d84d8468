import { fileURLToPath } from 'node:url'

/** A folder for TASKS_DIR: eight tasks that do what a task must not, and an innocent one. Nothing else is in it. */
export const HOSTILE_FOLDER = fileURLToPath(new URL('./hostile/', import.meta.url))

/** Its files. */
export const HOSTILE_FILES: readonly URL[] = [
  new URL('./hostile/blocks-its-thread.ts', import.meta.url),
  new URL('./hostile/ends-its-process.ts', import.meta.url),
  new URL('./hostile/floods-its-log.ts', import.meta.url),
  new URL('./hostile/hoards-memory.ts', import.meta.url),
  new URL('./hostile/ignores-its-signal.ts', import.meta.url),
  new URL('./hostile/innocent.ts', import.meta.url),
  new URL('./hostile/leaves-things-behind.ts', import.meta.url),
  new URL('./hostile/returns-too-much.ts', import.meta.url),
  new URL('./hostile/throws-odd-things.ts', import.meta.url),
]
