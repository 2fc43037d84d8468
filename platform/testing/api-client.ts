import { Agent, request } from 'node:http'

/** What a GraphQL request gave. */
export interface Answer<Data> {
  readonly status: number
  readonly data: Data
  readonly errors: readonly {
    readonly message: string
    readonly path?: readonly unknown[]
    readonly extensions: Readonly<Record<string, unknown>>
  }[]
}

/** A client as a user would write it: HTTP with keep-alive and a token. */
export interface ApiClient {
  readonly url: string
  readonly token: string | undefined
  graphql<Data = Readonly<Record<string, never>>>(query: string, variables?: object): Promise<Answer<Data>>
  /** @throws {Error} when the answer has errors */
  data<Data>(query: string, variables?: object): Promise<Data>
  rest(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<RestAnswer>
  as(token: string | undefined): ApiClient
  close(): void
}

/** What a REST request gave. `body` is parsed if it is JSON. */
export interface RestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into an answer as its readers do, and fail where it is not so
  readonly body: any
}

/** Opens a client of the gateway at `url`. */
export function openApiClient(url: string, token?: string, agent = new Agent({ keepAlive: true })): ApiClient {
  async function rest(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RestAnswer> {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, url),
        {
          method,
          agent,
          headers: {
            ...(payload === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            const isJson = /[/+]json\b/.test(response.headers['content-type'] ?? '')
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              body: isJson ? JSON.parse(text) : undefined,
            })
          })
        },
      )
      sent.on('error', reject)
      sent.end(payload)
    })
  }

  async function graphql<Data>(query: string, variables: object = {}): Promise<Answer<Data>> {
    const { status, body, text } = await rest('POST', '/graphql', { query, variables })
    if (body === undefined) throw new Error(`the gateway answered ${status}: ${text.slice(0, 200)}`)
    return { status, data: body.data, errors: body.errors ?? [] }
  }

  return {
    url,
    token,
    graphql,
    rest,
    async data<Data>(query: string, variables?: object) {
      const answer = await graphql<Data>(query, variables)
      if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors))
      return answer.data
    },
    as: (other) => openApiClient(url, other, agent),
    close: () => agent.destroy(),
  }
}

/** Signs somebody up. @returns a client with their token */
export async function signUp(
  client: ApiClient,
  username: string,
  password = 'correct horse battery',
): Promise<ApiClient> {
  const { signUp: session } = await client.data<{ signUp: { accessToken: string } }>(
    'mutation ($input: SignUpInput!) { signUp(input: $input) { accessToken } }',
    { input: { username, password } },
  )
  return client.as(session.accessToken)
}
