import { hash } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import type { Agent, Dispatcher } from 'undici'
import type { Clock } from '#platform/clock'
import { checkKey, checkSize, ObjectMissingError, type ObjectStorage } from './storage.ts'

/** A bucket of a server that speaks S3, addressed by path. */
export interface S3Config {
  /** Without a path. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  /** What the keys of this system begin with. */
  readonly prefix: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const BYTES_MAX = 64 * 1024 * 1024
const SILENCE_MS_MAX = 15_000
const LISTED_MAX = 1_000
const ERROR_CHARACTERS_MAX = 500

/** The server did not do what it was asked. It may, if it is asked again. */
class StorageRefusedError extends Error {
  override readonly name = 'StorageRefusedError'
}

interface Sent {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

/** Objects in a bucket: each request is signed (AWS Signature Version 4), with the hash of what it carries. */
export function s3Storage(config: S3Config, clock: Pick<Clock, 'now'>): ObjectStorage {
  const { bucket, prefix } = config
  const limits = { name: 's3', bytesMax: BYTES_MAX } as const
  const send = openSender(config, clock)
  const pathOf = (key: string): string => {
    checkKey(key)
    return `/${bucket}/${prefix}${key}`
  }
  return {
    ...limits,
    async put(key, content) {
      const path = pathOf(key)
      checkSize(content, limits)
      const answer = await send({ method: 'PUT', path, body: content })
      await expectStatus(answer, 200)
    },
    async read(key, from, length) {
      if (length === 0) return new Uint8Array()
      const range = `bytes=${from}-${from + length - 1}`
      const answer = await send({ method: 'GET', path: pathOf(key), headers: { range } })
      const bytes = await expectStatus(answer, 206, 404, 416)
      if (answer.statusCode === 404) throw new ObjectMissingError(`there is no object ${key}`)
      // 416: nothing lies beyond the end.
      return answer.statusCode === 206 ? bytes : new Uint8Array()
    },
    async list(afterKey, limit) {
      const query = {
        'list-type': '2',
        'max-keys': String(Math.min(limit, LISTED_MAX)),
        prefix,
        ...(afterKey !== '' && { 'start-after': `${prefix}${afterKey}` }),
      }
      const xml = Buffer.from(
        await expectStatus(await send({ method: 'GET', path: `/${bucket}`, query }), 200),
      ).toString()
      // Keys are of characters that XML leaves as they are.
      return [...xml.matchAll(/<Key>([^<]+)<\/Key>/g)].flatMap(([, key = '']) =>
        key.startsWith(prefix) ? [key.slice(prefix.length)] : [],
      )
    },
    async remove(keys) {
      for (const key of keys) await expectStatus(await send({ method: 'DELETE', path: pathOf(key) }), 204, 200, 404)
    },
    close: send.close,
  }
}

function openSender({ endpoint, region, accessKeyId, secretAccessKey }: S3Config, clock: Pick<Clock, 'now'>) {
  let agent: Promise<Agent> | undefined

  async function send({ method, path, query = {}, headers = {}, body }: Sent): Promise<Dispatcher.ResponseData> {
    const url = new URL(path, endpoint)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const sent = { ...headers, 'x-amz-content-sha256': hash('sha256', body ?? '', 'hex') }
    const datetime = clock
      .now()
      .toISOString()
      .replace(/[:-]|\.\d{3}/g, '')
    const keys = { accessKeyId, secretAccessKey, region, service: 's3', datetime }
    const signed = await new AwsV4Signer({ method, url: url.href, headers: sent, ...keys }).sign()
    agent ??= openAgent()
    return (await agent).request({
      origin: signed.url.origin,
      path: `${signed.url.pathname}${signed.url.search}`,
      method,
      headers: Object.fromEntries(signed.headers),
      body: body ?? null,
    })
  }

  const close = async (): Promise<void> => {
    await (await agent)?.close()
  }
  return Object.assign(send, { close })
}

/** Loaded with the first request, not at start-up. */
async function openAgent(): Promise<Agent> {
  const undici = await import('undici')
  return new undici.Agent({
    connect: { timeout: SILENCE_MS_MAX },
    headersTimeout: SILENCE_MS_MAX,
    bodyTimeout: SILENCE_MS_MAX,
  })
}

/** The body of an answer. @throws {StorageRefusedError} when it has another status */
async function expectStatus({ statusCode, body }: Dispatcher.ResponseData, ...wanted: number[]): Promise<Uint8Array> {
  const bytes = new Uint8Array(await body.arrayBuffer())
  if (wanted.includes(statusCode)) return bytes
  const why = Buffer.from(bytes).toString().slice(0, ERROR_CHARACTERS_MAX)
  throw new StorageRefusedError(`the storage answered ${statusCode}`, { cause: why })
}
