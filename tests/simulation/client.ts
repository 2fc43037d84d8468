import { isDomainError } from '#platform/domain'
import type { Caller } from '#platform/identity'
import {
  archiveJob,
  type CreateJobInput,
  createJob,
  type Job,
  type JobsParts,
  pauseJob,
  resumeJob,
  triggerJob,
  updateJob,
} from '#services/jobs'
import type { World } from './world.ts'

/** What somebody may want. */
export type Wish =
  | ({ readonly type: 'create' } & CreateJobInput)
  | { readonly type: 'update'; readonly jobId: string; readonly schedule?: string; readonly params?: object }
  | { readonly type: 'pause'; readonly jobId: string; readonly note?: string; readonly until?: Date }
  | { readonly type: 'resume' | 'archive'; readonly jobId: string }
  | { readonly type: 'trigger'; readonly jobId: string; readonly key: string }

/** A request, and what its client knows of it. */
export interface Asked {
  readonly wish: Wish
  /** Goes with the request into each event that it leads to. */
  readonly correlationId: string
  readonly workspace: string
  readonly askedAtMs: number
  /** `unknown`: an outage, or no answer at all. It may have been done. */
  outcome: 'unknown' | 'acknowledged' | 'refused'
  answer?: Job | { readonly executionId: string }
  /** Why it was refused. */
  code?: string
}

/** Those who use the system. */
export interface Client {
  readonly asked: readonly Asked[]
  /** Jobs that a client was told of, and in whose workspace they are. */
  readonly known: ReadonlyMap<string, string>
  /**
   * Asks, if there is anybody to ask. The answer comes in its time, or never.
   *
   * @param workspace whose job it is, where the client was never told
   */
  ask(wish: Wish, workspace?: string): Asked | undefined
}

const WORKSPACES = ['workspace-a', 'workspace-b'] as const
const FOREVER = new Date(8_640_000_000_000_000)

/** Opens the clients of a world. */
export function openClient({ time, alive, trace }: World): Client {
  const asked: Asked[] = []
  const known = new Map<string, string>()

  function ask(wish: Wish, given?: string): Asked | undefined {
    const parts = alive('jobs')
      .map((jobs) => jobs.parts())
      .find((each) => each !== undefined)
    if (!parts) return undefined
    const number = asked.length
    const workspace = given ?? workspaceOf(wish, number)
    const own: Asked = { wish, correlationId: `c-${number}`, workspace, askedAtMs: time.nowMs(), outcome: 'unknown' }
    asked.push(own)
    trace.push(`${time.nowMs()} ${own.correlationId} ${JSON.stringify(wish)}`)
    perform(parts, own).then(
      (answer) => {
        own.outcome = 'acknowledged'
        own.answer = answer
        if (wish.type === 'create' && 'id' in answer) known.set(answer.id, workspace)
      },
      (error: unknown) => {
        if (!isDomainError(error)) return
        own.outcome = 'refused'
        own.code = error.code
      },
    )
    return own
  }

  function workspaceOf(wish: Wish, number: number): string {
    return ('jobId' in wish ? known.get(wish.jobId) : WORKSPACES[number % WORKSPACES.length]) ?? ''
  }

  return { asked, known, ask }
}

function perform(parts: JobsParts, { wish, correlationId, workspace }: Asked): Promise<NonNullable<Asked['answer']>> {
  const caller = callerIn(workspace)
  switch (wish.type) {
    case 'create':
      // Whatever fires is to be run: which of them may overlap is tested where admission is.
      return createJob(parts, caller, { overlap: 'ALLOW_ALL', ...wish }, correlationId)
    case 'update':
      return updateJob(parts, caller, wish, correlationId)
    case 'pause':
      return pauseJob(parts, caller, wish, correlationId)
    case 'resume':
      return resumeJob(parts, caller, wish, correlationId)
    case 'archive':
      return archiveJob(parts, caller, wish, correlationId)
    case 'trigger':
      return triggerJob(parts, caller, { jobId: wish.jobId, idempotencyKey: wish.key }, correlationId)
  }
}

function callerIn(workspace: string): Caller {
  return {
    userId: `user-of-${workspace}`,
    username: 'u',
    sessionId: 's',
    workspaceIds: [workspace],
    expiresAt: FOREVER,
  }
}
