import type { IncomingMessage, Server } from 'node:http'
import type { Clock } from '#platform/clock'

/** Ends when nobody but probes has asked for a while: with a server's connections, requests still on the wire would end. */
export interface Quiet {
  /** Waits at least `atLeastMs`, and at most a few seconds more. */
  reached(atLeastMs: number): Promise<void>
}

const QUIET_MS = 300
const LOOK_MS = 20
const LONGER_MS_MAX = 4_000
const PROBES = '/health/'

/** Looks at the requests of a server from now on. */
export function listenForQuiet(server: Server, clock: Clock): Quiet {
  let askedMs = Number.NEGATIVE_INFINITY
  const asked = ({ url }: IncomingMessage) => {
    if (!url?.startsWith(PROBES)) askedMs = clock.monotonicMs()
  }
  server.on('request', asked)
  server.on('upgrade', asked)

  return {
    async reached(atLeastMs) {
      const startedMs = clock.monotonicMs()
      await clock.sleep(atLeastMs)
      // Whoever spreads requests may be slow to see that this server is not ready, and sends on.
      while (clock.monotonicMs() - askedMs < QUIET_MS) {
        if (clock.monotonicMs() - startedMs >= atLeastMs + LONGER_MS_MAX) return
        await clock.sleep(LOOK_MS)
      }
    },
  }
}
