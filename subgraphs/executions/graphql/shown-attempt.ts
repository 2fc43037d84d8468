import type { Attempt, Execution } from '../domain/execution.ts'

/** An attempt as the graph shows it: with its execution, whose log holds its lines. */
export type ShownAttempt = Attempt & { readonly execution: Execution }
