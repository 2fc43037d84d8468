import type { KafkaClient, MemberEvents, Place } from './kafka-client.ts'

/**
 * A client whose topics and groups all begin with a prefix on the brokers, and are known here without it: several
 * systems share one Kafka, and none sees another's.
 */
export function prefixedClient(client: KafkaClient, prefix: string): KafkaClient {
  if (prefix === '') return client
  const there = <P extends Place>(place: P): P => ({ ...place, topic: prefix + place.topic })
  const here = <P extends Place>(place: P): P => ({ ...place, topic: place.topic.slice(prefix.length) })
  const isOurs = ({ topic }: Place): boolean => topic.startsWith(prefix)
  const names = (topics: readonly string[]): string[] => topics.map((topic) => prefix + topic)
  const seenHere = (events: MemberEvents): MemberEvents => ({
    onAssigned: (places) => events.onAssigned(places.map(here)).map(there),
    onRecords: (place, records) => events.onRecords(here(place), records.map(here)),
    onFailed: events.onFailed,
  })

  return {
    createTopics: (topics) => client.createTopics(topics.map((topic) => ({ ...topic, name: prefix + topic.name }))),
    async partitionsOf(topics) {
      const known = await client.partitionsOf(names(topics))
      return new Map([...known].map(([topic, partitions]) => [topic.slice(prefix.length), partitions]))
    },
    async settingsOf(topics) {
      const found = await client.settingsOf(names(topics))
      return found.map(({ name, settings }) => ({ name: name.slice(prefix.length), settings }))
    },
    alterSettings: (topics) => client.alterSettings(topics.map((topic) => ({ ...topic, name: prefix + topic.name }))),
    send: (records) => client.send(records.map(there)),
    async join(group, topics, events) {
      const member = await client.join(prefix + group, names(topics), seenHere(events))
      return {
        commit: (offsets) => member.commit(offsets.map(there)),
        pause: (place) => member.pause(there(place)),
        resume: (place) => member.resume(there(place)),
        // Not `member.leave`: a member may be an instance, whose methods are nothing without it.
        leave: () => member.leave(),
      }
    },
    committed: async (group) => (await client.committed(prefix + group)).filter(isOurs).map(here),
    bounds: async (topics) => (await client.bounds(names(topics))).map(here),
    offsetsAt: async (topics, timeMs) => (await client.offsetsAt(names(topics), timeMs)).map(here),
    close: () => client.close(),
  }
}
