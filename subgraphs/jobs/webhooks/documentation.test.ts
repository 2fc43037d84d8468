import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { shownSecret } from '../credentials/webhook-secrets.ts'
import { RETRY_CEILINGS_MS } from '../domain/webhook-delivery.ts'
import { signedHeaders } from './signature.ts'

const page = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8')

type Verify = (secret: string, headers: Readonly<Record<string, string>>, body: string) => boolean

/** The receiver as docs/webhooks.md has it. */
async function documented(): Promise<Verify> {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? []
  const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)
  return (module as { isFromCarillon: Verify }).isFromCarillon
}

test('the receiver of the documentation takes what is ours, and nothing else', async () => {
  const isFromCarillon = await documented()
  const [secret, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const message = { id: 'id', at: new Date(), body: '{"type":"test"}' }
  const headers = signedHeaders(message, [secret])
  expect(isFromCarillon(shownSecret(secret), headers, message.body)).toBe(true)
  expect(isFromCarillon(shownSecret(secret), signedHeaders(message, [other, secret]), message.body)).toBe(true)
  expect(isFromCarillon(shownSecret(other), headers, message.body)).toBe(false)
  expect(isFromCarillon(shownSecret(secret), headers, `${message.body} `)).toBe(false)
  expect(isFromCarillon(shownSecret(secret), { ...headers, 'webhook-id': 'other' }, message.body)).toBe(false)
  expect(isFromCarillon(shownSecret(secret), { ...headers, 'webhook-timestamp': '' }, message.body)).toBe(false)
  const old = signedHeaders({ ...message, at: new Date(message.at.getTime() - 3_600_000) }, [secret])
  expect(isFromCarillon(shownSecret(secret), old, message.body)).toBe(false)
})

test('its table of retries is the one that is kept to', () => {
  const [, row = ''] = /\| at most \|(.*)\|/.exec(page) ?? []
  const units: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 }
  const documentedMs = row.split('|').map((cell) => {
    const [, amount, unit = ''] = /([\d.]+) (s|min|h)/.exec(cell) ?? []
    return Number(amount) * (units[unit] ?? 0)
  })
  expect([...documentedMs, ...Array(3).fill(documentedMs.at(-1))]).toEqual(RETRY_CEILINGS_MS)
})
