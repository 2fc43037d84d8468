// What a task of somebody else's logs, as what the types promise: it may be plain JavaScript. Nothing here throws.

import type { LogLevel } from './task.ts'

const LEVELS: ReadonlySet<string> = new Set<LogLevel>(['DEBUG', 'INFO', 'WARN', 'ERROR'])

/** The level that is meant, in whatever letters it is written; INFO for one that there is not. */
export function soundLevel(level: unknown): LogLevel {
  if (isLevel(level)) return level
  const upper = typeof level === 'string' ? level.toUpperCase() : ''
  return isLevel(upper) ? upper : 'INFO'
}

/** The message as text. */
export function soundMessage(message: unknown): string {
  if (typeof message === 'string') return message
  try {
    return String(message)
  } catch {
    return '(something that cannot be written)'
  }
}

function isLevel(level: unknown): level is LogLevel {
  return typeof level === 'string' && LEVELS.has(level)
}
