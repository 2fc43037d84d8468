// The contracts between services: what goes over each topic, and its types.
// Never encodes or sends anything: that is #platform/schemas and #platform/messaging.
export {
  executionChangedDefaults,
  executionRequestedDefaults,
  fireDefaults,
  jobChangedDefaults,
  scheduleAdvancedDefaults,
} from './defaults.ts'
export * from './generated/index.ts'
export { schemaText } from './schema-text.ts'
export { type Topic, type TopicName, topics } from './topics.ts'
