const FIRES_A_COMMIT = 1_000
const FIRES_A_JOB_MIN = 8

/**
 * How many nominal times each of so many jobs may fire in one commit: after a standstill a commit stays short, and the
 * jobs take turns. What is left is due at once.
 */
export function firesShare(jobs: number): number {
  return Math.max(FIRES_A_JOB_MIN, Math.floor(FIRES_A_COMMIT / Math.max(jobs, 1)))
}
