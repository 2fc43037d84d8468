import type { IncomingMessage } from 'node:http'
import type { Agent } from 'undici'
import { type Clock, systemClock } from '#platform/clock'
import { openClient } from '#platform/outbound'
import type { LocalServer } from './local-server.ts'

/** What the tests of one file opened, so that each can close its own. */
export interface HttpScene {
  serve(server: Promise<LocalServer>): Promise<LocalServer>
  /** A client that may reach `hosts`; these, `localhost` and `private.example` are all this machine, no other name exists. */
  clientOf(hosts?: readonly string[], clock?: Clock): Promise<Agent>
  close(): Promise<void>
}

/** Opens an empty scene. */
export function httpScene(): HttpScene {
  const closing: (() => PromiseLike<void>)[] = []
  return {
    async serve(server) {
      const open = await server
      closing.push(() => open[Symbol.asyncDispose]())
      return open
    },
    async clientOf(hosts = ['127.0.0.1'], clock = systemClock()) {
      const here = new Set([...hosts, 'localhost', 'private.example'])
      const client = await openClient({ allowPrivate: hosts }, clock, async (hostname) =>
        here.has(hostname) ? ['127.0.0.1'] : [],
      )
      closing.push(() => client.destroy())
      return client
    },
    async close() {
      for (const close of closing.splice(0)) await close()
    },
  }
}

/** The whole body of a request. */
export async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
