import { sendJson } from '../http/exchange.ts'
import type { Route } from '../http/router.ts'
import { ask, objectBody, type RestOptions } from './ask.ts'

interface Session {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresAt: string
  readonly user: object
}

const SESSION = '{ accessToken refreshToken expiresAt user { id username roles workspaces { id name } } }'
const SIGN_UP = `mutation RestSignUp($input: SignUpInput!) { session: signUp(input: $input) ${SESSION} }`
const LOG_IN = `mutation RestLogIn($input: LogInInput!) { session: logIn(input: $input) ${SESSION} }`
const REFRESH = `mutation RestRefresh($token: String!) { session: refreshSession(refreshToken: $token) ${SESSION} }`
const LOG_OUT = 'mutation RestLogOut { logOut }'

/** `/auth/*`: sign-up, log-in, refresh and log-out over the graph. */
export function authRoutes(rest: RestOptions): readonly Route[] {
  const sessionRoute = (path: string, query: string, status: number, variablesOf: (body: object) => object): Route => ({
    method: 'POST',
    path,
    async answer(exchange) {
      const variables = { ...variablesOf(await objectBody(exchange)) }
      await ask<{ session: Session }>(rest, exchange, query, variables, ({ session }) => {
        const { accessToken, ...others } = session
        sendJson(exchange, status, { token: accessToken, ...others })
      })
    },
  })

  return [
    sessionRoute('/auth/signup', SIGN_UP, 201, (input) => ({ input })),
    sessionRoute('/auth/login', LOG_IN, 200, (input) => ({ input })),
    sessionRoute('/auth/refresh', REFRESH, 200, (body) => ({
      token: (body as { refreshToken?: unknown }).refreshToken,
    })),
    {
      method: 'POST',
      path: '/auth/logout',
      answer: (exchange) =>
        ask(rest, exchange, LOG_OUT, {}, () => {
          exchange.response.writeHead(204).end()
        }),
    },
  ]
}
