import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { differences, rebuild } from '#platform/projections'
import { jobsProjection } from './projections/jobs.ts'
import { webhooksProjection } from './projections/webhooks.ts'
import { DELIVERY, openReceiver, openWebhookStage, SET, type Sink, type WebhookStage } from './webhooks.fixture.ts'

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

const SHOWN = '{ webhooks { id url kinds isEnabled disabledReason disabledAt createdAt updatedAt } }'
const ROTATE = 'mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret } }'
const DELETE = 'mutation ($id: ID!) { deleteWebhook(id: $id) }'
const TEST = `mutation ($id: ID!) { testWebhook(id: $id) { ${DELIVERY} } }`
const AGAIN = `mutation ($id: ID!) { redeliverWebhook(deliveryId: $id) { ${DELIVERY} } }`

const REFUSED_URLS = [
  ['no URL', 'nonsense'],
  ['relative', '/hook'],
  ['another scheme', 'ftp://hooks.example/'],
  ['a file', 'file:///etc/passwd'],
  ['a user name', 'https://user@hooks.example/'],
  ['a password', 'https://user:secret@hooks.example/'],
  ['a fragment', 'https://hooks.example/#a'],
  ['too long', `https://hooks.example/${'a'.repeat(2_048)}`],
  ['a host that is too long', `https://${Array(40).fill('abcdefgh').join('.')}/`],
  ['loopback', 'http://127.0.0.1/'],
  ['loopback in one number', 'http://2130706433/'],
  ['loopback in octal', 'http://0177.0.0.1/'],
  ['metadata', 'http://169.254.169.254/latest/meta-data/'],
  ['IPv6 loopback', 'http://[::1]/'],
  ['IPv4 in IPv6', 'http://[::ffff:10.0.0.1]/'],
  ['NAT64', 'http://[64:ff9b::7f00:1]/'],
] as const

describe('a webhook', () => {
  test('shows its secret when it is made, and never again', async () => {
    const input = { url: 'https://hooks.example/a', kinds: ['SKIPPED', 'LATE', 'LATE'] }
    const made = await stage.ask<{ secret: string; webhook: { id: string } }>(SET, { input })
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(await stage.ask(SHOWN)).toMatchObject([
      { id: made.webhook.id, url: input.url, kinds: ['LATE', 'SKIPPED'], isEnabled: true, disabledReason: null },
    ])
    const changed = { ...input, id: made.webhook.id, isEnabled: false, url: 'https://hooks.example/b' }
    expect(await stage.ask(SET, { input: changed })).toMatchObject({ secret: null, webhook: { url: changed.url } })
    expect(await stage.ask(SHOWN)).toMatchObject([{ isEnabled: false, disabledReason: 'ASKED' }])
    const events = await stage.database.reader.all(
      "select type from events where stream like 'webhook-%' order by version",
    )
    expect(events).toEqual([{ type: 'WebhookSet' }, { type: 'WebhookSet' }])
  })

  test('that is set as it is, is not set again', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    const [before] = await stage.ask<object[]>(SHOWN)
    await stage.clock.advance(1_000)
    await stage.ask(SET, { input: { id, url: sink.url, kinds: ['LATE', 'SKIPPED', 'EXPIRED', 'FAILING', 'OVERDUE'] } })
    expect(await stage.ask(SHOWN)).toEqual([before])
  })

  // One test for all: each makes a database, which takes seconds on MySQL.
  test('to an address that may not be told is refused at once', async () => {
    for (const [what, url] of REFUSED_URLS) {
      const refused = await stage.ask(SET, { input: { url, kinds: ['LATE'] } }).catch((error: unknown) => error)
      expect(refused, what).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'input.url' } })
      expect(String(refused), what).not.toContain('secret')
    }
    expect(await stage.ask(SHOWN)).toEqual([])
  })

  test('without kinds is refused, and so is the eleventh of a workspace, until one is deleted', async () => {
    await expect(stage.makeWebhook(sink.url, { kinds: [] })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    const made = await Promise.allSettled(Array.from({ length: 12 }, () => stage.makeWebhook(sink.url)))
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    await expect(stage.makeWebhook(sink.url)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 10 } })
    await stage.makeWebhook(sink.url, {}, 'bob')
    const [first] = await stage.ask<{ id: string }[]>(SHOWN)
    expect(await stage.ask(DELETE, { id: first?.id })).toBe(true)
    await stage.makeWebhook(sink.url)
    await expect(stage.ask(DELETE, { id: first?.id })).rejects.toMatchObject({ code: 'WEBHOOK_NOT_FOUND' })
    const input = { id: first?.id, url: sink.url, kinds: ['LATE'] }
    await expect(stage.ask(SET, { input })).rejects.toMatchObject({ code: 'WEBHOOK_NOT_FOUND' })
  })

  test('rebuilt from its events is the same, and so are the jobs beside it', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    await stage.ask(ROTATE, { id })
    await stage.makeWebhook('https://hooks.example/b', { isEnabled: false })
    const gone = await stage.makeWebhook('https://hooks.example/c')
    await stage.ask(DELETE, { id: gone.id })
    expect(await rebuild(stage.database, webhooksProjection, (unit) => differences(unit, webhooksProjection))).toEqual(
      [],
    )
    expect(await rebuild(stage.database, jobsProjection, (unit) => differences(unit, jobsProjection))).toEqual([])
    expect(await stage.database.reader.all('select id from webhooks_rebuilt')).toHaveLength(2)
  })
})

describe('a test', () => {
  test('is sent once, also by a webhook that is disabled, and can be sent again', async () => {
    const { id } = await stage.makeWebhook(sink.url, { isEnabled: false })
    sink.answer = { status: 410 }
    const sent = await stage.ask<{ id: string }>(TEST, { id })
    expect(sent).toMatchObject({ type: 'test', state: 'PENDING', attempts: [] })
    await stage.pass()
    expect(await stage.deliveries(id)).toMatchObject([
      { id: sent.id, state: 'FAILED', attempts: [{ statusCode: 410 }] },
    ])
    sink.answer = { status: 200 }
    await stage.ask(AGAIN, { id: sent.id })
    await stage.pass()
    expect(await stage.deliveries(id)).toMatchObject([{ state: 'DELIVERED' }])
    expect(JSON.parse(sink.received[0]?.body ?? '')).toMatchObject({
      type: 'test',
      data: { workspaceId: 'workspace-alice', webhookId: id },
    })
  })

  test('that fails says nothing of the webhook, and only so many are sent at once', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    sink.answer = { status: 500 }
    for (let count = 0; count < 5; count++) await stage.ask(TEST, { id })
    await expect(stage.ask(TEST, { id })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    for (let round = 0; round < 3; round++) await stage.pass()
    expect(await stage.ask('{ webhooks { isEnabled failingSince } }')).toEqual([
      { isEnabled: true, failingSince: null },
    ])
    expect(sink.received).toHaveLength(5)
    await stage.ask(TEST, { id })
  })
})

test('a delivery is asked for again only so often', async () => {
  const { id } = await stage.makeWebhook(sink.url)
  await stage.miss()
  await stage.pass()
  const [delivery] = await stage.deliveries(id)
  await stage.database.unit([], (unit) => unit.run('update webhook_deliveries set epoch = 200'))
  await expect(stage.ask(AGAIN, { id: delivery?.id })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
})
