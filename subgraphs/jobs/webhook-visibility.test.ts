import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openReceiver, openWebhookStage, type Sink, type WebhookStage } from './webhooks.fixture.ts'

let stage: WebhookStage
let sink: Sink
let webhookId: string
let deliveryId: string

beforeEach(async () => {
  stage = await openWebhookStage()
  sink = await openReceiver()
  webhookId = (await stage.makeWebhook(sink.url)).id
  await stage.miss()
  await stage.pass()
  deliveryId = (await stage.deliveries(webhookId))[0]?.id ?? ''
})

afterEach(async () => {
  await sink.close()
  await stage.close()
})

const ABOUT_WEBHOOK = {
  setWebhook:
    'mutation ($id: ID!) { setWebhook(input: { id: $id, url: "https://x.example", kinds: [LATE] }) { secret } }',
  'setWebhook with a bad address':
    'mutation ($id: ID!) { setWebhook(input: { id: $id, url: "nonsense", kinds: [LATE] }) { secret } }',
  rotateWebhookSecret: 'mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret webhook { url } } }',
  deleteWebhook: 'mutation ($id: ID!) { deleteWebhook(id: $id) }',
  testWebhook: 'mutation ($id: ID!) { testWebhook(id: $id) { id } }',
}
const ABOUT_DELIVERY = { redeliverWebhook: 'mutation ($id: ID!) { redeliverWebhook(deliveryId: $id) { id body } }' }
const WITHOUT_ID = {
  webhooks: '{ webhooks { url deliveries { edges { node { body } } } } }',
  'setWebhook, a new one': 'mutation { setWebhook(input: { url: "https://x.example", kinds: [LATE] }) { secret } }',
}
const CASES = [
  ...Object.entries(ABOUT_WEBHOOK).map(([name, query]) => [name, query, () => webhookId] as const),
  ...Object.entries(ABOUT_DELIVERY).map(([name, query]) => [name, query, () => deliveryId] as const),
]

/** The answer as the caller sees it, with the id taken out: two ids must not be told apart. */
async function answerTo(query: string, id: string, token: string): Promise<unknown> {
  const { data, errors } = await stage.jobs.subgraph.execute({ query, variables: { id } }, { token })
  return JSON.parse(JSON.stringify({ data, errors }).replaceAll(id, '<id>'))
}

describe("another's webhook looks like a missing one", () => {
  test.each(CASES)('to %s', async (_name, query, idOf) => {
    const before = await stage.deliveries(webhookId)
    const anothers = await answerTo(query, idOf(), 'bob')
    expect(anothers).toEqual(await answerTo(query, stage.clock.newId(), 'bob'))
    expect(JSON.stringify(anothers)).not.toMatch(/url-canary|nightly/)
    await stage.pass()
    expect(await stage.deliveries(webhookId)).toEqual(before)
    expect(await stage.ask('{ webhooks { url } }')).toEqual([{ url: sink.url }])
  })

  // The planted mutant: somebody whom the checks let through must not look like somebody whom they stop.
  test.each(CASES.filter(([name]) => !name.includes('bad')))(
    'or the check of %s would notice',
    async (_name, query, idOf) => {
      const seen = await answerTo(query, idOf(), 'bob in alice')
      expect(seen).not.toEqual(await answerTo(query, stage.clock.newId(), 'bob in alice'))
    },
  )

  test('in lists, and to whoever is in no workspace', async () => {
    expect(await stage.ask(WITHOUT_ID.webhooks, {}, 'bob')).toEqual([])
    expect(await stage.ask(WITHOUT_ID.webhooks, {}, 'bob in alice')).toHaveLength(1)
  })
})

describe('without a good token', () => {
  test.each(Object.entries({ ...ABOUT_WEBHOOK, ...ABOUT_DELIVERY, ...WITHOUT_ID }))(
    '%s is refused',
    async (_name, query) => {
      for (const token of ['', 'forged']) {
        const id = query.includes('delivery') ? deliveryId : webhookId
        await expect(stage.ask(query, { id }, token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
      }
    },
  )
})

test('every root field about webhooks is in one of the lists above', () => {
  const { typeDefs } = stage.jobs.subgraph
  const fields = [...typeDefs.matchAll(/^(?:extend )?type (?:Query|Mutation|Subscription) \{([\s\S]*?)^\}/gm)].flatMap(
    ([, body = '']) => [...body.matchAll(/^ {2}(\w*[wW]ebhook\w*)/gm)].map(([, name]) => name),
  )
  const tried = [...Object.values({ ...ABOUT_WEBHOOK, ...ABOUT_DELIVERY, ...WITHOUT_ID })].join(' ')
  expect(fields).toHaveLength(6)
  for (const field of fields) expect(tried).toMatch(new RegExp(`\\b${field}\\b`))
})
