/** A topic that was not created. */
export class UnknownTopicError extends Error {
  override readonly name = 'UnknownTopicError'
}

/** A topic exists already and is divided otherwise: its keys would change their partitions. */
export class TopicMismatchError extends Error {
  override readonly name = 'TopicMismatchError'
}
