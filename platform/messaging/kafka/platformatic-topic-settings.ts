import { type Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka'
import type { TopicSettings } from './kafka-client.ts'

/** What holds for each topic, set or inherited. */
export async function settingsByPlatformatic(admin: Admin, topics: readonly string[]): Promise<TopicSettings[]> {
  if (topics.length === 0) return []
  const resources = topics.map((resourceName) => ({ resourceType: ConfigResourceTypes.TOPIC, resourceName }))
  const described = await admin.describeConfigs({ resources })
  return described.map(({ resourceName: name, configs }) => ({
    name,
    settings: Object.fromEntries(configs.map((config) => [config.name, config.value ?? ''])),
  }))
}

/** Sets these settings and leaves all others of the topics as they are. */
export async function alterByPlatformatic(admin: Admin, topics: readonly TopicSettings[]): Promise<void> {
  await admin.incrementalAlterConfigs({
    resources: topics.map(({ name: resourceName, settings }) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName,
      configs: Object.entries(settings).map(([name, value]) => ({
        name,
        value,
        configOperation: IncrementalAlterConfigOperationTypes.SET,
      })),
    })),
  })
}
