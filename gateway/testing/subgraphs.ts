import { EventEmitter, on } from 'node:events'
import { DomainError } from '#platform/domain'
import { makeSubgraph, type Subgraph, type SubgraphCaller } from '#platform/graphql'
import type { Caller } from '#platform/identity'
import { silentLog } from '#platform/telemetry'
import { TEST_SCHEMAS } from './schemas.ts'
import type { TestIdentity } from './session.ts'

/** A test subgraph with what was asked of it. */
export interface Watched extends Subgraph {
  readonly seen: { requests: number; streams: number; callers: SubgraphCaller[] }
}

interface Context extends SubgraphCaller {
  readonly user: Caller | undefined
}

interface User {
  readonly id: string
  readonly username: string
  readonly role: string
}

interface Job {
  readonly id: string
  name: string
  status: string
  readonly priority: number
  readonly ownerId: string
}

const USERS: readonly User[] = [
  { id: 'u1', username: 'alice', role: 'ADMIN' },
  { id: 'u2', username: 'bob', role: 'OPERATOR' },
]

/** Users; two of bob's fields fail. */
export function authSubgraph(identity: TestIdentity): Watched {
  return watched('auth', identity, {
    Query: {
      me: (_: unknown, __: unknown, { user }: Context) => USERS.find(({ username }) => username === user?.username),
      users: () => USERS,
      network: (_: unknown, __: unknown, { network }: Context) => network,
      correlationId: (_: unknown, __: unknown, { correlationId }: Context) => correlationId,
      secret: () => ({ word: 'sesame' }),
      fail(_: unknown, { how }: { how: string }) {
        if (how === 'refusal') throw new DomainError('JOB_NOT_FOUND', 'no such job', { id: 'j1' })
        if (how === 'outage') throw Object.assign(new Error('disk 7 is full'), { name: 'VersionConflictError' })
        throw new Error('the password is 12345')
      },
    },
    Mutation: { touch: () => true },
    User: {
      __resolveReference: ({ id }: User) => USERS.find((user) => user.id === id) ?? null,
      badge({ id, username }: User) {
        if (username === 'bob') throw new DomainError('FORBIDDEN', 'no badge')
        return `badge-${id}`
      },
      nickname({ username }: User) {
        if (username === 'bob') throw new Error('no nickname')
        return username.slice(0, 2)
      },
    },
  })
}

/** Jobs with events that a test sets off. */
export function jobsSubgraph(identity: TestIdentity) {
  const bus = new EventEmitter().setMaxListeners(0)
  const jobs = Array.from({ length: 200 }, (_, index): Job => {
    const ownerId = index % 2 ? 'u2' : 'u1'
    return { id: `j${index + 1}`, name: `job ${index + 1}`, status: 'QUEUED', priority: index, ownerId }
  })
  const last: Record<string, object> = {}
  let lastActivity: object | undefined
  let seq = 0
  const jobOf = (id: string): Job | undefined => jobs.find((job) => job.id === id)

  function setStatus(jobId: string, status: string): Job {
    const job = jobOf(jobId)
    if (!job) throw new DomainError('JOB_NOT_FOUND', 'no such job')
    const event = { job: { ...job, status }, from: job.status, to: status, seq: ++seq }
    last[jobId] = event
    job.status = status
    bus.emit(`job:${jobId}`, event)
    return job
  }
  function act(activity: object): void {
    lastActivity = { seq: ++seq, ...activity }
    bus.emit('activity', lastActivity)
  }

  const subgraph = watched('jobs', identity, {
    Query: {
      job: (_: unknown, { id }: { id: string }) => jobOf(id),
      jobs: (_: unknown, { first }: { first: number }) => jobs.slice(0, first),
      lastEvent: (_: unknown, { jobId }: { jobId: string }) => last[jobId],
      lastActivity: () => lastActivity,
    },
    Mutation: {
      setStatus: (_: unknown, { jobId, status }: { jobId: string; status: string }) => setStatus(jobId, status),
      createJobs: (_: unknown, { inputs }: { inputs: readonly { name: string; priority: number }[] }) =>
        inputs.map((input, index) => ({ id: `n${index}`, status: 'QUEUED', ownerId: 'u1', ...input })),
    },
    Subscription: {
      jobStatusChanged: {
        subscribe: (_: unknown, { jobId }: { jobId: string }, { signal }: Context) =>
          events(bus, `job:${jobId}`, 'jobStatusChanged', signal),
      },
      activity: {
        subscribe: (_: unknown, __: unknown, { signal }: Context) => events(bus, 'activity', 'activity', signal),
      },
    },
    Job: {
      __resolveReference: ({ id }: Job) => jobOf(id),
      owner: ({ ownerId }: Job) => ({ id: ownerId }),
      watchers: () => [{ id: 'u1' }, { id: 'u2' }, { id: 'missing' }],
    },
    Activity: { __resolveType: (activity: object) => ('job' in activity ? 'JobActivity' : 'NoteActivity') },
  })
  return { ...subgraph, bus, jobs, setStatus, act }
}

/** Executions and what they add to a job. */
export function executionsSubgraph(identity: TestIdentity): Watched {
  const logs = Array.from({ length: 5 }, (_, at) => ({ at, level: at % 2 ? 'ERROR' : 'INFO', text: `line ${at}` }))
  const execution = (id: string) => ({ id })
  return watched('executions', identity, {
    Query: { execution: (_: unknown, { id }: { id: string }) => execution(id) },
    Subscription: { logAppended: { subscribe: (_: unknown, { after }: { after: number }) => tail(after) } },
    Job: {
      __resolveReference: (job: Job) => job,
      lastExecution: ({ id }: Job) => (id === 'j3' ? null : execution(`e-${id}`)),
      estimate: ({ priority }: Job) => priority * 2,
    },
    Execution: {
      __resolveReference: ({ id }: { id: string }) => execution(id),
      job: ({ id }: { id: string }) => ({ id: id.slice(2) }),
      logs: ({ id }: { id: string }, { last, level }: { last: number; level?: string | null }) =>
        logs
          .filter((line) => !level || line.level === level)
          .slice(-last)
          .map((line) => ({ ...line, executionId: id })),
    },
    LogLine: { execution: ({ executionId }: { executionId: string }) => execution(executionId) },
  })
}

/** How many lines a tail has. */
export const TAIL_LINES = 3_000

async function* tail(after: number): AsyncGenerator<object> {
  for (let at = after + 1; at <= TAIL_LINES; at++) yield { logAppended: { at, level: 'INFO', text: 'x'.repeat(5_000) } }
}

function watched(name: keyof typeof TEST_SCHEMAS, identity: TestIdentity, resolvers: Record<string, object>): Watched {
  const subgraph = makeSubgraph<Context>({
    name,
    typeDefs: TEST_SCHEMAS[name],
    resolvers,
    log: silentLog(),
    contextFor: async (caller) => ({ ...caller, user: caller.token ? await identity.verify(caller.token) : undefined }),
  })
  const seen: Watched['seen'] = { requests: 0, streams: 0, callers: [] }
  return {
    ...subgraph,
    seen,
    execute(request, caller) {
      seen.requests++
      seen.callers.push(caller)
      return subgraph.execute(request, caller)
    },
    async subscribe(request, caller, signal) {
      seen.callers.push(caller)
      const result = await subgraph.subscribe(request, caller, signal)
      if (Symbol.asyncIterator in result) {
        seen.streams++
        signal.addEventListener('abort', () => seen.streams--, { once: true })
      }
      return result
    },
  }
}

async function* events(
  bus: EventEmitter,
  name: string,
  field: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<object> {
  for await (const [event] of on(bus, name, signal ? { signal } : {})) {
    if (event instanceof Error) throw event
    yield { [field]: event }
  }
}
