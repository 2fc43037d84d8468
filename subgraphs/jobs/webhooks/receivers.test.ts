import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSink } from '#platform/testing'
import { openSealingKeys } from '../credentials/sealing-keys.ts'
import { isSignedBy, openReceiver, openWebhookStage, SET, type Sink, type WebhookStage } from '../webhooks.fixture.ts'
import { LANES } from './lanes.ts'

let stage: WebhookStage
let sink: Sink

beforeEach(async () => {
  stage = await openWebhookStage()
  sink = await openReceiver()
})

afterEach(async () => {
  await sink.close()
  await stage.close()
})

const HOUR_MS = 3_600_000
const ROTATE = 'mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret webhook { id } } }'
const SHOWN = '{ webhooks { id isEnabled disabledReason disabledAt failingSince lastDeliveredAt } }'

async function last() {
  await stage.miss()
  await stage.pass()
  const received = sink.received.at(-1)
  if (!received) throw new Error('nothing was sent')
  return received
}

const signatures = (header: string | string[] | undefined): number => String(header).split(' ').length

describe('a rotated secret', () => {
  test('signs beside the one before it for a day, then alone', async () => {
    const { id, secret } = await stage.makeWebhook(sink.url)
    const { secret: next } = await stage.ask<{ secret: string }>(ROTATE, { id })
    expect(next).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(next).not.toBe(secret)
    const both = await last()
    expect([isSignedBy(secret, both), isSignedBy(next, both)]).toEqual([true, true])
    expect(signatures(both.headers['webhook-signature'])).toBe(2)
    await stage.pass(24 * HOUR_MS)
    const alone = await last()
    expect([isSignedBy(secret, alone), isSignedBy(next, alone)]).toEqual([false, true])
    expect(signatures(alone.headers['webhook-signature'])).toBe(1)
  })

  test('that is rotated again at once leaves no third signature', async () => {
    const { id, secret } = await stage.makeWebhook(sink.url)
    const second = await stage.ask<{ secret: string }>(ROTATE, { id })
    const third = await stage.ask<{ secret: string }>(ROTATE, { id })
    const received = await last()
    expect([secret, second.secret, third.secret].map((each) => isSignedBy(each, received))).toEqual([false, true, true])
  })

  test('that no key opens any more is said, and tried again', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    await stage.database.unit([], (unit) => unit.run("update webhook_secrets set key_id = 'lost'"))
    await stage.miss()
    await stage.pass()
    expect(await stage.deliveries(id)).toMatchObject([
      { state: 'PENDING', attempts: [{ errorCode: 'SECRET_UNREADABLE' }] },
    ])
    expect(sink.connections()).toBe(0)
  })

  test('is opened by the key of the database also after another key was configured', async () => {
    const { id, secret } = await stage.makeWebhook(sink.url)
    const keys = await openSealingKeys(stage.database, [Buffer.alloc(32, 7)])
    expect(keys).toHaveLength(2)
    expect(keys[1]).toEqual((await openSealingKeys(stage.database, []))[0])
    Object.assign(stage.jobs.parts.webhooks, { keys })
    const { secret: next } = await stage.ask<{ secret: string }>(ROTATE, { id })
    const received = await last()
    expect([isSignedBy(secret, received), isSignedBy(next, received)]).toEqual([true, true])
  })
})

describe('a receiver', () => {
  test('that is gone disables its webhook at once, and what else was to be told fails', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    sink.answer = { status: 503 }
    await stage.miss()
    await stage.pass()
    sink.answer = { status: 410 }
    await stage.miss()
    await stage.pass()
    expect(await stage.ask(SHOWN)).toMatchObject([
      { isEnabled: false, disabledReason: 'GONE', disabledAt: expect.any(String) },
    ])
    await stage.miss()
    await stage.pass(HOUR_MS)
    const deliveries = await stage.deliveries(id)
    expect(deliveries.map(({ state }) => state)).toEqual(['FAILED', 'FAILED'])
    expect(deliveries[1]?.attempts.at(-1)).toMatchObject({ errorCode: 'WEBHOOK_DISABLED' })
    const again = 'mutation ($id: ID!) { redeliverWebhook(deliveryId: $id) { id } }'
    await expect(stage.ask(again, { id: deliveries[0]?.id })).rejects.toMatchObject({ code: 'WEBHOOK_DISABLED' })
    const events = await stage.database.reader.all("select type, actor from events where type = 'WebhookDisabled'")
    expect(events).toEqual([{ type: 'WebhookDisabled', actor: 'jobs' }])

    await stage.ask(SET, { input: { id, url: sink.url, kinds: ['LATE'] } })
    expect(await stage.ask(SHOWN)).toMatchObject([{ isEnabled: true, disabledReason: null, failingSince: null }])
  })

  test('that has failed for five days loses its webhook with the next delivery that fails for good', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    sink.answer = { status: 500 }
    const exhaust = async (): Promise<void> => {
      await stage.miss()
      for (let attempt = 1; attempt <= 12; attempt++) await stage.pass(5 * HOUR_MS)
    }
    await exhaust()
    const [failing] = await stage.ask<{ isEnabled: boolean; failingSince: string }[]>(SHOWN)
    expect(failing).toMatchObject({ isEnabled: true, failingSince: expect.any(String), lastDeliveredAt: null })
    await exhaust()
    expect(await stage.ask(SHOWN)).toMatchObject([{ isEnabled: true }])
    await exhaust()
    expect(await stage.ask(SHOWN)).toMatchObject([{ id, isEnabled: false, disabledReason: 'FAILING' }])
  })

  test('that takes something again is not failing any more', async () => {
    await stage.makeWebhook(sink.url)
    sink.answer = { status: 500 }
    await last()
    expect(await stage.ask(SHOWN)).toMatchObject([{ failingSince: expect.any(String) }])
    sink.answer = { status: 200 }
    await last()
    expect(await stage.ask(SHOWN)).toMatchObject([{ failingSince: null, lastDeliveredAt: expect.any(String) }])
  })

  test('that redirects to an address that is not public is not followed there', async () => {
    const inside = await openSink()
    const { id } = await stage.makeWebhook(sink.url)
    for (const target of [
      `http://127.0.0.1:${inside.port}/`,
      `http://[::1]:${inside.port}/`,
      `http://sneaky.example:${inside.port}/`,
    ]) {
      sink.answer = { status: 307, headers: { location: target } }
      await last()
      const [delivery] = await stage.deliveries(id)
      expect(delivery).toMatchObject({ state: 'PENDING', attempts: [{ errorCode: 'HTTP_ADDRESS_REFUSED' }] })
    }
    expect(inside.connections()).toBe(0)
    await inside[Symbol.asyncDispose]()
  })

  test('that redirects elsewhere: the signature stays behind, and a POST does not become a GET', async () => {
    const other = await openReceiver('other.example')
    const { id } = await stage.makeWebhook(sink.url)
    sink.answer = { status: 307, headers: { location: other.url } }
    await last()
    expect(other.received).toHaveLength(1)
    expect(other.received[0]?.headers).not.toHaveProperty('webhook-signature')
    expect(other.received[0]?.headers).not.toHaveProperty('webhook-id')
    sink.answer = { status: 302, headers: { location: other.url } }
    await last()
    expect(other.received).toHaveLength(1)
    expect((await stage.deliveries(id))[0]).toMatchObject({ state: 'PENDING', attempts: [{ statusCode: 302 }] })
    await other.close()
  })

  test('whose name leads to an address that is not public is never called', async () => {
    const { id } = await stage.makeWebhook(`http://sneaky.example:${sink.port}/`)
    await stage.miss()
    await stage.pass()
    expect((await stage.deliveries(id))[0]?.attempts).toMatchObject([{ errorCode: 'HTTP_ADDRESS_REFUSED' }])
    expect(sink.connections()).toBe(0)
  })

  test('that hangs holds up nobody else, nor more of itself than its share', async () => {
    const slow = await openReceiver('slow.example')
    slow.answer = 'hangs'
    await stage.makeWebhook(slow.url)
    for (let count = 0; count < 40; count++) await stage.miss()
    await stage.clock.advance(1_000)
    await expect.poll(() => slow.received.length).toBe(LANES.perHostMax)
    await stage.makeWebhook(sink.url)
    for (let count = 0; count < 20; count++) await stage.miss()
    await stage.clock.advance(1_000)
    await expect
      .poll(async () => {
        await stage.clock.settle()
        return sink.received.length
      })
      .toBe(20)
    expect(slow.received).toHaveLength(LANES.perHostMax)
    await slow.close()
  })
})
