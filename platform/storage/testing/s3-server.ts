import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { httpServer, type LocalServer } from '#platform/testing'

/** Who may sign. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}

/** What of a request is signed. */
export interface SignedRequest {
  readonly method: string
  /** As it was sent: the path and the query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/
const SKEW_MS_MAX = 15 * 60_000
const ALWAYS_SIGNED = ['host', 'x-amz-content-sha256', 'x-amz-date']

/** A bucket in memory that takes nothing whose signature, hash or time is wrong. Its keys are listed as they were put. */
export function openS3Server(credentials: S3Credentials, now: () => Date): Promise<LocalServer> {
  const objects = new Map<string, Buffer>()
  return httpServer((request, response) => void answer(request, response, { credentials, now, objects }))
}

/** The signature that a request must have, by the letter of "Authenticating Requests (AWS Signature Version 4)". */
export function expectedSignature(
  { method, url, headers }: SignedRequest,
  signedHeaders: readonly string[],
  { secretAccessKey, region }: S3Credentials,
): string {
  const [path = '', query = ''] = url.split('?')
  const pairs = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`))
  const canonicalRequest = [
    method,
    path,
    pairs.sort().join('&'),
    ...signedHeaders.map((name) => `${name}:${headers[name]?.trim()}`),
    '',
    signedHeaders.join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n')
  const stamp = headers['x-amz-date'] ?? ''
  const scope = `${stamp.slice(0, 8)}/${region}/s3/aws4_request`
  const digest = createHash('sha256').update(canonicalRequest).digest('hex')
  const hmac = (secret: string | Buffer, text: string): Buffer => createHmac('sha256', secret).update(text).digest()
  const signingKey = [stamp.slice(0, 8), region, 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secretAccessKey}`,
  )
  return hmac(signingKey, ['AWS4-HMAC-SHA256', stamp, scope, digest].join('\n')).toString('hex')
}

interface Bucket {
  readonly credentials: S3Credentials
  readonly now: () => Date
  readonly objects: Map<string, Buffer>
}

async function answer(request: IncomingMessage, response: ServerResponse, bucket: Bucket): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const body = Buffer.concat(parts)
  const refusal = refusalOf(request, body, bucket)
  if (refusal) response.writeHead(403).end(`<Error><Code>${refusal}</Code></Error>`)
  else serve(request, response, body, bucket.objects)
}

function refusalOf(request: IncomingMessage, body: Buffer, { credentials, now }: Bucket): string | undefined {
  const headers = request.headers as Record<string, string | undefined>
  const found = AUTHORIZATION.exec(headers.authorization ?? '')
  if (!found) return 'AuthorizationHeaderMalformed'
  const [, accessKeyId, , region, names = '', signature] = found
  const signed = names.split(';')
  if (accessKeyId !== credentials.accessKeyId || region !== credentials.region) return 'InvalidAccessKeyId'
  if (ALWAYS_SIGNED.some((name) => !signed.includes(name)) || names !== signed.toSorted().join(';')) return 'Unsigned'
  const stamp = (headers['x-amz-date'] ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  if (!(Math.abs(Date.parse(stamp) - now().getTime()) <= SKEW_MS_MAX)) return 'RequestTimeTooSkewed'
  if (headers['x-amz-content-sha256'] !== createHash('sha256').update(body).digest('hex')) return 'BadDigest'
  const asked = { method: request.method ?? '', url: request.url ?? '', headers }
  return expectedSignature(asked, signed, credentials) === signature ? undefined : 'SignatureDoesNotMatch'
}

function serve(request: IncomingMessage, response: ServerResponse, body: Buffer, objects: Map<string, Buffer>): void {
  const url = new URL(request.url ?? '', 'http://x')
  const [, , ...rest] = url.pathname.split('/')
  const key = decodeURIComponent(rest.join('/'))
  if (key === '') {
    response.end(listOf(objects, url.searchParams))
    return
  }
  if (request.method === 'PUT') {
    objects.set(key, body)
    response.end()
    return
  }
  if (request.method === 'DELETE') {
    objects.delete(key)
    response.writeHead(204).end()
    return
  }
  const object = objects.get(key)
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  if (!object) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
  else if (Number(from) >= object.length) response.writeHead(416).end()
  else response.writeHead(206).end(object.subarray(Number(from), Number(to) + 1))
}

function listOf(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams): string {
  const after = query.get('start-after') ?? ''
  const keys = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after).sort()
  const some = keys.slice(0, Number(query.get('max-keys')))
  return `<ListBucketResult>${some.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`
}
