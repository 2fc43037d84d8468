import type { FormattedExecutionResult } from 'graphql'
import type { Clock } from '#platform/clock'
import type { Log } from '#platform/telemetry'
import type { MachineryCode } from '../errors.ts'
import { eventStream } from '../event-stream.ts'
import { headersOf } from '../http/operation.ts'
import { mayChange } from '../http/protocol.ts'
import type { ResultStream, Subgraph, SubgraphCaller, SubgraphRequest } from '../subgraph.ts'
import { call, noAnswer, post, resultOf } from './call.ts'
import { eventSource } from './event-source.ts'
import { type Instance, openInstances } from './instances.ts'
import { startProbe } from './probe.ts'

/** How a subgraph of other processes is reached. */
export interface RemoteSubgraphOptions {
  readonly name: string
  /** The SDL that this build knows. What its processes serve is told by `sdls`. */
  readonly typeDefs: string
  /** Where its processes are now: urls without a path. Asked for each operation, so it must be cheap. */
  addresses(): readonly string[]
  readonly clock: Clock
  readonly log: Log
  /** Until an answer begins, and between its parts. Default 30,000. */
  readonly timeoutMs?: number
}

/** A subgraph in other processes. */
export interface RemoteSubgraph extends Subgraph {
  /** The SDL of each process that answers. */
  sdls(): Promise<readonly string[]>
  /** Its processes, and whether each is asked now. */
  instances(): readonly { readonly url: string; readonly isWell: boolean }[]
  close(): Promise<void>
}

const TIMEOUT_MS = 30_000
const ATTEMPTS_MAX = 3
/** After an attempt that may have been carried out, or half so. */
const REPEATS_MAX = 1

/**
 * A client of a subgraph's processes: in turn, only those that are well.
 *
 * A query that got no answer is sent once more, to another process. A mutation is sent again only when nothing of it
 * can have been carried out: no connection came about, or the process said that it takes nothing any more.
 */
export function remoteSubgraph(options: RemoteSubgraphOptions): RemoteSubgraph {
  const { name, typeDefs, clock, log, timeoutMs = TIMEOUT_MS } = options
  const instances = openInstances({ ...options, timeoutMs })
  const probe = startProbe(instances, clock, log.with({ service: name }))

  /** One process after the other, as far as the operation may be repeated. */
  async function attempt<Result>(
    isRepeatable: boolean,
    caller: SubgraphCaller,
    send: (instance: Instance) => Promise<Result>,
  ): Promise<Result | FormattedExecutionResult> {
    const tried = new Set<Instance>()
    let repeats = 0
    for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts++) {
      const instance = instances.pick(tried) ?? instances.pick(new Set())
      if (!instance) break
      tried.add(instance)
      try {
        const result = await send(instance)
        instances.answered(instance)
        return result
      } catch (cause) {
        const error = noAnswer(cause)
        if (caller.signal?.aborted) break
        if (error.isFailure) instances.failed(instance, error)
        else instances.lost(instance, error)
        if (!error.isUntouched && (!isRepeatable || repeats++ >= REPEATS_MAX)) break
      }
    }
    return unavailable(name, caller)
  }

  return {
    name,
    typeDefs,
    execute(request, caller) {
      const body = JSON.stringify(request)
      const isRepeatable = !mayChange(request.query)
      return attempt(isRepeatable, caller, (instance) => call(instance, body, headersOf(caller), !isRepeatable))
    },
    subscribe: (request, caller, signal) =>
      attempt(true, { ...caller, signal }, (instance) => subscribeAt(instance, request, caller, signal, clock)),
    async sdls() {
      const body = JSON.stringify({ query: '{ _service { sdl } }' })
      const answers = await Promise.allSettled(instances.all().map((instance) => call(instance, body, {}, false)))
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? sdlIn(answer.value) : []))
    },
    instances: () => instances.all().map((instance) => ({ url: instance.url, isWell: instances.isWell(instance) })),
    async close() {
      await probe.stop()
      await instances.close()
    },
  }
}

async function subscribeAt(
  instance: Instance,
  request: SubgraphRequest,
  caller: SubgraphCaller,
  signal: AbortSignal,
  clock: Clock,
): Promise<FormattedExecutionResult | ResultStream> {
  const headers = { ...headersOf(caller), accept: 'text/event-stream' }
  const given = new AbortController()
  const giveUp = (): void => given.abort()
  signal.addEventListener('abort', giveUp, { once: true })
  instance.waiting.add(giveUp)
  const sent = instance.streams.request({ ...post(JSON.stringify(request), headers), signal: given.signal })
  const answer = await sent.finally(() => {
    // From now on the stream itself watches both its reader and its sender.
    instance.waiting.delete(giveUp)
    signal.removeEventListener('abort', giveUp)
  })
  if (answer.statusCode !== 200 || !String(answer.headers['content-type']).startsWith('text/event-stream')) {
    return resultOf(answer)
  }
  // What breaks a body that nobody reads any more is nobody's loss.
  answer.body.on('error', () => undefined)
  return eventStream(eventSource(answer.body, clock), signal, {
    perform: async (result) => result as FormattedExecutionResult,
    // Its reader comes back, and finds the state as it is then.
    failure: () => errorOf('SUBSCRIPTION_INTERRUPTED', 'The subscription was interrupted.', caller),
  })
}

function sdlIn({ data }: FormattedExecutionResult): readonly string[] {
  const { _service: service } = (data ?? {}) as { readonly _service?: { readonly sdl?: unknown } }
  return typeof service?.sdl === 'string' ? [service.sdl] : []
}

function unavailable(name: string, caller: SubgraphCaller): FormattedExecutionResult {
  return errorOf('SERVICE_UNAVAILABLE', `The service ${name} is unavailable, try again.`, caller)
}

function errorOf(
  code: MachineryCode | 'SUBSCRIPTION_INTERRUPTED',
  message: string,
  { correlationId }: SubgraphCaller,
): FormattedExecutionResult {
  return { errors: [{ message, extensions: { code, ...(correlationId !== undefined && { correlationId }) } }] }
}
