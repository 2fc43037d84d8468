import type { Admin, ConfigEntries } from 'kafkajs'
import type { TopicSettings } from './kafka-client.ts'

// Kafka's number: Node cannot import kafkajs's own names for it.
const TOPIC = 2
// kafkajs knows the number only: what was set for this topic itself, and not inherited from its broker.
const SET_ON_TOPIC = 1

/** What holds for each topic, set or inherited. `admin` is connected. */
export async function settingsByKafkajs(admin: Admin, topics: readonly string[]): Promise<TopicSettings[]> {
  return (await describe(admin, topics)).map(({ name, entries }) => ({ name, settings: valuesOf(entries) }))
}

/**
 * Sets these settings and leaves all others of the topics as they are. kafkajs speaks only the older request, which
 * resets what it does not name: so it names all that is set.
 */
export async function alterByKafkajs(admin: Admin, topics: readonly TopicSettings[]): Promise<void> {
  const names = topics.map(({ name }) => name)
  const own = new Map(
    (await describe(admin, names)).map(({ name, entries }) => [name, valuesOf(entries.filter(isOwn))]),
  )
  await admin.alterConfigs({
    validateOnly: false,
    resources: topics.map(({ name, settings }) => ({
      type: TOPIC,
      name,
      configEntries: Object.entries({ ...own.get(name), ...settings }).map(([setting, value]) => ({
        name: setting,
        value,
      })),
    })),
  })
}

async function describe(admin: Admin, topics: readonly string[]) {
  // An empty list is refused.
  if (topics.length === 0) return []
  const wanted = topics.map((name) => ({ type: TOPIC, name }))
  const { resources } = await admin.describeConfigs({ resources: wanted, includeSynonyms: false })
  return resources.map(({ resourceName: name, configEntries: entries }) => ({ name, entries }))
}

function isOwn({ configSource }: ConfigEntries): boolean {
  return Number(configSource) === SET_ON_TOPIC
}

function valuesOf(entries: readonly ConfigEntries[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue ?? '']))
}
