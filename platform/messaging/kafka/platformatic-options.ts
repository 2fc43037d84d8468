import { type KafkaClientOptions, TUNING } from './kafka-client.ts'

/** What each object of the client is made with. */
export function platformaticOptions({ brokers, clientId }: KafkaClientOptions) {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: TUNING.connectMs,
    timeout: TUNING.requestMs,
    retries: TUNING.retries,
    retryDelay: TUNING.retryMs,
    autocreateTopics: false,
  }
}

/** Whether this, or one of the errors in it, has Kafka's name of an error. */
export function isOf(error: unknown, name: string): boolean {
  const { apiId, cause, errors = [] } = error as { apiId?: string; cause?: unknown; errors?: readonly unknown[] }
  return apiId === name || (cause instanceof Error && isOf(cause, name)) || errors.some((inner) => isOf(inner, name))
}
