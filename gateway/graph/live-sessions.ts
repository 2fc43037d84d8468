import type { Clock } from '#platform/clock'
import type { ResultStream } from '#platform/graphql'
import type { Caller, Revocations } from '#platform/identity'

/** Streams and sockets that must not outlive the right by which they were opened. */
export interface LiveSessions {
  /** Calls `end` once, when the caller's token expires or the session is revoked. @returns how to stop watching */
  watch(caller: Caller | undefined, end: () => void): () => void
  /** The stream, ended by one last UNAUTHENTICATED result when the caller's right ends. */
  guard(caller: Caller | undefined, stream: ResultStream): ResultStream
  close(): void
}

/** Opens the watch over sessions. */
export function openLiveSessions(clock: Clock, revocations: Pick<Revocations, 'onRevoked'>): LiveSessions {
  const bySession = new Map<string, Set<() => void>>()
  const unsubscribe = revocations.onRevoked((sessionId) => {
    for (const end of [...(bySession.get(sessionId) ?? [])]) end()
  })

  function watch(caller: Caller | undefined, end: () => void): () => void {
    if (!caller) return () => undefined
    const { sessionId } = caller
    const stop = new AbortController()
    const forget = (): void => {
      stop.abort()
      const others = bySession.get(sessionId)
      others?.delete(finish)
      if (others?.size === 0) bySession.delete(sessionId)
    }
    const finish = (): void => {
      forget()
      end()
    }
    const session = bySession.get(sessionId) ?? new Set()
    bySession.set(sessionId, session.add(finish))
    void sleepUntil(clock, caller.expiresAt, stop.signal).then(() => {
      if (!stop.signal.aborted) finish()
    })
    return forget
  }

  return {
    watch,
    guard: (caller, stream) => guarded(stream, (end) => watch(caller, end)),
    close: unsubscribe,
  }
}

async function sleepUntil(clock: Clock, moment: Date, signal: AbortSignal): Promise<void> {
  for (;;) {
    const leftMs = moment.getTime() - clock.now().getTime()
    if (leftMs <= 0 || signal.aborted) return
    await clock.sleep(leftMs, signal)
  }
}

/** No race with a long-lived promise: each would leave a reaction on it for the life of the stream. */
function guarded(stream: ResultStream, watch: (end: () => void) => () => void): ResultStream {
  let isRevoked = false
  const unwatch = watch(() => {
    isRevoked = true
    void stream.return?.()
  })
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const result = await stream.next()
      if (!result.done) return result
      unwatch()
      if (!isRevoked) return result
      isRevoked = false
      const extensions = { code: 'UNAUTHENTICATED' }
      return { done: false, value: { errors: [{ message: 'The session has ended, sign in again.', extensions }] } }
    },
    async return() {
      unwatch()
      return (await stream.return?.()) ?? { done: true, value: undefined }
    },
  }
}
